//! Weights that stay in the 16 bits of their file give the numbers that they give in 32.

use crate::case::Folder;
use candle_core::{DType, Device, Tensor, safetensors};
use candle_nn::VarBuilder;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use tie_nets::clip::TextEncoder;
use tie_nets::kandinsky::{self, Movq, Prior, TextCondition};
use tie_nets::stable_diffusion;
use tie_nets::{Result, weights};

const SD: &str = "sd15-inpaint";
const DECODER: &str = "kandinsky-2-2-decoder-inpaint";
const PRIOR: &str = "kandinsky-2-2-prior";

#[test]
fn networks_give_the_same_numbers_with_weights_kept_in_16_bits() {
    let folder = Folder::committed();
    // More than 512 pixels at the finest level, where weights are unpacked at once, and fewer at the others.
    let (latents, image) = (wave(&[2, 9, 32, 24]), wave(&[1, 3, 64, 64]));
    compare(&folder, &format!("{DECODER}/unet"), kandinsky::UNet::new, |unet| {
        unet.forward(&latents, 500.0, &wave(&[2, 20]))
    });
    compare(&folder, &format!("{SD}/unet"), stable_diffusion::UNet::new, |unet| {
        unet.forward(&latents, 500.0, &wave(&[2, 77, 12]))
    });
    compare(&folder, &format!("{DECODER}/movq"), Movq::new, |movq| movq.decode(&movq.encode(&image)?));
    compare(&folder, &format!("{SD}/vae"), stable_diffusion::Vae::new, |vae| vae.decode(&vae.encode(&image)?.mean));
    compare(&folder, &format!("{PRIOR}/text_encoder"), TextEncoder::new, |encoder| {
        Ok(encoder.forward(&[(0..77).collect()])?.last_hidden_state)
    });
    compare(&folder, &format!("{PRIOR}/prior"), Prior::new, |prior| {
        let attention_mask = Tensor::ones((2, 77), DType::U8, &Device::Cpu)?;
        let text = TextCondition { text_embeds: wave(&[2, 20]), last_hidden_state: wave(&[2, 77, 20]), attention_mask };
        prior.forward(&wave(&[2, 20]), 500.0, &text)
    });
}

/// Numbers between −1 and 1.
fn wave(shape: &[usize]) -> Tensor {
    let numbers = (0..shape.iter().product()).map(|i: usize| (i as f32 * 0.37).sin());
    Tensor::from_vec(numbers.collect::<Vec<_>>(), shape, &Device::Cpu).unwrap()
}

/// A network from its file, which is in 16 bits, beside one that is given the same weights in 32.
fn compare<C: DeserializeOwned, N>(
    folder: &Folder,
    name: &str,
    build: impl Fn(&C, VarBuilder<'_>) -> Result<N> + Copy,
    run: impl Fn(&N) -> Result<Tensor>,
) {
    let (from, mut there) = (folder.path(name), HashMap::new());
    for file in weights::files(&from).unwrap() {
        there.extend(safetensors::load(file, &Device::Cpu).unwrap());
    }
    assert!(there.values().all(|tensor| tensor.dtype() == DType::F16), "{name} is not in 16 bits");
    let wide = VarBuilder::from_tensors(there, DType::F32, &Device::Cpu);
    let wide = build(&weights::read_json(&from.join("config.json")).unwrap(), wide).unwrap();
    let [kept, wide] = [folder.load(name, build), wide].map(|network| run(&network).unwrap());
    let largest = |x: &Tensor| x.abs().unwrap().flatten_all().unwrap().max(0).unwrap().to_scalar::<f32>().unwrap();
    let difference = largest(&(&kept - &wide).unwrap()) / largest(&wide);
    println!("{name}: {difference:.2e}");
    assert!(difference < 2e-5, "{name}: weights in 16 bits are off by {difference}");
}
