"""Makes the small models and the expected numbers in this folder, with the reference implementations.

Not run by the tests. To make them anew:

    python -m venv reference
    reference/bin/pip install torch==2.5.1 diffusers==0.32.2 transformers==4.46.3 safetensors 'numpy<2' pillow
    reference/bin/python tests/reference/make.py

Some weights are kept in 16 bits, for the space. Every parameter is random, also those that the classes leave at 0 or 1, so that no forgotten term hides. Sizes differ
from the real ones, sides from each other. Noise is recorded, for it is an input.
"""

import shutil

import numpy as np
import torch
from common import CASES, HERE, Recorder, case, halved, normal, randomise, rng, save_halved, seed, total, write_json
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    KandinskyV22InpaintPipeline,
    KandinskyV22PriorPipeline,
    PNDMScheduler,
    PriorTransformer,
    StableDiffusionInpaintPipeline,
    UNet2DConditionModel,
    UnCLIPScheduler,
    VQModel,
)
from diffusers.pipelines.kandinsky2_2.pipeline_kandinsky2_2_inpainting import prepare_mask
from PIL import Image
from transformers import (
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

EMBEDDING = 20


def tokenizer(folder):
    """Bytes, the same with an end of word, a few merges, and the special tokens last."""
    folder.mkdir(parents=True)
    from transformers.models.clip.tokenization_clip import bytes_to_unicode

    letters = list(bytes_to_unicode().values())
    merges = ["t h", "th e</w>", "a t</w>", "c at</w>", "r e", "o n</w>", "w o", "wo o", "Ã ©</w>", "s t", "st a", "d o"]
    words = letters + [letter + "</w>" for letter in letters] + [pair.replace(" ", "") for pair in merges]
    words += ["<|startoftext|>", "<|endoftext|>"]
    write_json(folder / "vocab.json", {word: index for index, word in enumerate(words)})
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    write_json(
        folder / "special_tokens_map.json",
        {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>", "unk_token": "<|endoftext|>"},
    )
    write_json(folder / "tokenizer_config.json", {"model_max_length": 77, "tokenizer_class": "CLIPTokenizer"})
    return CLIPTokenizer.from_pretrained(folder), len(words)


SCHEDULER = {
    "_class_name": "DDPMScheduler",
    "beta_end": 0.012,
    "beta_schedule": "linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
    "set_alpha_to_one": False,
    "steps_offset": 1,
    "thresholding": False,
}
LEARNED = {"clip_sample": True, "clip_sample_range": 2.0, "variance_type": "learned_range"}
EXTRA = {
    "ddim": SCHEDULER | {"_class_name": "DDIMScheduler"},
    "ddpm-learned-range": SCHEDULER | LEARNED,
    "ddpm-threshold": SCHEDULER | LEARNED | {"thresholding": True, "sample_max_value": 1.5},
}
UNCLIP = {
    "_class_name": "UnCLIPScheduler",
    "clip_sample": True,
    "clip_sample_range": 10.0,
    "num_train_timesteps": 1000,
    "prediction_type": "sample",
    "variance_type": "fixed_small_log",
}


def models():
    decoder, prior = HERE / "kandinsky-2-2-decoder-inpaint", HERE / "kandinsky-2-2-prior"
    for folder in (decoder, prior, CASES, HERE / "extra-schedulers"):
        shutil.rmtree(folder, ignore_errors=True)
    CASES.mkdir(parents=True)

    unet = UNet2DConditionModel(
        sample_size=8, in_channels=9, out_channels=8, block_out_channels=(8, 16, 16, 24), layers_per_block=1,
        norm_num_groups=4, attention_head_dim=4, cross_attention_dim=28, encoder_hid_dim=EMBEDDING,
        encoder_hid_dim_type="image_proj", addition_embed_type="image", resnet_time_scale_shift="scale_shift",
        down_block_types=("ResnetDownsampleBlock2D",) + ("SimpleCrossAttnDownBlock2D",) * 3,
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        up_block_types=("SimpleCrossAttnUpBlock2D",) * 3 + ("ResnetUpsampleBlock2D",),
    )  # fmt: skip
    randomise(unet)
    # So that guided sampling stays finite.
    unet.conv_out.weight.mul_(0.3)
    save_halved(unet, decoder / "unet")

    movq = VQModel(
        in_channels=3, out_channels=3, latent_channels=4, vq_embed_dim=4, num_vq_embeddings=16, norm_type="spatial",
        block_out_channels=(32, 32, 32, 32), layers_per_block=1, norm_num_groups=8, sample_size=32,
        down_block_types=("DownEncoderBlock2D",) * 3 + ("AttnDownEncoderBlock2D",),
        up_block_types=("AttnUpDecoderBlock2D",) + ("UpDecoderBlock2D",) * 3,
    )  # fmt: skip
    randomise(movq)
    movq.decoder.conv_out.weight.mul_(0.1)
    save_halved(movq, decoder / "movq")
    write_json(decoder / "scheduler/scheduler_config.json", SCHEDULER)
    for name, config in EXTRA.items():
        write_json(HERE / f"extra-schedulers/{name}/scheduler_config.json", config)

    network = PriorTransformer(
        num_attention_heads=2, attention_head_dim=10, num_layers=2, embedding_dim=EMBEDDING, num_embeddings=77,
        additional_embeddings=4,
    )  # fmt: skip
    save_halved(randomise(network), prior / "prior")
    words, vocabulary = tokenizer(prior / "tokenizer")
    text = CLIPTextModelWithProjection(
        CLIPTextConfig(
            vocab_size=vocabulary, hidden_size=EMBEDDING, intermediate_size=50, num_hidden_layers=2,
            num_attention_heads=2, hidden_act="gelu", projection_dim=EMBEDDING, bos_token_id=0, eos_token_id=2,
            pad_token_id=1,
        )  # fmt: skip
    )
    save_halved(randomise(text), prior / "text_encoder")
    image = CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=24, intermediate_size=52, num_hidden_layers=2, num_attention_heads=2, hidden_act="gelu",
            projection_dim=EMBEDDING, image_size=28, patch_size=14,
        )  # fmt: skip
    )
    save_halved(randomise(image), prior / "image_encoder")
    processor = CLIPImageProcessor(size={"shortest_edge": 28}, crop_size={"height": 28, "width": 28})
    processor.save_pretrained(prior / "image_processor")
    write_json(prior / "scheduler/scheduler_config.json", UNCLIP)
    return unet, movq, network, text, image, words, processor


def networks(unet, movq, prior, text, image, words):
    for index, time in enumerate((981, 1)):
        sample, embeds = normal(2, 9, 8, 16), normal(2, EMBEDDING)
        output = unet(sample, time, encoder_hidden_states=None, added_cond_kwargs={"image_embeds": embeds}).sample
        case(f"kandinsky-unet-{index}", dict(sample=sample, image_embeds=embeds, timestep=[time], output=output))

    picture, latents = normal(1, 3, 32, 48).clamp(-1, 1), normal(1, 4, 4, 6)
    encoded = movq.encode(picture).latents
    decoded = movq.decode(latents, force_not_quantize=True).sample
    roundtrip = movq.decode(encoded, force_not_quantize=True).sample
    case("movq", dict(image=picture, latents=encoded, decode_in=latents, decode_out=decoded, roundtrip=roundtrip))

    for index, time in enumerate((999, 42)):
        mask = torch.zeros(2, 77, dtype=torch.bool)
        mask[0, :5], mask[1, :61] = True, True
        noisy, embeds, states = normal(2, EMBEDDING), normal(2, EMBEDDING), normal(2, 77, EMBEDDING)
        output = prior(noisy, time, embeds, states, mask).predicted_image_embedding
        case(
            f"prior-forward-{index}",
            dict(
                hidden_states=noisy, proj_embedding=embeds, encoder_hidden_states=states, text_mask=mask.to(torch.uint8),
                timestep=[time], output=output, post_processed=prior.post_process_latents(output),
            ),  # fmt: skip
        )

    prompts = [
        "the cat on the wooden star",
        "",
        "Café 12,  it's done! <|endoftext|> the CAT\n\tat 3:45 — done…",
        "do the stars " * 30,
    ]
    tokens = words(prompts, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
    output = text(tokens.input_ids)
    case(
        "clip-text",
        dict(
            input_ids=tokens.input_ids, attention_mask=tokens.attention_mask, text_embeds=output.text_embeds,
            last_hidden_state=output.last_hidden_state,
        ),  # fmt: skip
        **{f"prompt_{index}": prompt for index, prompt in enumerate(prompts)},
    )
    pixels = normal(2, 3, 28, 28)
    zero = image(torch.zeros(1, 3, 28, 28)).image_embeds
    case("clip-vision", dict(pixel_values=pixels, image_embeds=image(pixels).image_embeds, zero_image_embeds=zero))

    keep = (torch.rand(3, 1, 9, 7, generator=rng) > 0.2).float()
    keep[1], keep[1, 0, 4, 3], keep[2, 0, 0] = 1, 0, 0
    # It changes what it is given.
    case("prepare-mask", dict(keep_in=keep, keep_out=torch.stack([prepare_mask(one[None].clone())[0] for one in keep])))


def schedulers():
    tables = {}
    every = {"ddpm": SCHEDULER, "unclip": UNCLIP} | EXTRA
    classes = {"DDPMScheduler": DDPMScheduler, "DDIMScheduler": DDIMScheduler, "UnCLIPScheduler": UnCLIPScheduler}
    for name, config in every.items():
        scheduler = classes[config["_class_name"]].from_config(config)
        tables[f"{name}.alphas_cumprod"] = scheduler.alphas_cumprod
        for steps in (2, 3, 20, 25, 50, 75, 100, 333):
            scheduler.set_timesteps(steps)
            tables[f"{name}.timesteps.{steps}"] = scheduler.timesteps
    tables["unclip.betas"] = UnCLIPScheduler.from_config(UNCLIP).betas
    case("scheduler-tables", tables)


def prior_pipeline(prior, text, image, words, processor):
    import diffusers.schedulers.scheduling_unclip as module

    for name, prompt, negative, guidance, steps in [
        ("plain", "the cat on the star", None, 4.0, 5),
        ("negative", "a red door", "wood, sand", 4.0, 4),
        ("noguidance", "the wood", None, 1.0, 3),
    ]:
        scheduler = UnCLIPScheduler.from_config(UNCLIP)
        pipe = KandinskyV22PriorPipeline(prior, image, text, words, scheduler, processor)
        pipe.set_progress_bar_config(disable=True)
        guided, after = [], []
        step = scheduler.step

        def watched(output, timestep, sample, **rest):
            result = step(output, timestep=timestep, sample=sample, **rest)
            guided.append(output.clone())
            after.append(result.prev_sample.clone())
            return result

        scheduler.step = lambda output, timestep, sample, **rest: watched(output, timestep, sample, **rest)
        latents = normal(1 if negative is None else 2, EMBEDDING)
        with Recorder(module) as noise:
            result = pipe(
                prompt, negative_prompt=negative, num_inference_steps=steps, guidance_scale=guidance,
                latents=latents.clone(),
            )  # fmt: skip
        case(
            f"prior-pipeline-{name}",
            dict(
                init_latents=latents, step_noise=torch.stack(noise.draws), timesteps=scheduler.timesteps,
                guided_prediction=torch.stack(guided), latents_after_step=torch.stack(after),
                image_embeds=result.image_embeds, negative_image_embeds=result.negative_image_embeds,
            ),  # fmt: skip
            prompt=prompt, negative_prompt=str(negative), guidance_scale=guidance, steps=steps,
        )  # fmt: skip


def mask_of(height, width):
    """White where to repaint: a part at the border, a single latent cell, values about the threshold."""
    mask = np.zeros((height, width), np.float32)
    mask[: height // 2, : width // 3] = 1
    mask[height - 16 : height - 8, width - 24 : width - 16] = 1
    mask[height - 8 :, : width // 2] = 0.49
    mask[height - 8 :, width // 2 : width // 2 + 8] = 0.5
    return mask


def inpaint_pipeline(unet, movq):
    import diffusers.schedulers.scheduling_ddpm as module

    for name, config, guidance, steps, (height, width) in [
        ("sq-ddpm", SCHEDULER, 4.0, 5, (64, 64)),
        ("wide-ddpm", SCHEDULER, 4.0, 3, (64, 128)),
        ("sq-ddpm-noguidance", SCHEDULER, 1.0, 4, (64, 64)),
        ("sq-ddim", EXTRA["ddim"], 4.0, 5, (64, 64)),
        ("sq-ddpm-learned-range", EXTRA["ddpm-learned-range"], 4.0, 4, (64, 64)),
        ("sq-ddpm-threshold", EXTRA["ddpm-threshold"], 4.0, 4, (64, 64)),
    ]:
        kind = DDIMScheduler if config["_class_name"] == "DDIMScheduler" else DDPMScheduler
        scheduler = kind.from_config(config)
        pipe = KandinskyV22InpaintPipeline(unet, scheduler, movq)
        pipe.set_progress_bar_config(disable=True)
        picture = (torch.rand(height, width, 3, generator=rng) * 255).to(torch.uint8).numpy()
        mask = mask_of(height, width)
        latents = normal(1, 4, height // 8, width // 8)
        embeds, negative = normal(1, EMBEDDING), normal(1, EMBEDDING)
        after, seen = [], {}

        def watched(pipe, index, time, values):
            after.append(values["latents"].clone())
            return {}

        forward = unet.forward

        def unet_forward(sample, **rest):
            seen.setdefault("first", sample.clone())
            return forward(sample, **rest)

        unet.forward = unet_forward
        with Recorder(module) as noise:
            result = pipe(
                image_embeds=embeds, negative_image_embeds=negative, image=Image.fromarray(picture), mask_image=mask,
                height=height, width=width, num_inference_steps=steps, guidance_scale=guidance, latents=latents.clone(),
                output_type="np", callback_on_step_end=watched, callback_on_step_end_tensor_inputs=["latents"],
            )  # fmt: skip
        unet.forward = forward
        first = seen["first"][:1]
        plain = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 127.5 - 1
        drawn = dict(step_noise=torch.stack(noise.draws)) if noise.draws else {}
        case(
            f"inpaint-{name}",
            dict(
                image_u8_hwc=picture, mask_white_repaint=halved(mask), init_latents=latents, image_embeds=embeds,
                negative_image_embeds=negative, timesteps=scheduler.timesteps, image_latents=movq.encode(plain).latents,
                masked_image=first[:, 4:8], mask_latent_keep=first[:, 8:], latents_after_step=torch.stack(after),
                image_out_0_1=halved(result.images), **drawn,
            ),  # fmt: skip
            scheduler=config["_class_name"], guidance_scale=guidance, steps=steps,
        )  # fmt: skip


def stable_diffusion():
    folder = HERE / "sd15-inpaint"
    shutil.rmtree(folder, ignore_errors=True)
    unet = UNet2DConditionModel(
        sample_size=16, in_channels=9, out_channels=4, block_out_channels=(12, 20), layers_per_block=1,
        norm_num_groups=4, cross_attention_dim=12, attention_head_dim=2,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
    )  # fmt: skip
    save_halved(randomise(unet), folder / "unet")
    for index, time in enumerate((981, 1)):
        sample, states = normal(2, 9, 12, 16), normal(2, 77, 12)
        output = unet(sample, time, states).sample
        case(f"sd15-inpaint-unet-{index}", dict(sample=sample, encoder_hidden_states=states, timestep=[time], output=output))

    vae = AutoencoderKL(
        block_out_channels=(8, 12, 16), layers_per_block=1, norm_num_groups=4, latent_channels=4, sample_size=32,
        down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3,
    )  # fmt: skip
    save_halved(randomise(vae), folder / "vae")
    picture, latents = normal(1, 3, 16, 32).clamp(-1, 1), normal(1, 4, 4, 8)
    moments = vae.encode(picture).latent_dist
    decoded = vae.decode(latents).sample
    case("sd15-vae", dict(image=picture, mean=moments.mean, logvar=moments.logvar, decode_in=latents, decode_out=decoded))
    return unet, vae


# As the file of the real checkpoint.
PNDM = {
    "_class_name": "PNDMScheduler",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "num_train_timesteps": 1000,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
}


def stable_diffusion_pipeline(unet, vae):
    """The whole way with a text encoder, with noise for the latents and for the VAE's draw."""
    import diffusers.models.autoencoders.vae as vae_module
    import diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_inpaint as module

    seed(43)
    folder = HERE / "sd15-inpaint"
    for name in ("tokenizer", "text_encoder", "scheduler"):
        shutil.rmtree(folder / name, ignore_errors=True)
    words, vocabulary = tokenizer(folder / "tokenizer")
    text = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=vocabulary, hidden_size=12, intermediate_size=20, num_hidden_layers=2, num_attention_heads=2,
            hidden_act="quick_gelu", projection_dim=12, bos_token_id=0, eos_token_id=2, pad_token_id=1,
        )  # fmt: skip
    )
    save_halved(randomise(text), folder / "text_encoder")
    write_json(folder / "scheduler/scheduler_config.json", PNDM)

    for name, kind, negative, guidance, strength, steps in [
        ("ddim", DDIMScheduler, "", 7.5, 1.0, 4),
        ("solver", DPMSolverMultistepScheduler, "wood, sand", 7.5, 1.0, 5),
        ("solver-strength", DPMSolverMultistepScheduler, "", 7.5, 0.6, 5),
    ]:
        scheduler = kind.from_config(PNDMScheduler.from_config(PNDM).config)
        pipe = StableDiffusionInpaintPipeline(vae, text, words, unet, scheduler, None, None, requires_safety_checker=False)
        pipe.set_progress_bar_config(disable=True)
        picture = (torch.rand(32, 48, 3, generator=rng) * 255).to(torch.uint8).numpy()
        mask = mask_of(32, 48)
        after, seen = [], {}

        def watched(pipe, index, time, values):
            after.append(values["latents"].clone())
            return {}

        forward = unet.forward

        def unet_forward(sample, *rest, **more):
            seen.setdefault("first", sample.clone())
            seen.setdefault("text", more["encoder_hidden_states"].clone())
            return forward(sample, *rest, **more)

        unet.forward = unet_forward
        with Recorder(module) as noise, Recorder(vae_module) as draws:
            result = pipe(
                "the cat on the star", negative_prompt=negative, image=Image.fromarray(picture),
                mask_image=torch.from_numpy(mask)[None, None], height=32, width=48, num_inference_steps=steps,
                guidance_scale=guidance, strength=strength, output_type="np", callback_on_step_end=watched,
            )  # fmt: skip
        unet.forward = forward
        first = seen["first"][:1]
        assert len(noise.draws) == 1 and len(draws.draws) == (1 if strength == 1 else 2)
        case(
            f"sd15-inpaint-pipeline-{name}",
            dict(
                image_u8_hwc=picture, mask_white_repaint=halved(mask), init_noise=noise.draws[0], text=seen["text"],
                vae_noise=torch.stack(draws.draws), mask_latent=first[:, 4:5], masked_latents=first[:, 5:],
                first_latents=first[:, :4], latents_after_step=torch.stack(after), image_out_0_1=halved(result.images),
            ),  # fmt: skip
            prompt="the cat on the star", negative_prompt=negative, guidance_scale=guidance, steps=steps,
            skipped=steps - int(steps * strength), sampler="ddim" if kind is DDIMScheduler else "solver",
        )  # fmt: skip


def solver():
    """The multistep solver on answers that no model gave: its sums are linear in them."""
    shared = dict(
        _class_name="DPMSolverMultistepScheduler", num_train_timesteps=1000, beta_schedule="scaled_linear",
        beta_start=0.00085, beta_end=0.012, steps_offset=1, algorithm_type="dpmsolver++", solver_order=2,
        solver_type="midpoint",
    )  # fmt: skip
    numbers = torch.Generator().manual_seed(31)
    for spacing, prediction, steps in [("linspace", "epsilon", 20), ("leading", "epsilon", 5), ("trailing", "v_prediction", 9)]:
        config = shared | dict(timestep_spacing=spacing, prediction_type=prediction)
        write_json(HERE / f"extra-schedulers/dpm-solver-{spacing}/scheduler_config.json", config)
        scheduler = DPMSolverMultistepScheduler.from_config(config)
        scheduler.set_timesteps(steps)
        outputs = torch.randn(steps, 1, 2, 3, 4, generator=numbers)
        sample = first = torch.randn(1, 2, 3, 4, generator=numbers)
        after = []
        for time, output in zip(scheduler.timesteps, outputs):
            sample = scheduler.step(output, time, sample).prev_sample
            after.append(sample)
        tensors = dict(timesteps=scheduler.timesteps, model_output=outputs, init_sample=first, after_step=torch.stack(after))
        case(f"dpm-solver-{spacing}", tensors, steps=steps)


unet, movq, prior, text, image, words, processor = models()
networks(unet, movq, prior, text, image, words)
schedulers()
prior_pipeline(prior, text, image, words, processor)
inpaint_pipeline(unet, movq)
stable_diffusion_pipeline(*stable_diffusion())
solver()
print(total())
