#!/usr/bin/env python3
"""Trains the outline network (`src/models/outline`) on outlines that people drew.

    python train_outline.py IMAGES ANNOTATIONS.json [ANNOTATIONS.json ...]

ANNOTATIONS are instances in COCO's format, IMAGES a folder with their photographs. The detector is left as it is: its features are
worked out once, and a head of 46,000 weights learns which places around a box belong to the thing in it. Needs numpy, opencv-python-
headless, pillow, onnx, onnxruntime and jax. The committed file was trained on COCO 2017 and LVIS (annotations CC BY 4.0): six passes
over 913 instances in 178 photographs at rates of 0.003 and 0.0016, then five as below over 1,354 instances in 296 photographs, each
in three samples, from there on. Results vary a little from machine to machine.
"""

import json
import struct
import sys
from pathlib import Path

import cv2
import jax
import jax.numpy as jnp
import numpy as np
import onnx
import onnxruntime
from jax import lax
from onnx import TensorProto, helper, numpy_helper
from PIL import Image, ImageDraw

HERE = Path(__file__).parent
SEEN, COARSE, FINE = 416, 52, 104
MARGIN = 0.35
STAGES = {"stage4": 8, "stage8": 17, "stage16": 27, "merged8": 45}
MEAN, DEVIATION = np.array([103.53, 116.28, 123.675]), np.array([57.375, 57.12, 58.395])
LEAST_AREA, BATCH, PASSES, RATE = 1600, 8, 6, 2e-3
# Samples of each outline; how much of the mean of the weights each step renews.
SAMPLES, RENEWED = 3, 0.002


def detector():
    """NanoDet up to the features, from the file that the program carries."""
    data = (HERE / "nanodet.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    tensors = {
        name: np.frombuffer(data[8 + length :][slice(*entry["data_offsets"])], "<f2").reshape(entry["shape"]).astype(np.float32)
        for name, entry in header.items()
        if name != "__metadata__"
    }
    nodes, constants = [], []

    def constant(name, values):
        constants.append(numpy_helper.from_array(values, name))
        return name

    layers = json.loads(header["__metadata__"]["graph"])["layers"][: STAGES["merged8"]]
    for number, layer in enumerate(layers, 1):
        inputs, out = [f"v{i}" for i in layer["in"]], f"v{number}"
        mid = out + "m" if "then" in layer else out
        if layer["op"] in ("conv", "max-pool"):
            left, top, right, bottom = layer["pad"]
            pads = [top, left, bottom, right]
        if layer["op"] == "conv":
            inputs += [constant(f"w{number}", tensors[f"{number}.weight"]), constant(f"b{number}", tensors[f"{number}.bias"])]
            nodes.append(helper.make_node("Conv", inputs, [mid], pads=pads, strides=layer["stride"][::-1]))
        elif layer["op"] == "max-pool":
            nodes.append(helper.make_node("MaxPool", inputs, [mid], kernel_shape=layer["size"], strides=layer["stride"], pads=pads))
        elif layer["op"] == "bilinear":
            size = constant(f"s{number}", np.array([1, 128, layer["size"][1], layer["size"][0]], np.int64))
            nodes.append(helper.make_node("Resize", [*inputs, "", "", size], [mid], mode="linear"))
        else:
            axis = {"axis": 1} if layer["op"] == "concat" else {}
            nodes.append(helper.make_node({"concat": "Concat", "add": "Add"}[layer["op"]], inputs, [mid], **axis))
        if "then" in layer:
            nodes.append(helper.make_node("LeakyRelu", [mid], [out], alpha=0.1))
    given = helper.make_tensor_value_info("v0", TensorProto.FLOAT, [1, 3, SEEN, SEEN])
    wanted = [helper.make_tensor_value_info(f"v{number}", TensorProto.FLOAT, None) for number in STAGES.values()]
    graph = helper.make_graph(nodes, "features", [given], wanted, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return onnxruntime.InferenceSession(model.SerializeToString())


def sample(session, image, mask, box, mirrored):
    """Features, geometry and truth of a thing in a box."""
    (height, width), (left, top, right, bottom) = mask.shape, box
    x, y = MARGIN * (right - left), MARGIN * (bottom - top)
    part = (max(0, int(left - x)), max(0, int(top - y)), min(width, int(np.ceil(right + x))), min(height, int(np.ceil(bottom + y))))
    crop, truth = (values[part[1] : part[3], part[0] : part[2]] for values in (image, mask.astype(np.float32)))
    shrinks = crop.shape[0] * crop.shape[1] > SEEN * SEEN
    crop = cv2.resize(crop, (SEEN, SEEN), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    truth = cv2.resize(truth, (FINE, FINE), interpolation=cv2.INTER_AREA)

    def along(start, end, low, high):
        at = start + (np.arange(COARSE) + 0.5) * (end - start) / COARSE
        return np.clip((at - (low + high) / 2) / ((high - low) / 2), -2, 2)

    across, down = np.meshgrid(along(part[0], part[2], left, right), along(part[1], part[3], top, bottom))
    away = np.maximum(abs(across), abs(down))
    geometry = np.stack([(away < 1).astype(np.float64), across, down, away])
    if mirrored:
        crop, truth, geometry = crop[:, ::-1], truth[:, ::-1], geometry[:, :, ::-1].copy()
        geometry[1] = -geometry[1]
    seen = ((crop[..., ::-1] - MEAN) / DEVIATION).transpose(2, 0, 1)[None].astype(np.float32)
    features = session.run(None, {"v0": seen})
    return [values.astype(np.float16) for values in (*(f[0] for f in features), geometry, truth)]


def samples(images, annotations):
    """All things that are large enough, their boxes off as the detector's are, every other one mirrored, half of them tinted."""
    session, random, found, known = detector(), np.random.default_rng(1), [], set()
    for path in annotations:
        content = json.loads(Path(path).read_text())
        names = {entry["id"]: entry.get("file_name") or f"{entry['id']:012}.jpg" for entry in content["images"]}
        for entry in content["annotations"]:
            x, y, width, height = entry["bbox"]
            key = (entry["image_id"], *(int(value / 4) for value in entry["bbox"]))
            file = Path(images) / Path(names[entry["image_id"]]).name
            is_outline = isinstance(entry["segmentation"], list) and not entry.get("iscrowd")
            if key in known or not is_outline or entry["area"] < LEAST_AREA or min(width, height) < 12 or not file.exists():
                continue
            known.add(key)
            image = Image.open(file).convert("RGB")
            drawn = Image.new("L", image.size)
            for polygon in entry["segmentation"]:
                ImageDraw.Draw(drawn).polygon(polygon, fill=255)
            pixels, mask = np.asarray(image), np.asarray(drawn) > 127
            for number in range(SAMPLES):
                spread = 0.04 if random.random() < 0.65 else 0.1
                off = random.normal(0, spread, 4) * [width, height, width, height] + [x, y, x + width, y + height]
                box = np.clip(off, 0, [image.width, image.height] * 2)
                tint = random.uniform(0.8, 1.2, 3) if random.random() < 0.5 else np.ones(3)
                tinted = np.clip(pixels * tint, 0, 255).astype(np.uint8)
                found.append(sample(session, tinted, mask, box, number % 2 == 1))
    return [np.stack(values) for values in zip(*found)]


CHANNELS = {"stage4": 64, "stage8": 128, "stage16": 256, "merged8": 128, "geometry": 4}


def start():
    """Weights at the start; `stage4` to `geometry` are the projections."""
    keys = iter(jax.random.split(jax.random.PRNGKey(0), 16))

    def normal(*shape, scale=1.0):
        return scale * jnp.sqrt(2 / np.prod(shape[1:])) * jax.random.normal(next(keys), shape)

    weights = {name: normal(16 if name == "stage4" else 32, channels, 1, 1, scale=0.5) for name, channels in CHANNELS.items()}
    shapes = {"first": (32, 32), "second": (32, 32), "third": (24, 48), "last": (1, 24)}
    weights |= {name: normal(*shape, 3, 3, scale=0.1 if name == "last" else 1.0) for name, shape in shapes.items()}
    return weights | {f"{name}.bias": jnp.zeros(len(weights[name])) for name in ("geometry", *shapes)}


def conv(x, weight, bias=None):
    y = lax.conv_general_dilated(x, weight, (1, 1), "SAME")
    return y if bias is None else y + bias[:, None, None]


def leaky(x):
    return jnp.maximum(x, 0.1 * x)


def resized(x, side):
    return jax.image.resize(x, (*x.shape[:2], side, side), "bilinear")


def forward(w, stage4, stage8, stage16, merged8, geometry):
    """As `src/models/outline`, of features that are normalised."""
    x = conv(stage8, w["stage8"]) + resized(conv(stage16, w["stage16"]), COARSE) + conv(merged8, w["merged8"])
    x = leaky(x + conv(geometry, w["geometry"], w["geometry.bias"]))
    for name in ("first", "second"):
        x = leaky(conv(x, w[name], w[f"{name}.bias"])) + x
    x = jnp.concatenate([resized(x, FINE), conv(stage4, w["stage4"])], 1)
    return conv(leaky(conv(x, w["third"], w["third.bias"])), w["last"], w["last.bias"])[:, 0]


def loss(w, *batch):
    """Cross entropy and Dice's coefficient (Milletari et al. 2016)."""
    x, truth = forward(w, *batch[:-1]), batch[-1]
    entropy = jnp.mean(jnp.maximum(x, 0) - x * truth + jnp.log1p(jnp.exp(-abs(x))))
    p = jax.nn.sigmoid(x)
    return entropy + jnp.mean(1 - (2 * (p * truth).sum((1, 2)) + 1) / (p.sum((1, 2)) + truth.sum((1, 2)) + 1))


@jax.jit
def step(w, momentum, variance, number, rate, batch):
    """Adam (Kingma and Ba 2015) with a little weight decay."""
    value, slope = jax.value_and_grad(loss)(w, *batch)
    momentum = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, momentum, slope)
    variance = jax.tree.map(lambda v, g: 0.99 * v + 0.01 * g * g, variance, slope)

    def moved(p, m, v):
        return p * (1 - 1e-3 * rate) - rate * m / (1 - 0.9**number) / (jnp.sqrt(v / (1 - 0.99**number)) + 1e-6)

    return jax.tree.map(moved, w, momentum, variance), momentum, variance, value


def write(path, w, moments):
    """The file that the program reads; what normalises the features is folded into the projections."""
    tensors = {}
    for name in STAGES:
        (mean, deviation), weight = moments[name], np.asarray(w[name], np.float64)
        tensors[f"{name}.weight"] = weight / deviation[None, :, None, None]
        tensors[f"{name}.bias"] = -(weight[:, :, 0, 0] * (mean / deviation)).sum(1)
    for name in ("geometry", "first", "second", "third", "last"):
        tensors |= {f"{name}.weight": np.asarray(w[name]), f"{name}.bias": np.asarray(w[f"{name}.bias"])}
    header, data = {}, b""
    for name in sorted(tensors):
        values = tensors[name].astype("<f2")
        header[name] = {"dtype": "F16", "shape": list(values.shape), "data_offsets": [len(data), len(data) + values.nbytes]}
        data += values.tobytes()
    header = json.dumps(header, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    path.write_bytes(struct.pack("<Q", len(header)) + header + data)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    *features, geometry, truth = samples(sys.argv[1], sys.argv[2:])
    count, moments = len(truth), {}
    for name, values in zip(STAGES, features):
        some = values[::9].astype(np.float32)
        moments[name] = (some.mean((0, 2, 3)), some.std((0, 2, 3)) + 1e-2)

    def batch(places):
        seen = [
            (values[places].astype(np.float32) - moments[name][0][:, None, None]) / moments[name][1][:, None, None]
            for name, values in zip(STAGES, features)
        ]
        return [*seen, geometry[places].astype(np.float32), truth[places].astype(np.float32)]

    w, random, number, last = start(), np.random.default_rng(0), 0, PASSES * (count // BATCH)
    momentum, variance = (jax.tree.map(jnp.zeros_like, w) for _ in range(2))
    mean = w
    for turn in range(PASSES):
        order, values = random.permutation(count), []
        for first in range(0, count - BATCH + 1, BATCH):
            number += 1
            rate = RATE * 0.5 * (1 + np.cos(np.pi * number / last)) + 1e-5
            w, momentum, variance, value = step(w, momentum, variance, number, rate, batch(np.sort(order[first : first + BATCH])))
            mean = jax.tree.map(lambda m, v: m + RENEWED * (v - m), mean, w)
            values.append(float(value))
        print(f"pass {turn + 1} of {PASSES}: loss {np.mean(values):.4f}", flush=True)
    write(HERE / "outline.safetensors", mean, moments)


if __name__ == "__main__":
    main()
