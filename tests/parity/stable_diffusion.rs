//! Stable Diffusion for inpainting beside diffusers.

use crate::case::{Folder, image_of};
use candle_core::{DType, Device, Tensor, safetensors};
use candle_nn::VarBuilder;
use std::collections::HashMap;
use tie_nets::clip::{TextModel, Tokenizer};
use tie_nets::schedulers::SchedulerConfig;
use tie_nets::stable_diffusion::{self, InpaintInput, UNet, Vae};
use tie_nets::weights;

pub(crate) fn unet(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let text = case.tensor("encoder_hidden_states");
    for unet in [folder.load("sd15-inpaint/unet", UNet::new), with_linear_projections(folder)] {
        case.compare("output", &unet.forward(&case.tensor("sample"), case.number("timestep"), &text).unwrap(), 1e-4);
    }
}

/// The UNet as Stable Diffusion 2 spells it: a linear layer on each pixel is a convolution of single pixels.
fn with_linear_projections(folder: &Folder) -> UNet {
    let path = folder.path("sd15-inpaint/unet");
    let mut tensors = HashMap::new();
    for file in weights::files(&path).unwrap() {
        tensors.extend(safetensors::load(file, &Device::Cpu).unwrap());
    }
    let squeezed = tensors.into_iter().map(|(name, tensor)| {
        let is_projection = name.contains(".proj_in.weight") || name.contains(".proj_out.weight");
        let tensor = if is_projection { tensor.squeeze(3).unwrap().squeeze(2).unwrap() } else { tensor };
        (name, tensor)
    });
    let mut config: serde_json::Value = weights::read_json(&path.join("config.json")).unwrap();
    config["use_linear_projection"] = true.into();
    let weights = VarBuilder::from_tensors(squeezed.collect(), DType::F32, &Device::Cpu);
    UNet::new(&serde_json::from_value(config).unwrap(), weights).unwrap()
}

pub(crate) fn vae(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let mut vaes = vec![folder.load("sd15-inpaint/vae", Vae::new), with_old_names(folder)];
    if folder.path("sd15-inpaint/vae-old-names").exists() {
        vaes.push(folder.load("sd15-inpaint/vae-old-names", Vae::new));
    }
    for vae in vaes {
        let moments = vae.encode(&case.tensor("image")).unwrap();
        case.compare("mean", &moments.mean, 1e-4);
        case.compare("logvar", &moments.logvar, 1e-4);
        case.compare("decode_out", &vae.decode(&case.tensor("decode_in")).unwrap(), 1e-4);
    }
}

/// The VAE as the published file spells its attention.
fn with_old_names(folder: &Folder) -> Vae {
    let path = folder.path("sd15-inpaint/vae");
    let tensors = safetensors::load(path.join("diffusion_pytorch_model.safetensors"), &Device::Cpu).unwrap();
    let old = [("to_q.", "query."), ("to_k.", "key."), ("to_v.", "value."), ("to_out.0.", "proj_attn.")];
    let renamed = tensors.into_iter().map(|(name, tensor)| {
        let name = old.iter().fold(name, |name, (new, old)| name.replace(new, old));
        (name, tensor)
    });
    let weights = VarBuilder::from_tensors(renamed.collect(), DType::F32, &Device::Cpu);
    Vae::new(&weights::read_json(&path.join("config.json")).unwrap(), weights).unwrap()
}

pub(crate) fn pipeline(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let unet = folder.load("sd15-inpaint/unet", UNet::new);
    let vae = folder.load("sd15-inpaint/vae", Vae::new);
    let encoder = folder.load("sd15-inpaint/text_encoder", TextModel::new);
    let tokenizer = Tokenizer::open(&folder.path("sd15-inpaint/tokenizer")).unwrap();
    let file: SchedulerConfig =
        weights::read_json(&folder.path("sd15-inpaint/scheduler/scheduler_config.json")).unwrap();
    let scheduler = if case.text("sampler") == "ddim" { file.ddim() } else { file.dpm_solver() };
    let guidance = case.value("guidance_scale");
    let prompt = (case.text("prompt"), case.text("negative_prompt"));
    let text = stable_diffusion::encode_prompt(&tokenizer, &encoder, prompt.0, prompt.1, guidance).unwrap();
    case.compare("text", &text, 1e-4);

    let image = image_of(&case);
    let masked = stable_diffusion::masked(&image, &case.tensor("mask_white_repaint"), vae.factor()).unwrap();
    case.compare("mask_latent", &masked.repaint, 0.0);
    // The reference draws from the VAE's distribution: the image first if it begins with it, then the masked image.
    let mut draws = case.noise("vae_noise");
    let mut sample = |image: &Tensor| {
        let moments = vae.encode(image).unwrap();
        let noise = draws(moments.mean.dims()).unwrap();
        (moments.sample(&noise).unwrap() * vae.scaling()).unwrap()
    };
    let skipped = case.value("skipped") as usize;
    let image_latents = if skipped > 0 { sample(&image) } else { vae.latents(&image).unwrap() };
    let masked_latents = sample(&masked.image);
    case.compare("masked_latents", &masked_latents, 1e-4);
    let input = InpaintInput {
        image_latents,
        masked_latents,
        repaint: masked.repaint,
        text,
        steps: case.value("steps") as usize,
        skipped,
        guidance,
        latents: case.tensor("init_noise"),
    };
    let mut seen = Vec::new();
    let mut watch = |_, _, latents: &Tensor| {
        seen.push(latents.clone());
        Ok(())
    };
    let latents =
        stable_diffusion::inpaint(&unet, &scheduler, &input, &mut |_| panic!("no noise is drawn"), &mut watch).unwrap();
    case.compare("first_latents", &seen[0], 1e-4);
    case.compare("latents_after_step", &Tensor::stack(&seen[1..], 0).unwrap(), 1e-3);
    let picture = ((vae.picture(&latents).unwrap() * 0.5).unwrap() + 0.5).unwrap().clamp(0.0, 1.0).unwrap();
    case.compare("image_out_0_1", &picture.permute((0, 2, 3, 1)).unwrap(), 3e-3);
}
