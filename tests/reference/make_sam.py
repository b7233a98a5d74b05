"""Makes the small networks of Segment Anything and their expected numbers, with the reference implementation.

Not run by the tests. After `make.py`, which begins with an empty folder:

    reference/bin/pip install torchvision==0.20.1 timm mobilesam-mirror
    reference/bin/python tests/reference/make_sam.py
"""

import numpy as np
import torch
import torch.nn.functional as F
from common import case, emptied, halved, normal, picture_of, randomise, rng, rounded, seed, total
from mobile_sam.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, TwoWayTransformer
from mobile_sam.modeling.common import LayerNorm2d
from mobile_sam.modeling.tiny_vit_sam import TinyViT
from mobile_sam.utils.transforms import ResizeLongestSide
from PIL import Image
from safetensors.torch import save_file
from torch import nn
from transformers import CLIPImageProcessor


def decoders(width, inner, grid, side):
    prompts = PromptEncoder(embed_dim=width, image_embedding_size=(grid, grid), input_image_size=(side, side), mask_in_chans=16)
    prompts.pe_layer.positional_encoding_gaussian_matrix.copy_(normal(2, width // 2))
    masks = MaskDecoder(
        num_multimask_outputs=3,
        transformer=TwoWayTransformer(depth=2, embedding_dim=width, mlp_dim=inner, num_heads=8),
        transformer_dim=width,
        iou_head_depth=3,
        iou_head_hidden_dim=24,
    )
    return randomise(prompts), randomise(masks)


def whole(encoder, prompts, masks):
    parts = {"image_encoder": encoder, "prompt_encoder": prompts, "mask_decoder": masks}
    return {f"{part}.{name}": value for part, module in parts.items() for name, value in module.state_dict().items()}


# Of the one in `lisa-tiny`: its windows do not divide its grid.
SIDE, PATCH, WIDTH, INNER = 32, 8, 16, 40
ENCODER = dict(embed_dim=16, depth=4, num_heads=2, mlp_ratio=3, window_size=3, global_attn_indexes=(1, 3))
PREFIX = "model.visual_model."


def networks():
    encoder = ImageEncoderViT(
        img_size=SIDE, patch_size=PATCH, out_chans=WIDTH, qkv_bias=True, use_rel_pos=True,
        norm_layer=lambda width: nn.LayerNorm(width, eps=1e-6), **ENCODER,
    )  # fmt: skip
    prompts, masks = decoders(WIDTH, INNER, SIDE // PATCH, SIDE)
    # Masks of about 1 instead of nearly 0.
    for head in masks.output_hypernetworks_mlps:
        for value in head.layers[-1].parameters():
            value.mul_(32)
    return randomise(encoder), prompts, masks


def sam():
    """A ViT and every kind of prompt. `make_lisa.py` adds the rest of LISA to the file."""
    encoder, prompts, masks = (rounded(part) for part in networks())
    weights = {PREFIX + name: value.contiguous() for name, value in whole(encoder, prompts, masks).items()}
    save_file(weights, emptied("lisa-tiny") / "model-f32.safetensors")

    picture = normal(1, 3, SIDE, SIDE)
    embedding = encoder(picture)
    positions = prompts.get_dense_pe()

    def answers(sparse, dense, several):
        return masks(
            image_embeddings=embedding, image_pe=positions, sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense, multimask_output=several,
        )  # fmt: skip

    points, labels = torch.tensor([[[7.5, 22.75], [25.25, 3.0]]]), torch.tensor([[1, 0]])
    point_sparse, none = prompts(points=(points, labels), boxes=None, masks=None)
    point_masks, point_quality = answers(point_sparse, none, True)
    box = torch.tensor([[2.5, 5.25, 19.0, 31.5]])
    box_sparse, _ = prompts(points=None, boxes=box, masks=None)
    box_masks, box_quality = answers(box_sparse, none, False)
    both_sparse, _ = prompts(points=(points, labels), boxes=box, masks=None)
    # A click that improves an earlier mask.
    mask = 4 * normal(1, 1, 16, 16)
    mask_sparse, mask_dense = prompts(points=(points, labels), boxes=None, masks=mask)
    mask_masks, mask_quality = answers(mask_sparse, mask_dense, False)
    texts = normal(3, 1, WIDTH)
    text_masks, text_quality = answers(texts, none, False)
    # The first to a picture of 90 × 61 pixels, of which 32 × 22 lie in the square.
    square = F.interpolate(text_masks[:1], (SIDE, SIDE), mode="bilinear", align_corners=False)[..., :22, :32]
    at_size = F.interpolate(square, (61, 90), mode="bilinear", align_corners=False)
    case(
        "sam-tiny",
        dict(
            input=picture, image_embedding=embedding, dense_pe=positions, dense_no_mask=none, points_xy=points,
            point_labels=labels, point_sparse=point_sparse, point_low_res_masks_multi=point_masks,
            point_iou_multi=point_quality, box_xyxy=box, box_sparse=box_sparse, box_low_res_masks=box_masks,
            box_iou=box_quality, both_sparse=both_sparse, mask_in=mask, mask_dense=mask_dense, mask_low_res_masks=mask_masks,
            mask_iou=mask_quality, text_embeds=texts, text_low_res_masks=text_masks, text_iou=text_quality,
            masks_original_size=at_size,
        ),  # fmt: skip
    )


def mobile_sam():
    """`TinyViT` on a smaller picture: only its last lines know the real size."""
    encoder = TinyViT(
        img_size=256, embed_dims=[8, 12, 16, 24], depths=[1, 1, 2, 1], num_heads=[2, 3, 2, 4], window_sizes=[7, 7, 14, 7],
        mlp_ratio=2.0, mbconv_expand_ratio=3.0,
    )  # fmt: skip
    # As where it is 320 wide.
    encoder.layers[2].downsample.conv2.c.stride = (1, 1)
    width = 16
    encoder.neck = nn.Sequential(
        nn.Conv2d(24, width, 1, bias=False), LayerNorm2d(width), nn.Conv2d(width, width, 3, padding=1, bias=False),
        LayerNorm2d(width),
    )  # fmt: skip
    encoder.norm_head, encoder.head = nn.LayerNorm(24), nn.Linear(24, 2)
    randomise(encoder)
    for module in encoder.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.copy_(1 + 0.25 * normal(*module.weight.shape))
            module.running_mean.copy_(0.3 * normal(*module.running_mean.shape))
            module.running_var.copy_(0.5 + torch.rand(module.running_var.shape, generator=rng))
        if hasattr(module, "attention_biases"):
            module.attention_biases.copy_(normal(*module.attention_biases.shape))
    parts = [encoder, *decoders(width, 24, 64, 1024)]
    # In half the space: rounded to 16 bits, which the reference computes with in 32.
    torch.save(whole(*[part.half() for part in parts]), emptied("mobile-sam-tiny") / "mobile_sam.pt")
    encoder.float()
    # What evaluation keeps of the biases was read before they were.
    for module in encoder.modules():
        if hasattr(module, "attention_biases"):
            module.ab = module.attention_biases[:, module.attention_bias_idxs]

    picture = (torch.rand(1, 3, 64, 64, generator=rng) * 4 - 2).repeat_interleave(4, -1).repeat_interleave(4, -2)
    x = encoder.patch_embed(picture)
    for layer in encoder.layers:
        x = layer(x)
    embedding = encoder.neck(x.view(1, 16, 16, 24).permute(0, 3, 1, 2))
    case("sam-mobile-tiny", dict(input_of_quarter_size=picture[..., ::4, ::4], image_embedding=embedding))


def preparation():
    """Pictures and masks in the sizes and numbers that networks want."""
    picture = picture_of(72, 110)
    image = Image.fromarray(picture)
    mask = np.zeros((72, 110), np.uint8)
    mask[16:49, 26:80] = 255
    size = (64, 32)
    kandinsky = np.asarray(image.resize(size, Image.Resampling.BICUBIC, reducing_gap=1), np.float32) / 127.5 - 1
    keep = np.asarray(Image.fromarray(mask).resize(size, Image.Resampling.BICUBIC, reducing_gap=1)) < 128
    processor = CLIPImageProcessor(size={"shortest_edge": 42}, crop_size={"height": 42, "width": 42})
    case(
        "preprocess",
        dict(
            image_u8_hwc=picture, mask_u8=mask, kandinsky_image_32x64=halved(kandinsky.transpose(2, 0, 1)[None]),
            kandinsky_keep_32x64=halved(keep[None, None]),
            clip_42=halved(processor(image, return_tensors="pt").pixel_values),
            sam_longest_64_u8_hwc=ResizeLongestSide(64).apply_image(picture),
        ),  # fmt: skip
    )


if __name__ == "__main__":
    seed(61)
    sam()
    seed(62)
    mobile_sam()
    preparation()
    print(total())
