"""Makes a whole small LISA, its tokenizer, a Llama with grouped queries, and their expected numbers.

Not run by the tests. After `make.py` and `make_sam.py`, whose network becomes a part of it:

    reference/bin/pip install sentencepiece==0.2.0 protobuf
    reference/bin/python tests/reference/make_lisa.py

Weights are rounded to bfloat16, the numbers computed from them in 32 bits. Which token means a mask is said only after
a greedy answer, so that a random network says it.
"""

import io

import torch
import torch.nn.functional as F
from common import HERE, case, emptied, picture_of, randomise, rng, rounded, save_halved, seed, total, write_json
from make_sam import ENCODER, INNER, PATCH, PREFIX, SIDE, WIDTH, networks
from mobile_sam.utils.transforms import ResizeLongestSide
from PIL import Image
from safetensors.torch import load_file, save_file
from sentencepiece import SentencePieceTrainer
from torch import nn
from transformers import (
    AddedToken,
    CLIPImageProcessor,
    CLIPVisionConfig,
    CLIPVisionModel,
    DynamicCache,
    LlamaConfig,
    LlamaForCausalLM,
    LlamaTokenizer,
)

FOLDER = HERE / "lisa-tiny"
TOWER = "clip-vision-tower"
# In the place of the picture.
PICTURE = -200
SYSTEM = (
    "A chat between a curious human and an artificial intelligence assistant. "
    "The assistant gives helpful, detailed, and polite answers to the human's questions."
)
QUESTION = "Can you segment the red car on the left in this image?"
PROMPT = f"{SYSTEM} USER: <im_start><image><im_end>\n{QUESTION} ASSISTANT:"
SENTENCES = [
    SYSTEM,
    "USER: Can you segment the cat in this image? ASSISTANT: It is [SEG].",
    "USER: What is the red car on the left of the photograph? Please output segmentation mask.",
    "USER: Where is the person who is standing beside the tree? ASSISTANT: Sure, it is [SEG].",
    "The photograph shows a street at night with two people,  a dog  and 3 bicycles.",
    "Please respond with segmentation mask.  ASSISTANT:    Sure, the segmentation result is [SEG].",
    "The sky in this photograph is too bright, and the grass is too dark.",
    "Remove the person in the background of the café and make the car blue.",
]
TEXTS = [
    "",
    "segment the cat in the photograph",
    " leading and trailing ",
    "two  spaces,   three    four",
    "\n",
    "first line\nsecond line\n\n\tfourth",
    "naïve café — 写真 🙂👍🏽",
    "In 2024, 1024×768 pixels and 3.50",
    "a▁b\u00a0c",
    "<im_start>",
    "<im_end>\nhello",
    "It is [SEG].",
    "Sure, [SEG] and [SEG][SEG] .",
    "</s>",
    "It is [SEG].</s> USER: <unk>",
    "<im_patch>  <im_star> [seg]",
    *PROMPT.split("<image>"),
]


def tokenizer():
    """As Llama's of sentencepiece, in the files that transformers 4.31 wrote for LLaVA."""
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES), model_writer=model, model_type="bpe", vocab_size=370, byte_fallback=True,
        split_digits=True, add_dummy_prefix=True, remove_extra_whitespaces=False, allow_whitespace_only_pieces=True,
        normalization_rule_name="identity", unk_id=0, bos_id=1, eos_id=2, pad_id=-1, num_threads=1, minloglevel=2,
    )  # fmt: skip
    (FOLDER / "tokenizer.model").write_bytes(model.getvalue())
    added = ["<im_patch>", "<im_start>", "<im_end>", "[SEG]"]
    write_json(FOLDER / "added_tokens.json", {token: 370 + index for index, token in enumerate(added)})

    def special(content):
        return {"content": content, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}

    bos, eos, unk = (special(content) for content in ("<s>", "</s>", "<unk>"))
    write_json(
        FOLDER / "special_tokens_map.json",
        {"bos_token": bos, "eos_token": eos, "pad_token": "<unk>", "unk_token": unk},
    )
    kind = {"__type": "AddedToken"}
    write_json(
        FOLDER / "tokenizer_config.json",
        {
            "add_bos_token": True,
            "add_eos_token": False,
            "bos_token": kind | bos,
            "clean_up_tokenization_spaces": False,
            "eos_token": kind | eos,
            "legacy": True,
            "model_max_length": 512,
            "pad_token": None,
            "padding_side": "right",
            "sp_model_kwargs": {},
            "tokenizer_class": "LlamaTokenizer",
            "unk_token": kind | unk,
        },
    )
    words = LlamaTokenizer.from_pretrained(FOLDER)
    # Before 4.34, that is where LISA learnt, a token of `added_tokens.json` swallowed the space around it.
    stripping = LlamaTokenizer.from_pretrained(FOLDER)
    stripping.add_tokens([AddedToken(token, lstrip=True, rstrip=True) for token in added])
    assert len(words) == len(stripping) == 374 and words.pad_token_id == 0

    ids = {f"ids_{index}": words.encode(text) for index, text in enumerate(TEXTS)}
    stripped = {f"stripped_ids_{index}": stripping.encode(text) for index, text in enumerate(TEXTS)}
    texts = {f"text_{index}": text for index, text in enumerate(TEXTS)}
    decoded = {f"decoded_{index}": words.decode(ids[f"ids_{index}"]) for index in range(len(TEXTS))}
    case("llama-tokens", ids | stripped, **texts, **decoded)

    def whole(words):
        before, after = (words.encode(half) for half in PROMPT.split("<image>"))
        return before + [PICTURE] + after[1:]

    case("llava-prompt", dict(ids=whole(words), stripped_ids=whole(stripping)), question=QUESTION, prompt=PROMPT)
    return words


def tower():
    folder = FOLDER / TOWER
    model = CLIPVisionModel(
        CLIPVisionConfig(
            hidden_size=16, intermediate_size=32, num_hidden_layers=3, num_attention_heads=2, hidden_act="quick_gelu",
            image_size=42, patch_size=14, projection_dim=16,
        )  # fmt: skip
    )
    save_halved(randomise(model), folder)
    processor = CLIPImageProcessor(size={"shortest_edge": 42}, crop_size={"height": 42, "width": 42})
    processor.save_pretrained(folder)
    return model, processor


def language_model(words):
    """Llama with what LISA hangs into it, under LISA's names."""
    added = words.get_added_vocab()
    config = {
        "architectures": ["LISAForCausalLM"],
        "bos_token_id": 1,
        "eos_token_id": 2,
        "freeze_mm_mlp_adapter": True,
        "hidden_act": "silu",
        "hidden_size": 32,
        "image_aspect_ratio": "square",
        "image_grid_pinpoints": None,
        "initializer_range": 0.02,
        "intermediate_size": 48,
        "max_position_embeddings": 1024,
        "mm_hidden_size": 16,
        "mm_use_im_patch_token": False,
        "mm_use_im_start_end": True,
        "mm_vision_select_feature": "patch",
        "mm_vision_select_layer": -2,
        "mm_vision_tower": TOWER,
        "model_type": "llava",
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "num_key_value_heads": 4,
        "out_dim": WIDTH,
        "pad_token_id": 0,
        "pretrain_mm_mlp_adapter": None,
        "pretraining_tp": 1,
        "rms_norm_eps": 1e-06,
        "rope_scaling": None,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "train_mask_decoder": True,
        "transformers_version": "4.31.0",
        "tune_mm_mlp_adapter": False,
        "use_cache": False,
        "use_mm_proj": True,
        "vision_tower": TOWER,
        "vocab_size": len(words),
        "parity_im_start_id": added["<im_start>"],
        "parity_im_end_id": added["<im_end>"],
        "parity_sam": {"image_size": SIDE, "patch_size": PATCH, "out_chans": WIDTH, "mlp_dim": INNER} | ENCODER,
    }
    sizes = ("vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")
    rest = ("rms_norm_eps", "max_position_embeddings", "tie_word_embeddings")
    llama = LlamaForCausalLM(LlamaConfig(**{key: config[key] for key in sizes + rest}, attn_implementation="eager"))
    hidden = config["hidden_size"]
    llama.model.mm_projector = nn.Linear(config["mm_hidden_size"], hidden)
    head = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, WIDTH), nn.Dropout(0.0))
    llama.model.text_hidden_fcs = nn.ModuleList([head])
    rounded(randomise(llama))
    sam = nn.ModuleDict(dict(zip(("image_encoder", "prompt_encoder", "mask_decoder"), networks())))
    saved = load_file(FOLDER / "model-f32.safetensors")
    sam.load_state_dict({name.removeprefix(PREFIX): value for name, value in saved.items() if name.startswith(PREFIX)})
    llama.model.visual_model = sam
    return llama.eval(), config


def save(llama):
    """In one file of 32 bits, and in two of bfloat16 as published."""
    tensors = {name: value.contiguous() for name, value in llama.state_dict().items()}
    save_file(tensors, FOLDER / "model-f32.safetensors")
    halves = {name: value.bfloat16() for name, value in tensors.items()}
    assert all(torch.equal(half.float(), tensors[name]) for name, half in halves.items())
    # Of some versions, and of no use.
    width = llama.config.hidden_size // llama.config.num_attention_heads
    inverse = 1 / 10000 ** (torch.arange(0, width, 2) / width)
    halves["model.layers.0.self_attn.rotary_emb.inv_freq"] = inverse
    size = sum(value.nbytes for value in halves.values())
    shards, filled = ({}, {}), 0
    for name, value in sorted(halves.items(), key=lambda item: "visual_model" in item[0]):
        shards[2 * filled >= size][name] = value
        filled += value.nbytes
    files = [f"pytorch_model-0000{index}-of-00002.bin" for index in (1, 2)]
    for file, shard in zip(files, shards):
        torch.save(shard, FOLDER / file)
    where = {name: file for file, shard in zip(files, shards) for name in shard}
    write_json(
        FOLDER / "pytorch_model.bin.index.json",
        {"metadata": {"total_size": size}, "weight_map": dict(sorted(where.items()))},
    )


def answer(llama, embeds, count):
    """Greedily with a cache: the tokens, and the states and logits that they were taken from."""
    cache, ids, states, logits = DynamicCache(), [], [], []
    for _ in range(count):
        states.append(llama.model(inputs_embeds=embeds, past_key_values=cache, use_cache=True).last_hidden_state[0, -1])
        logits.append(llama.lm_head(states[-1]))
        ids.append(logits[-1].argmax().item())
        embeds = llama.model.embed_tokens(torch.tensor([ids[-1:]]))
    return ids, torch.stack(states), torch.stack(logits)


def segmented(sam, image, prompts):
    """What the network sees of a picture, and its answer to prompts that are embeddings."""
    resized = ResizeLongestSide(SIDE).apply_image(image)
    height, width, _ = resized.shape
    mean, deviation = torch.tensor([123.675, 116.28, 103.53]), torch.tensor([58.395, 57.12, 57.375])
    square = ((torch.from_numpy(resized) - mean) / deviation).permute(2, 0, 1)[None]
    square = F.pad(square, (0, SIDE - width, 0, SIDE - height))
    embedding, positions = sam["image_encoder"](square), sam["prompt_encoder"].get_dense_pe()
    _, dense = sam["prompt_encoder"](points=None, boxes=None, masks=None)
    low, quality = sam["mask_decoder"](
        image_embeddings=embedding, image_pe=positions, sparse_prompt_embeddings=prompts[:, None],
        dense_prompt_embeddings=dense, multimask_output=False,
    )  # fmt: skip
    masks = F.interpolate(low, (SIDE, SIDE), mode="bilinear", align_corners=False)[..., :height, :width]
    masks = F.interpolate(masks, image.shape[:2], mode="bilinear", align_corners=False)
    binary = (masks > 0).to(torch.uint8)
    assert all(0.1 < share < 0.9 for share in binary.float().mean((1, 2, 3)))
    seen = dict(sam_resized_u8_hwc=resized, sam_input=square, image_embedding=embedding, dense_pe=positions)
    return seen, dict(low_res_masks=low, iou=quality, masks_original_size=masks, binary=binary)


def lisa(words):
    clip, processor = tower()
    llama, config = language_model(words)
    save(llama)
    model = llama.model

    height, width, count = 46, 69, 16
    image = picture_of(height, width)
    pixels = processor(Image.fromarray(image), return_tensors="pt").pixel_values
    features = clip(pixels, output_hidden_states=True).hidden_states[config["mm_vision_select_layer"]][:, 1:]
    projected = model.mm_projector(features)
    text = torch.randint(3, words.vocab_size, (10,), generator=rng).tolist()
    start, end = config["parity_im_start_id"], config["parity_im_end_id"]
    prompt = [1, *text[:4], start, PICTURE, end, *text[4:]]
    place = prompt.index(PICTURE)

    def spliced(ids):
        before, after = (model.embed_tokens(torch.tensor([part])) for part in (ids[:place], ids[place + 1 :]))
        return torch.cat([before, projected, after], 1)

    ids, states, logits = answer(llama, spliced(prompt), count)
    # All but the last token, from which nothing follows.
    embeds = spliced(prompt + ids[:-1])
    hidden = model(inputs_embeds=embeds).last_hidden_state
    first = hidden.shape[1] - count
    assert torch.allclose(hidden[0, first:], states, atol=1e-4)
    best = logits.topk(2).values
    assert (best[:, 0] - best[:, 1]).min() > 0.01 and config["eos_token_id"] not in ids
    segment = next(token for token in ids if ids.count(token) == 2 and token != ids[-1] and token not in prompt)
    positions = [first + index for index, token in enumerate(ids) if token == segment]
    write_json(FOLDER / "config.json", config | {"parity_seg_token_id": segment})
    ours = {key: config[key] for key in ("bos_token_id", "eos_token_id", "pad_token_id", "transformers_version")}
    write_json(FOLDER / "generation_config.json", {"_from_model_config": True} | ours)

    prompts = model.text_hidden_fcs[0](hidden[0, positions])
    seen, masks = segmented(model.visual_model, image, prompts)
    case(
        "lisa",
        dict(
            generated_ids=ids, prompt_ids=[prompt], seg_hidden_positions=positions, clip_features=features,
            clip_pixel_values=pixels, hidden_full=hidden, inputs_embeds_full=embeds, pred_embeddings=prompts,
            projected=projected, step_hidden=states, step_logits=logits, image_u8_hwc=image, **seen, **masks,
        ),  # fmt: skip
        num_patches=features.shape[1], original_h=height, original_w=width, seg_token_id=segment,
        sam_resized_h=seen["sam_resized_u8_hwc"].shape[0], sam_resized_w=seen["sam_resized_u8_hwc"].shape[1],
    )  # fmt: skip


def grouped():
    """Fewer keys than queries, other angles, and one matrix for tokens and logits."""
    llama = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=40, hidden_size=32, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, rms_norm_eps=1e-5, rope_theta=50000.0, tie_word_embeddings=True,
            max_position_embeddings=64, attn_implementation="eager",
        )  # fmt: skip
    )
    randomise(llama).save_pretrained(emptied("llama-gqa-tiny"))
    ids = torch.randint(40, (1, 9), generator=rng)
    hidden = llama.model(ids).last_hidden_state
    case("llama-gqa", dict(input_ids=ids, hidden=hidden, logits=llama(ids).logits))


seed(219)
lisa(tokenizer())
grouped()
print(total())
