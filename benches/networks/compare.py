"""Times the real networks with random weights here and in PyTorch, in turns, and prints the ratios.

    pip install torch==2.5.1 torchvision==0.20.1 diffusers==0.32.2 transformers==4.46.3 timm mobilesam-mirror 'numpy<2'
    python benches/networks/compare.py [unet-512 movq-decode-512 movq-encode-512 prior-0 sd-unet-512 sd-vae-decode-512
        mobile-sam-encode-1024 mobile-sam-click-1024 sam-b-encode-1024]

Needs 12 GB of memory for the UNet. Both use as many threads as RAYON_NUM_THREADS says, or two.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "crates/nets/tests/manifests"
THREADS = int(os.environ.get("RAYON_NUM_THREADS", "2"))


def network(name):
    """The reference's network by the config that the tests use."""
    if "sam" in name:
        from mobile_sam import sam_model_registry

        return sam_model_registry["vit_b" if "sam-b" in name else "vit_t"]().eval()
    from diffusers import AutoencoderKL, PriorTransformer, UNet2DConditionModel, VQModel

    kind, file = {
        "unet": (UNet2DConditionModel, "kandinsky-unet"),
        "movq": (VQModel, "kandinsky-movq"),
        "prior": (PriorTransformer, "kandinsky-prior"),
        "sd-unet": (UNet2DConditionModel, "sd15-unet"),
        "sd-vae": (AutoencoderKL, "sd15-vae"),
    }[name]
    config = json.loads((CONFIGS / f"{file}.json").read_text())
    return kind.from_config(config).eval()


def click(model, side):
    """Decoder and masks at the square's size, three of them."""
    import torch

    point = torch.tensor([[[300.0, 400.0]]]), torch.tensor([[1]])
    sparse, dense = model.prompt_encoder(points=point, boxes=None, masks=None)
    masks, _ = model.mask_decoder(
        image_embeddings=torch.randn(1, 256, 64, 64), image_pe=model.prompt_encoder.get_dense_pe(),
        sparse_prompt_embeddings=sparse, dense_prompt_embeddings=dense, multimask_output=True,
    )  # fmt: skip
    return model.postprocess_masks(masks, (1024, 1024), (side, side))


def torch_time(name):
    """In a process of its own, so that its memory is given back."""
    import torch

    torch.set_num_threads(THREADS)
    torch.set_grad_enabled(False)
    what, side = name.rsplit("-", 1)
    side = int(side)
    model = network(what.removesuffix("-decode").removesuffix("-encode").removesuffix("-click"))
    run = {
        "unet": lambda: model(
            torch.randn(2, 9, side // 8, side // 8), 981, None, added_cond_kwargs={"image_embeds": torch.randn(2, 1280)}
        ),
        "movq-decode": lambda: model.decode(torch.randn(1, 4, side // 8, side // 8), force_not_quantize=True),
        "movq-encode": lambda: model.encode(torch.randn(1, 3, side, side)),
        "prior": lambda: model(
            torch.randn(2, 1280), 500, torch.randn(2, 1280), torch.randn(2, 77, 1280), torch.ones(2, 77, dtype=torch.bool)
        ),
        "sd-unet": lambda: model(torch.randn(2, 9, side // 8, side // 8), 981, torch.randn(2, 77, 768)),
        "sd-vae-decode": lambda: model.decode(torch.randn(1, 4, side // 8, side // 8)),
        "mobile-sam-encode": lambda: model.image_encoder(torch.randn(1, 3, side, side)),
        "sam-b-encode": lambda: model.image_encoder(torch.randn(1, 3, side, side)),
        "mobile-sam-click": lambda: click(model, side),
    }[what]
    best, begun = float("inf"), time.perf_counter()
    for number in range(20):
        if number >= 2 and time.perf_counter() - begun > 1:
            break
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    status = Path("/proc/self/status").read_text()
    peak = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024
    print(f"{name}\t{best:.3f}\t{peak}")


def main(names):
    environment = os.environ | {"RAYON_NUM_THREADS": str(THREADS)}
    ours = ["cargo", "bench", "--quiet", "--bench", "networks", "--"]
    print("what\tours (s)\tPyTorch (s)\tratio\tours (MB)\tPyTorch (MB)")
    for name in names:
        outputs = [
            subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
            for command in ([*ours, name], [sys.executable, __file__, "--torch", name])
        ]
        (_, mine, held), (_, theirs, torch_held) = (output.strip().splitlines()[-1].split("\t") for output in outputs)
        print(f"{name}\t{mine}\t{theirs}\t{float(mine) / float(theirs):.2f}\t{held}\t{torch_held}", flush=True)


if sys.argv[1:2] == ["--torch"]:
    torch_time(sys.argv[2])
else:
    main(sys.argv[1:] or ["prior-0", "movq-encode-512", "movq-decode-512", "unet-512", "sd-vae-decode-512", "sd-unet-512",
          "mobile-sam-encode-1024", "mobile-sam-click-1024", "sam-b-encode-1024"])
