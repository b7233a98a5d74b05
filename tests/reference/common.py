"""What the makers of fixtures share: where they write, random numbers, models and cases."""

import json
import shutil
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
CASES = HERE / "cases"

torch.set_num_threads(1)
torch.set_grad_enabled(False)
rng = torch.Generator().manual_seed(7)


def seed(number):
    rng.manual_seed(number)


def normal(*shape):
    return torch.randn(shape, generator=rng)


def picture_of(height, width):
    """8-bit values, soft and with an edge."""
    coarse = torch.rand(1, 3, height // 10, width // 10, generator=rng)
    soft = F.interpolate(coarse, (height, width), mode="bicubic", align_corners=False).clamp(0, 1)
    soft[..., : height // 2, width // 3 : 2 * width // 3] *= 0.4
    return (soft[0].permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()


def halved(values):
    """In half the space, which is exact enough for a mask and for a picture of about 1."""
    return torch.as_tensor(values).half()


def randomise(model):
    """Every parameter at a size at which it matters."""
    for name, value in model.named_parameters():
        if name.endswith("clip_std"):
            value.copy_(0.5 + torch.rand(value.shape, generator=rng))
        elif "norm" in name and name.endswith("weight") and value.dim() == 1:
            value.copy_(1 + 0.25 * normal(*value.shape))
        elif name.endswith("bias"):
            value.copy_(0.15 * normal(*value.shape))
        elif "embedding" in name and value.dim() <= 3 and "time_embedding" not in name and "add_embedding" not in name:
            value.copy_(0.5 * normal(*value.shape))
        elif value.dim() >= 2:
            fan_in = value[0].numel()
            value.copy_(normal(*value.shape) / fan_in**0.5)
        else:
            value.copy_(0.5 * normal(*value.shape))
    return model.eval()


def save_halved(model, folder):
    """In half the space: rounds the weights to 16 bits, which the reference computes with in 32."""
    model.half().save_pretrained(folder)
    model.float()


def rounded(model):
    """Rounds the weights to bfloat16, so that files in it and in 32 bits hold the same."""
    for value in model.state_dict().values():
        value.copy_(value.bfloat16())
    return model


def emptied(name):
    """The folder of a model with nothing in it."""
    shutil.rmtree(HERE / name, ignore_errors=True)
    (HERE / name).mkdir(parents=True)
    return HERE / name


def case(name, tensors, **scalars):
    def stored(tensor):
        tensor = torch.as_tensor(tensor)
        return (tensor.long() if tensor.dtype in (torch.int32, torch.int64) else tensor).contiguous().clone()

    metadata = {key: str(value) for key, value in scalars.items()}
    save_file({key: stored(value) for key, value in tensors.items()}, CASES / f"{name}.safetensors", metadata)


class Recorder:
    """Takes the place of `randn_tensor` in a scheduler's module and remembers what it gave."""

    def __init__(self, module):
        self.module, self.draws = module, []

    def __enter__(self):
        self.original = self.module.randn_tensor
        self.module.randn_tensor = self.draw
        return self

    def __exit__(self, *_):
        self.module.randn_tensor = self.original

    def draw(self, shape, generator=None, device=None, dtype=None, **_):
        self.draws.append(normal(*shape))
        return self.draws[-1].clone()


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")


def total():
    bytes = sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file())
    return f"{bytes / 1e6:.2f} MB"
