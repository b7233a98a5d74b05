#!/usr/bin/env python3
"""What the small networks of assets/networks answer in the libraries that they were published for.

    python make_networks.py MODELS WHEEL_FOLDER

MODELS is human-models' folder of .json and .bin files, WHEEL_FOLDER rapidocr-onnxruntime unpacked; node finds TensorFlow.js beside
the working directory. Needs numpy, pillow, safetensors and onnxruntime, and what `assets/networks/train_outline.py` needs. Pictures are parts of the sample photographs at their own
size, so that no resampling is compared, and drawn letters. Of long answers each n-th number is kept.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageDraw, ImageFont
from safetensors.numpy import load_file, save_file

HERE = Path(__file__).parent
sys.path.append(str(HERE / "../../assets/networks"))
import train_outline  # noqa: E402
SAMPLES = HERE / "../../assets/samples"
FONT = HERE / "../../assets/fonts/Inter-SemiBold.otf"
MOST = 2000
kept = {}


def keep(network, answer, values):
    """Each n-th number of an answer, its length beside it."""
    values = np.asarray(values, np.float32).reshape(-1)
    step = -(-len(values) // MOST)
    kept[f"{network}.{answer}"] = values[::step].copy()
    kept[f"{network}.{answer}.step"] = np.array([step, len(values)], np.int64)


def part(name, left, top, side):
    return np.asarray(Image.open(SAMPLES / name).convert("RGB"), np.float32)[top : top + side, left : left + side]


def tensorflow(folder, network, pixels):
    with tempfile.TemporaryDirectory() as temporary:
        given, out = Path(temporary) / "in", Path(temporary) / "out"
        given.write_bytes(pixels.astype("<f4").tobytes())
        shape = ",".join(map(str, pixels.shape))
        subprocess.run(["node", str(HERE / "make_networks.js"), folder, network, given, shape, out], check=True)
        answers = json.loads(out.read_text())
    return [np.asarray(answer["values"], np.float32).reshape(answer["shape"]) for answer in answers]


def outline(pixels):
    """What the outline network says of NanoDet's features, the box reaching to 1 of -1.7 to 1.7 in both directions."""
    t, weights = train_outline, load_file(HERE / "../../assets/networks/outline.safetensors")
    weights = {name: values.astype(np.float32) for name, values in weights.items()}
    seen = dict(zip(t.STAGES, t.detector().run(None, {"v0": pixels.astype(np.float32)})))
    places = (np.arange(t.COARSE) + 0.5) / t.COARSE * 3.4 - 1.7
    across, down = np.meshgrid(places, places)
    away = np.maximum(abs(across), abs(down))
    seen["geometry"] = np.stack([away < 1, across, down, away])[None].astype(np.float32)

    def part(name, x=None):
        return t.conv(seen[name] if x is None else x, weights[f"{name}.weight"], weights[f"{name}.bias"])

    x = t.leaky(part("stage8") + t.resized(part("stage16"), t.COARSE) + part("merged8") + part("geometry"))
    for name in ("first", "second"):
        x = t.leaky(part(name, x)) + x
    x = t.jnp.concatenate([t.resized(x, t.FINE), part("stage4")], 1)
    return np.asarray(part("last", t.leaky(part("third", x))))


def planes(map):
    """(1, h, w, channels) as (channels, h, w)."""
    return map[0].transpose(2, 0, 1)


def main():
    models, wheel = sys.argv[1], Path(sys.argv[2]) / "rapidocr_onnxruntime/models"
    # What the pictures are: name, left, top, side.
    pictures = {"nanodet": ("astronaut.png", 60, 0, 416), "selfie": ("astronaut.png", 96, 0, 256)}
    pictures |= {"blazeface": ("astronaut.png", 96, 0, 256), "facemesh": ("astronaut.png", 130, 20, 192)}

    pixels = part(*pictures["nanodet"])
    pixels = (pixels[..., ::-1] - [103.53, 116.28, 123.675]) / [57.375, 57.12, 58.395]
    answers = tensorflow(models, "nanodet", pixels.transpose(2, 0, 1)[None])
    by_shape = {answer.shape[1:]: answer for answer in answers}
    for cells, stride in ((52, 8), (26, 16), (13, 32)):
        scores, sides = by_shape[cells * cells, 80][0], by_shape[cells * cells, 44][0]
        keep("nanodet", f"stride{stride}.scores", scores.T)
        keep("nanodet", f"stride{stride}.sides", sides.T)

    keep("outline", "odds", outline(pixels.transpose(2, 0, 1)[None]))

    (mask,) = tensorflow(models, "selfie", part(*pictures["selfie"])[None] / 255)
    keep("selfie", "person", mask)

    answers = tensorflow(models, "blazeface-back", part(*pictures["blazeface"])[None] / 127.5 - 1)
    for answer in answers:
        (_, anchors, numbers), cells = answer.shape, 16 if answer.shape[1] == 512 else 8
        name = ("scores" if numbers == 1 else "boxes") + ("16" if anchors == 512 else "32")
        keep("blazeface", name, planes(answer.reshape(1, cells, cells, -1)))

    answers = tensorflow(models, "facemesh", part(*pictures["facemesh"])[None] / 255)
    for answer in answers:
        if answer.shape[1] in (1404, 1):
            keep("facemesh", "mesh" if answer.shape[1] == 1404 else "face", answer)

    for network, (_, *place) in pictures.items():
        kept[f"{network}.place"] = np.array(place, np.int64)

    # Letters on a ground that is not even.
    sheet = Image.new("RGB", (320, 96), (70, 90, 120))
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((150, 0, 320, 96), fill=(190, 180, 160))
    pen.text((20, 22), "STOP here 24", font=ImageFont.truetype(str(FONT), 40), fill=(250, 250, 240))
    kept["text-detector.picture"] = np.asarray(sheet)
    given = (np.asarray(sheet, np.float32)[..., ::-1] / 255 - 0.5) / 0.5
    session = onnxruntime.InferenceSession(str(wheel / "ch_PP-OCRv4_det_infer.onnx"))
    (text,) = session.run(None, {"x": np.ascontiguousarray(given.transpose(2, 0, 1)[None])})
    keep("text-detector", "text", text)

    line = sheet.crop((12, 18, 300, 74)).resize((248, 48), Image.BILINEAR)
    kept["text-reader.picture"] = np.asarray(line)
    given = (np.asarray(line, np.float32)[..., ::-1] / 255 - 0.5) / 0.5
    session = onnxruntime.InferenceSession(str(wheel / "ch_PP-OCRv4_rec_infer.onnx"))
    (likely,) = session.run(None, {"x": np.ascontiguousarray(given.transpose(2, 0, 1)[None])})
    texts = ["", *session.get_modelmeta().custom_metadata_map["character"].splitlines(), " "]
    best = likely[0].argmax(axis=1)
    kept["text-reader.best"] = np.array([ord(texts[i]) if texts[i] else 0 for i in best], np.int64)
    kept["text-reader.probability"] = likely[0].max(axis=1)

    path = HERE / "networks.safetensors"
    save_file(kept, path)
    print(f"{path.name}: {path.stat().st_size} bytes; read: {''.join(chr(c) for c in kept['text-reader.best'] if c)}")


if __name__ == "__main__":
    main()
