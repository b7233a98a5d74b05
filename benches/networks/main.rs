//! The real networks at their full size with random weights: how long a step takes, and how much memory.
//!
//! `cargo bench --bench networks -- unet-512 movq-decode-512`; `compare.py` beside this file runs PyTorch in the same run.
//! With WEIGHTS=f16 weights are kept as those of a checkpoint in 16 bits are. Without names nothing is measured, for it takes
//! gigabytes and minutes.

use candle_core::{DType, Device, IndexOp, Result, Shape, Tensor};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use tie_nets::kandinsky::{Movq, Prior, TextCondition, UNet};
use tie_nets::llama::{Cache, Llama};
use tie_nets::ops::WeightType;
use tie_nets::{lisa, sam, stable_diffusion, weights::read_json};

/// Provides every requested tensor, filled with noise of about the size that training leaves.
struct Random;

impl SimpleBackend for Random {
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        let fan_in: usize = shape.dims().iter().skip(1).product();
        let size = if shape.rank() > 1 { 1.7 / (fan_in.max(1) as f32).sqrt() } else { 0.1 };
        let is_factor = shape.rank() == 1 && (name.ends_with("weight") || name.ends_with("running_var"));
        let centre = if is_factor { 1.0 } else { 0.0 };
        noise(shape, centre, size, device)?.to_dtype(dtype)
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> Result<Tensor> {
        candle_core::bail!("{name} was asked for without a shape")
    }

    fn contains_tensor(&self, name: &str) -> bool {
        // Names with a type in front ask whether a file has the tensor in that type.
        match name.split_once(':') {
            Some((stored, _)) => std::env::var("WEIGHTS").is_ok_and(|wanted| wanted == stored),
            None => true,
        }
    }
}

/// Evenly spread numbers within `size` of `centre`.
fn noise(shape: impl Into<Shape>, centre: f32, size: f32, device: &Device) -> Result<Tensor> {
    let shape = shape.into();
    let mut values = vec![0.0_f32; shape.elem_count()];
    values.par_chunks_mut(1 << 16).enumerate().for_each(|(chunk, values)| {
        let mut state = (chunk as u32).wrapping_mul(2_654_435_761) | 1;
        for value in values {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            *value = centre + size * (state as f32 / (u32::MAX / 2) as f32 - 1.0);
        }
    });
    Tensor::from_vec(values, shape, device)
}

fn build<C: DeserializeOwned, N>(
    name: &str,
    network: impl FnOnce(&C, VarBuilder<'static>) -> tie_nets::Result<N>,
) -> tie_nets::Result<N> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/nets/tests/manifests").join(format!("{name}.json"));
    network(&read_json(&path)?, weights())
}

fn weights() -> VarBuilder<'static> {
    VarBuilder::from_backend(Box::new(Random), DType::F32, Device::Cpu)
}

/// Says how long the best of a few runs took, and how much more memory the process held than before at most.
fn measure(name: &str, run: impl Fn() -> tie_nets::Result<Tensor>) -> tie_nets::Result<()> {
    let mut best = f64::INFINITY;
    let start = Instant::now();
    // At least two runs; as many as fit into a second for quick ones.
    for run_number in 0..20 {
        if run_number >= 2 && start.elapsed().as_secs_f64() > 1.0 {
            break;
        }
        let start = Instant::now();
        let result = run()?;
        best = best.min(start.elapsed().as_secs_f64());
        let size = result.abs()?.mean_all()?.to_scalar::<f32>()?;
        assert!(size.is_finite(), "{name} gave no numbers");
    }
    println!("{name}\t{best:.3}\t{}", peak_megabytes());
    Ok(())
}

/// The most memory that the process has held, in MB; 0 where the system does not say.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// A text of this many tokens, or this many tokens after one of 256.
fn measure_llama(name: &str, what: &str, tokens: usize, llama: &Llama) -> tie_nets::Result<()> {
    let words: Vec<u32> = (0..256).map(|i| 1000 + 7 * i).collect();
    let read = |words: &[u32], cache: &mut Cache| {
        let states = llama.forward(&llama.embed(words)?, cache)?;
        llama.logits(&states.narrow(1, words.len() - 1, 1)?)
    };
    if what.ends_with("prompt") {
        return measure(name, || read(&words[..tokens.min(256)], &mut Cache::new()));
    }
    let mut cache = Cache::new();
    read(&words, &mut cache)?;
    let cache = RefCell::new(cache);
    measure(name, || {
        let mut cache = cache.borrow_mut();
        cache.truncate(words.len());
        words[..tokens.min(256)]
            .iter()
            .map(|word| read(&[*word], &mut cache))
            .last()
            .unwrap_or_else(|| Err(tie_nets::ModelError::Unsuitable("No tokens take no time.".to_owned())))
    })
}

/// `unet-512` and the like: what, and the image's side.
fn run(name: &str) -> tie_nets::Result<()> {
    let unknown = || {
        tie_nets::ModelError::Unsuitable(format!(
            "{name} is not known: unet, movq-decode, movq-encode, prior, sd-unet, sd-vae-decode, mobile-sam-encode, mobile-sam-click, sam-b-encode, lisa-prompt, lisa-decode, llama-prompt or llama-decode, then - and a side or a number of tokens."
        ))
    };
    let (what, side) = name.rsplit_once('-').ok_or_else(unknown)?;
    let side: usize = side.parse().map_err(|_| unknown())?;
    let device = Device::Cpu;
    match what {
        "unet" => {
            let unet = build("kandinsky-unet", UNet::new)?;
            let sample = noise((2, 9, side / 8, side / 8), 0.0, 1.0, &device)?;
            let embeds = noise((2, 1280), 0.0, 1.0, &device)?;
            measure(name, || unet.forward(&sample, 981.0, &embeds))
        }
        "movq-decode" => {
            let movq = build("kandinsky-movq", Movq::new)?;
            let latents = noise((1, 4, side / 8, side / 8), 0.0, 1.0, &device)?;
            measure(name, || movq.decode(&latents))
        }
        "movq-encode" => {
            let movq = build("kandinsky-movq", Movq::new)?;
            let image = noise((1, 3, side, side), 0.0, 1.0, &device)?;
            measure(name, || movq.encode(&image))
        }
        "prior" => {
            let prior = build("kandinsky-prior", Prior::new)?;
            let text = TextCondition {
                text_embeds: noise((2, 1280), 0.0, 1.0, &device)?,
                last_hidden_state: noise((2, 77, 1280), 0.0, 1.0, &device)?,
                attention_mask: Tensor::ones((2, 77), DType::U8, &device)?,
            };
            let noisy = noise((2, 1280), 0.0, 1.0, &device)?;
            measure(name, || prior.forward(&noisy, 500.0, &text))
        }
        "sd-unet" => {
            let unet = build("sd15-unet", stable_diffusion::UNet::new)?;
            let sample = noise((2, 9, side / 8, side / 8), 0.0, 1.0, &device)?;
            let text = noise((2, 77, 768), 0.0, 1.0, &device)?;
            measure(name, || unet.forward(&sample, 981.0, &text))
        }
        "sd-vae-decode" => {
            let vae = build("sd15-vae", stable_diffusion::Vae::new)?;
            let latents = noise((1, 4, side / 8, side / 8), 0.0, 1.0, &device)?;
            measure(name, || vae.decode(&latents))
        }
        "mobile-sam-encode" | "sam-b-encode" => {
            let config = if what == "sam-b-encode" { sam::Config::vit_b() } else { sam::Config::mobile() };
            let network = sam::Sam::new(&config, weights())?;
            let image = noise((1, 3, side, side), 0.0, 1.0, &device)?;
            measure(name, || network.encode(&image))
        }
        // LISA's language model of 7 billion numbers in 8 bits (7 GB), or from the GGUF file that GGUF names: a text of
        // many tokens, or many tokens after one.
        "lisa-prompt" | "lisa-decode" => {
            let config: lisa::Config =
                read_json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/nets/tests/manifests/lisa-7b.json"))?;
            measure_llama(name, what, side, &Llama::new(&config.llama, WeightType::Q8, weights())?)
        }
        "llama-prompt" | "llama-decode" => {
            let file = std::env::var_os("GGUF")
                .ok_or_else(|| tie_nets::ModelError::Unsuitable("GGUF has to name the file of a llama.".to_owned()))?;
            let llama = Llama::open_gguf(Path::new(&file), &device)?;
            measure_llama(name, what, side, &llama)
        }
        // A click: decoder and masks at the square's size, three of them.
        "mobile-sam-click" => {
            let network = sam::Sam::new(&sam::Config::mobile(), weights())?;
            let embedding = noise((1, 256, 64, 64), 0.0, 1.0, &device)?;
            let clicks = [sam::Click { x: 300.0, y: 400.0, is_in: true }];
            let prompt = sam::Prompt { clicks: &clicks, ..sam::Prompt::default() };
            let frame = sam::Frame::new([side, side], 1024);
            measure(name, || {
                let masks = network.masks(&embedding, &prompt, sam::Answers::Several)?;
                for i in 0..3 {
                    frame.logits(&masks.logits.i((0, i))?)?;
                }
                Ok(masks.logits)
            })
        }
        _ => Err(unknown()),
    }
}

/// Whether an argument names something to measure; others are for cargo, or for the other benches.
fn is_one(argument: &str) -> bool {
    argument.rsplit_once('-').is_some_and(|(what, side)| !what.starts_with('-') && side.parse::<usize>().is_ok())
}

fn main() -> ExitCode {
    for name in std::env::args().skip(1).filter(|argument| is_one(argument)) {
        if let Err(error) = run(&name) {
            eprintln!("{name}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
