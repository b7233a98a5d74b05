//! Kandinsky 2.2 beside diffusers, CLIP beside transformers.

use crate::case::{Folder, image_of};
use crate::schedulers::config;
use candle_core::Tensor;
use tie_nets::Result;
use tie_nets::clip::{TextEncoder, Tokenizer, VisionEncoder};
use tie_nets::kandinsky::{self, InpaintInput, Movq, Prior, PriorInput, TextCondition, UNet};

const DECODER: &str = "kandinsky-2-2-decoder-inpaint";
const PRIOR: &str = "kandinsky-2-2-prior";

pub(crate) fn unet(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let unet = folder.load(&format!("{DECODER}/unet"), UNet::new);
    let output = unet.forward(&case.tensor("sample"), case.number("timestep"), &case.tensor("image_embeds")).unwrap();
    case.compare("output", &output, 1e-4);
}

pub(crate) fn movq(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let movq = folder.load(&format!("{DECODER}/movq"), Movq::new);
    let latents = movq.encode(&case.tensor("image")).unwrap();
    case.compare("latents", &latents, 1e-4);
    case.compare("decode_out", &movq.decode(&case.tensor("decode_in")).unwrap(), 1e-4);
    case.compare("roundtrip", &movq.decode(&latents).unwrap(), 1e-3);
}

pub(crate) fn prior(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let prior = folder.load(&format!("{PRIOR}/prior"), Prior::new);
    let text = TextCondition {
        text_embeds: case.tensor("proj_embedding"),
        last_hidden_state: case.tensor("encoder_hidden_states"),
        attention_mask: case.tensor("text_mask"),
    };
    let output = prior.forward(&case.tensor("hidden_states"), case.number("timestep"), &text).unwrap();
    case.compare("output", &output, 3e-4);
    case.compare("post_processed", &prior.post_process(&output).unwrap(), 3e-4);
}

pub(crate) fn clip_text(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let tokenizer = Tokenizer::open(&folder.path(&format!("{PRIOR}/tokenizer"))).unwrap();
    let encoder = folder.load(&format!("{PRIOR}/text_encoder"), TextEncoder::new);
    let prompts = (0..).map(|index| format!("prompt_{index}")).take_while(|key| case.has_text(key));
    let tokens: Vec<_> = prompts.map(|key| tokenizer.encode(case.text(&key)).unwrap()).collect();
    let ids: Vec<Vec<u32>> = tokens.iter().map(|tokens| tokens.ids.clone()).collect();
    case.compare_exactly("input_ids", &ids.concat().into_iter().map(f64::from).collect::<Vec<_>>());
    let masks = tokens.iter().flat_map(|tokens| tokens.attention_mask.iter().copied().map(f64::from));
    case.compare_exactly("attention_mask", &masks.collect::<Vec<_>>());
    let output = encoder.forward(&ids).unwrap();
    case.compare("last_hidden_state", &output.last_hidden_state, 1e-4);
    case.compare("text_embeds", &output.text_embeds, 1e-4);
}

pub(crate) fn clip_vision(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let encoder = folder.load(&format!("{PRIOR}/image_encoder"), VisionEncoder::new);
    case.compare("image_embeds", &encoder.forward(&case.tensor("pixel_values")).unwrap(), 1e-4);
    case.compare("zero_image_embeds", &encoder.zero_embedding().unwrap(), 1e-4);
}

pub(crate) fn prepare_mask(folder: &Folder, name: &str) {
    let case = folder.case(name);
    case.compare("keep_out", &kandinsky::prepare_mask(&case.tensor("keep_in")).unwrap(), 0.0);
}

pub(crate) fn prior_pipeline(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let tokenizer = Tokenizer::open(&folder.path(&format!("{PRIOR}/tokenizer"))).unwrap();
    let encoder = folder.load(&format!("{PRIOR}/text_encoder"), TextEncoder::new);
    let prior = folder.load(&format!("{PRIOR}/prior"), Prior::new);
    // With a negative prompt two embeddings are made.
    let has_negative = case.tensor("init_latents").dim(0).unwrap() == 2;
    let negative = has_negative.then(|| case.text("negative_prompt"));
    let text = kandinsky::encode_prompt(&tokenizer, &encoder, case.text("prompt"), negative).unwrap();
    let input = PriorInput {
        text,
        steps: case.value("steps") as usize,
        guidance: case.value("guidance_scale"),
        latents: case.tensor("init_latents"),
    };
    let mut after = Vec::new();
    let mut watch = collect_into(&mut after);
    let scheduler = config(folder, "unclip");
    let mut noise = case.noise("step_noise");
    let embeddings = kandinsky::embed_prompt(&prior, &scheduler, &input, &mut noise, &mut watch).unwrap();
    drop(watch);
    case.compare("latents_after_step", &Tensor::stack(&after, 0).unwrap(), 1e-3);
    case.compare("image_embeds", &embeddings.image, 1e-3);
    let negative = embeddings.negative.unwrap_or_else(|| {
        folder.load(&format!("{PRIOR}/image_encoder"), VisionEncoder::new).zero_embedding().unwrap()
    });
    case.compare("negative_image_embeds", &negative, 1e-3);
}

pub(crate) fn inpainting(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let unet = folder.load(&format!("{DECODER}/unet"), UNet::new);
    let movq = folder.load(&format!("{DECODER}/movq"), Movq::new);
    let keep = kandinsky::keep_of_repaint(&case.tensor("mask_white_repaint"), movq.factor()).unwrap();
    case.compare("mask_latent_keep", &keep, 0.0);
    let image_latents = movq.encode(&image_of(&case)).unwrap();
    case.compare("image_latents", &image_latents, 1e-4);
    case.compare("masked_image", &image_latents.broadcast_mul(&keep).unwrap(), 1e-4);
    let input = InpaintInput {
        image_latents,
        keep,
        image_embeds: case.tensor("image_embeds"),
        negative_image_embeds: case.tensor("negative_image_embeds"),
        steps: case.value("steps") as usize,
        skipped: 0,
        guidance: case.value("guidance_scale"),
        latents: case.tensor("init_latents"),
    };
    let mut after = Vec::new();
    let mut watch = collect_into(&mut after);
    let scheduler = config(folder, scheduler_of(name));
    let mut noise = case.noise("step_noise");
    let latents = kandinsky::inpaint(&unet, &scheduler, &input, &mut noise, &mut watch).unwrap();
    drop(watch);
    case.compare("latents_after_step", &Tensor::stack(&after, 0).unwrap(), 1e-3);
    let image = ((movq.decode(&latents).unwrap() * 0.5).unwrap() + 0.5).unwrap().clamp(0.0, 1.0).unwrap();
    case.compare("image_out_0_1", &image.permute((0, 2, 3, 1)).unwrap(), 3e-3);
}

/// `inpaint-sq-ddpm-learned-range` runs with the scheduler `ddpm-learned-range`.
fn scheduler_of(name: &str) -> &str {
    let scheduler = name.trim_start_matches("inpaint-").split_once('-').unwrap().1;
    scheduler.strip_suffix("-noguidance").unwrap_or(scheduler)
}

/// Keeps the latents after each step.
fn collect_into(after: &mut Vec<Tensor>) -> impl FnMut(usize, usize, &Tensor) -> Result<()> {
    |step, _, latents| {
        if step > 0 {
            after.push(latents.clone());
        }
        Ok(())
    }
}
