#!/usr/bin/env python3
"""Compares fills of holes whose truth is known: this program's, PyPatchMatch's and OpenCV's, in one run.

usage: compare.py PROGRAM [--photos FOLDER] [--keep FOLDER] [--time]

Holes are drawn at random (always the same ones) into photographs, by default those of assets/samples: blobs of the size
of things, and wide strokes over about half of the picture. Every fill is judged inside its hole alone:

  PSNR      error against the truth, decibels; higher is better
  MS-GMS    likeness of gradient magnitudes (Xue et al. 2014), mean of three scales; higher is better
  texture   difference of oriented band energies (3 scales, 4 directions) and mean grey; lower is better
  sharp     log2 of high-pass energy in the hole against that around it; 0 is as sharp as the surroundings
  seam      gradient across the hole's border against that beside it; 1 is best

For two methods the table also gives how often the first is better, and Wilcoxon's p of the difference.
With --time the run is timed from file to file at 0.26, 2 and 12 megapixels, with two threads.
"""
import argparse
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage, stats

COLUMNS = ["PSNR", "MS-GMS", "texture", "sharp", "seam"]
LOWER_IS_BETTER = {"texture"}


def load(path, mode="RGB"):
    return np.asarray(Image.open(path).convert(mode))


def blob(random, height, width):
    """A thing of three ellipses, 2 to 9 % of the picture."""
    mask = Image.new("L", (width, height))
    draw = ImageDraw.Draw(mask)
    size = math.sqrt(width * height) * random.uniform(0.07, 0.14)
    x, y = random.uniform(0.2, 0.8) * width, random.uniform(0.25, 0.75) * height
    for _ in range(3):
        a, b = size * random.uniform(0.5, 1.2), size * random.uniform(0.5, 1.2)
        u, v = x + size * random.uniform(-0.8, 0.8), y + size * random.uniform(-0.8, 0.8)
        draw.ellipse((u - a, v - b, u + a, v + b), fill=255)
    return np.asarray(mask) > 127


def strokes(random, height, width):
    """Wide strokes until about half of the picture is covered."""
    mask = Image.new("L", (width, height))
    draw = ImageDraw.Draw(mask)
    while (np.asarray(mask) > 127).mean() < 0.45:
        brush = min(width, height) * random.uniform(0.06, 0.2)
        point = np.array([random.uniform(0, width), random.uniform(0, height)])
        angle = random.uniform(0, 2 * math.pi)
        for _ in range(random.integers(2, 6)):
            angle += random.uniform(1.8, 3.4)
            following = point + brush * random.uniform(1.0, 3.0) * np.array([math.cos(angle), math.sin(angle)])
            draw.line((*point, *following), fill=255, width=int(brush))
            for end in (point, following):
                draw.ellipse((*(end - brush / 2), *(end + brush / 2)), fill=255)
            point = following
    return np.asarray(mask) > 127


def holes(photos):
    for path in photos:
        truth = load(path)
        height, width = truth.shape[:2]
        random = np.random.default_rng(sum(map(ord, path.stem)))
        for kind, draw, count in (("things", blob, 4), ("strokes", strokes, 2)):
            for number in range(count):
                yield kind, f"{path.stem}-{number}", truth, draw(random, height, width)


def grey(image):
    return image.astype(float) @ [0.299, 0.587, 0.114]


def slope(image):
    return np.hypot(ndimage.prewitt(image, 0), ndimage.prewitt(image, 1)) / 3


def gradient_likeness(a, b, hole):
    scores = []
    weight = hole.astype(float)
    for _ in range(3):
        p, q = slope(a), slope(b)
        likeness = (2 * p * q + 170) / (p * p + q * q + 170)
        scores.append((likeness * weight).sum() / max(weight.sum(), 1e-9))
        a, b = (ndimage.gaussian_filter(v, 1)[::2, ::2] for v in (a, b))
        weight = weight[::2, ::2]
    return np.mean(scores)


def bands(image):
    for scale in (1.0, 2.0, 4.0):
        across = scale * ndimage.gaussian_filter(image, scale, order=(0, 1))
        down = scale * ndimage.gaussian_filter(image, scale, order=(1, 0))
        for angle in np.arange(4) * np.pi / 4:
            response = np.cos(angle) * across + np.sin(angle) * down
            yield np.log(ndimage.gaussian_filter(response**2, 3 * scale + 3) + 2)


def texture_distance(a, b, hole):
    difference = sum(np.abs(p - q) for p, q in zip(bands(a), bands(b))) / 12
    tone = np.abs(ndimage.gaussian_filter(a, 6.0) - ndimage.gaussian_filter(b, 6.0)) / 32
    return (difference + tone)[hole].mean()


def judge(result, truth, hole):
    a, b = grey(result), grey(truth)
    error = (result.astype(float) - truth)[hole]
    grown = {n: ndimage.binary_dilation(hole, iterations=n) for n in (1, 3, 4, 10, 28)}
    core = ndimage.binary_erosion(hole, iterations=2, border_value=1)
    detail = ndimage.laplace(a) ** 2
    border = grown[1] ^ ndimage.binary_erosion(hole, border_value=1)
    edge = slope(a)
    return {
        "PSNR": 10 * math.log10(255**2 / max((error**2).mean(), 1e-3)),
        "MS-GMS": gradient_likeness(a, b, hole),
        "texture": texture_distance(a, b, hole),
        "sharp": math.log2((detail[core].mean() + 1) / (detail[grown[28] & ~grown[4]].mean() + 1)),
        "seam": (edge[border].mean() + 1) / (edge[grown[10] & ~grown[3]].mean() + 1),
    }


def methods(program, folder):
    """Name and function (image path, mask path, result path) of each method that is there."""
    environment = {**os.environ, "RAYON_NUM_THREADS": "2"}

    def exemplar(image, mask, result):
        command = [program, "inpaint", image, "--mask", mask, "--engine", "exemplar", "-o", result]
        subprocess.run(command, check=True, capture_output=True, env=environment)

    yield "exemplar", exemplar
    try:
        from patchmatch import patch_match

        if not patch_match.patchmatch_available:
            raise ImportError("its library was not built")

        def patchmatch(image, mask, result):
            hole = (load(mask, "L") > 127)[..., None]
            Image.fromarray(patch_match.inpaint(load(image), hole.astype(np.uint8), patch_size=3)).save(result)

        yield "PyPatchMatch", patchmatch
    except Exception as error:  # a peer that cannot be built is left out, and says so
        print(f"PyPatchMatch is left out: {error}", file=sys.stderr)
    import cv2

    for name, method in (("OpenCV Telea", cv2.INPAINT_TELEA), ("OpenCV Navier-Stokes", cv2.INPAINT_NS)):

        def classic(image, mask, result, method=method):
            cv2.imwrite(result, cv2.inpaint(cv2.imread(image), load(mask, "L"), 5, method))

        yield name, classic


def compare(program, photos, folder):
    scores = {}
    for kind, name, truth, hole in holes(photos):
        image, mask = str(folder / f"{kind}-{name}.png"), str(folder / f"{kind}-{name}-mask.png")
        Image.fromarray(np.where(hole[..., None], np.uint8(128), truth)).save(image)
        Image.fromarray(hole.astype(np.uint8) * 255).save(mask)
        for method, fill in methods(program, folder):
            result = str(folder / f"{kind}-{name}-{method.replace(' ', '-')}.png")
            pathlib.Path(result).unlink(missing_ok=True)
            fill(image, mask, result)
            filled = np.where(hole[..., None], load(result), truth)
            scores.setdefault(kind, {}).setdefault(method, []).append(judge(filled, truth, hole))
    for kind, of_methods in scores.items():
        count = len(next(iter(of_methods.values())))
        print(f"\n| {kind}, {count} holes | " + " | ".join(COLUMNS) + " | mean of \\|sharp\\| |")
        print("|---" * (len(COLUMNS) + 2) + "|")
        for method, rows in of_methods.items():
            means = [f"{np.mean([row[column] for row in rows]):.3f}" for column in COLUMNS]
            print(f"| {method} | " + " | ".join(means) + f" | {np.mean([abs(row['sharp']) for row in rows]):.2f} |")
        ours = of_methods["exemplar"]
        for method, rows in of_methods.items():
            if method == "exemplar":
                continue
            for column in ("PSNR", "MS-GMS", "texture"):
                lead = np.array([a[column] - b[column] for a, b in zip(ours, rows)])
                lead = -lead if column in LOWER_IS_BETTER else lead
                p = stats.wilcoxon(lead).pvalue
                print(f"exemplar against {method}, {column}: better in {(lead > 0).sum()} of {count}, p = {p:.3f}")


def peak_memory(command):
    """Megabytes that a run holds at most; None where the system does not tell (it does on Linux)."""
    peak = None
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        status = pathlib.Path(f"/proc/{process.pid}/status")
        while process.poll() is None and status.exists():
            for line in status.read_text().splitlines():
                if line.startswith("VmHWM"):
                    peak = max(peak or 0, int(line.split()[1]) / 1024)
            time.sleep(0.005)
    return peak


def measure(program, photos, folder):
    source = Image.open(photos[0]).convert("RGB")
    print("\n| file to file, two threads | " + " | ".join(name for name, _ in methods(program, folder)) + " |")
    print("|---" * (1 + len(list(methods(program, folder)))) + "|")
    for megapixels in (0.26, 2, 12):
        width = int(math.sqrt(megapixels * 1e6 * 4 / 3))
        height = width * 3 // 4
        grain = np.random.default_rng(1).normal(0, 4, (height, width, 1))
        photo = np.asarray(source.resize((width, height), Image.Resampling.LANCZOS)) + grain
        image, mask = str(folder / "timed.png"), str(folder / "timed-mask.png")
        Image.fromarray(photo.clip(0, 255).astype(np.uint8)).save(image, compress_level=1)
        hole = Image.new("L", (width, height))
        radius = math.sqrt(0.046 * width * height / math.pi / 1.5)
        ImageDraw.Draw(hole).ellipse((width / 2 - 1.5 * radius, height / 2 - radius, width / 2 + 1.5 * radius, height / 2 + radius), fill=255)
        hole.save(mask)
        cells = []
        for method, fill in methods(program, folder):
            times = []
            for number in range(3):
                start = time.perf_counter()
                fill(image, mask, str(folder / f"timed-{number}.png"))
                times.append(time.perf_counter() - start)
                (folder / f"timed-{number}.png").unlink()
            cells.append(f"{sorted(times)[1]:.2f} s")
        print(f"| {megapixels} MP | " + " | ".join(cells) + " |")
        if memory := peak_memory([program, "inpaint", image, "--mask", mask, "-o", str(folder / "weighed.png")]):
            print(f"exemplar, {megapixels} MP: {memory:.0f} MB at most", file=sys.stderr)
        (folder / "weighed.png").unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="tie-studio, built for release")
    parser.add_argument("--photos", type=pathlib.Path, default=pathlib.Path("assets/samples"))
    parser.add_argument("--keep", type=pathlib.Path, help="folder for holes, masks and results")
    parser.add_argument("--time", action="store_true")
    arguments = parser.parse_args()
    photos = sorted(path for path in arguments.photos.iterdir() if path.suffix.lower() in {".png", ".jpg", ".jpeg"})
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        (measure if arguments.time else compare)(arguments.program, photos, folder)


if __name__ == "__main__":
    main()
