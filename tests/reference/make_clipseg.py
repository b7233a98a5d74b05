"""Makes a small CLIPSeg and its expected numbers, with the reference implementation.

Not run by the tests. After `make.py`, whose tokenizer it takes:

    reference/bin/python tests/reference/make_clipseg.py

The picture is larger than the one that the position embeddings were made for, as with the published network.
"""

import shutil

import torch
from common import HERE, case, emptied, normal, picture_of, randomise, save_halved, seed, total
from PIL import Image
from transformers import CLIPSegConfig, CLIPSegForImageSegmentation, CLIPSegProcessor, CLIPTokenizer, ViTImageProcessor

NAME = "clipseg-tiny"
# Of the published one, like all below that are no sizes.
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def processor_of(folder):
    tokenizer = HERE / "kandinsky-2-2-prior/tokenizer"
    for file in ("vocab.json", "merges.txt", "special_tokens_map.json", "tokenizer_config.json"):
        shutil.copy(tokenizer / file, folder / file)
    pictures = ViTImageProcessor(size={"height": 48, "width": 48}, image_mean=MEAN, image_std=DEVIATION)
    pictures.save_pretrained(folder)
    return CLIPSegProcessor(pictures, CLIPTokenizer.from_pretrained(folder))


def network(vocabulary):
    text = dict(
        vocab_size=vocabulary, hidden_size=16, intermediate_size=24, num_hidden_layers=3, num_attention_heads=2,
        hidden_act="quick_gelu", bos_token_id=0, eos_token_id=2, pad_token_id=1,
    )  # fmt: skip
    vision = dict(
        hidden_size=16, intermediate_size=24, num_hidden_layers=4, num_attention_heads=2, hidden_act="quick_gelu",
        image_size=32, patch_size=8,
    )  # fmt: skip
    config = CLIPSegConfig(
        text_config=text, vision_config=vision, projection_dim=16, extract_layers=[0, 1, 2], reduce_dim=8,
        decoder_num_attention_heads=2, decoder_hidden_act="relu", decoder_intermediate_size=20, conditional_layer=0,
        use_complex_transposed_convolution=True,
    )  # fmt: skip
    return randomise(CLIPSegForImageSegmentation(config))


seed(108)
folder = emptied(NAME)
processor = processor_of(folder)
model = network(len(processor.tokenizer))
save_halved(model, folder)

# Of another shape than the square.
picture = picture_of(40, 62)
prompts = ["the cat", "Café on the wooden star"]
inputs = processor(text=prompts, images=Image.fromarray(picture), padding=True, return_tensors="pt")
pixels = inputs.pop("pixel_values")


def answered():
    square = pixels.expand(2, -1, -1, -1)
    return model(pixel_values=square, interpolate_pos_encoding=True, output_hidden_states=True, **inputs)


output = answered()
layers = model.config.extract_layers
activations = {f"activation_{layer}": output.vision_model_output.hidden_states[layer + 1][:1] for layer in layers}
decoded = {f"decoder_state_{i}": state for i, state in enumerate(output.decoder_output.hidden_states)}
assert all(0.1 < share < 0.9 for share in (output.logits > 0).float().mean((1, 2)))
case(
    "clipseg",
    dict(
        image_u8_hwc=picture, pixel_values=pixels, input_ids=inputs.input_ids, attention_mask=inputs.attention_mask,
        conditional_embeddings=output.conditional_embeddings, logits=output.logits, **activations, **decoded,
    ),  # fmt: skip
    **{f"prompt_{index}": prompt for index, prompt in enumerate(prompts)},
)
# What a mask does not depend on.
last = f"vision_model.encoder.layers.{max(layers) + 1}."
unused = ("logit_scale", "visual_projection", "vision_model.post_layernorm", last)
for name, value in model.clip.named_parameters():
    if name.startswith(unused):
        value.copy_(normal(*value.shape))
assert torch.equal(answered().logits, output.logits)
print(total())
