//! Checkpoints that are damaged, and work that is stopped: one sentence, and nothing crashes.

use crate::reference;
use candle_core::{DType, Device, Tensor};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use tie_nets::clip::{TextEncoder, Tokenizer};
use tie_nets::kandinsky::{InpaintInput, Movq, UNet, inpaint};
use tie_nets::schedulers::SchedulerConfig;
use tie_nets::{ModelError, Result, weights};

const WEIGHTS: &str = "diffusion_pytorch_model.safetensors";

/// A copy of a small model's folder, to be damaged.
fn copy(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(reference(name)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    folder
}

fn unet(folder: &Path) -> Result<UNet> {
    weights::load(folder, DType::F32, &Device::Cpu, UNet::new)
}

/// The same sentence as a person sees it: one line with its full stop.
fn sentence(error: &ModelError) -> String {
    let text = error.to_string();
    assert!(!text.contains('\n') && text.ends_with('.') && !text.contains("  "), "{text:?} is no sentence");
    text
}

/// Noise that is always the same.
fn noise(shape: &[usize]) -> Result<Tensor> {
    let count: usize = shape.iter().product();
    let values: Vec<f32> = (0..count).map(|i| ((i * 7919 % 1009) as f32 / 504.5) - 1.0).collect();
    Ok(Tensor::from_vec(values, shape, &Device::Cpu)?)
}

#[test]
fn a_damaged_file_is_named_in_one_sentence() {
    let whole = fs::read(reference("kandinsky-2-2-decoder-inpaint/unet").join(WEIGHTS)).unwrap();
    let mut header = whole.clone();
    header[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    for (what, content) in [
        ("cut off in its tensors", &whole[..whole.len() / 2]),
        ("cut off in its header", &whole[..100]),
        ("empty", &[]),
        ("a page of text", b"<html>Not found</html>".as_slice()),
        ("a header beyond its end", &header),
    ] {
        let folder = copy("kandinsky-2-2-decoder-inpaint/unet");
        fs::write(folder.path().join(WEIGHTS), content).unwrap();
        let error = unet(folder.path()).unwrap_err();
        assert!(matches!(error, ModelError::Damaged { .. }), "{what}: {error}");
        assert!(sentence(&error).contains(WEIGHTS), "{what}: {error}");
    }
}

#[test]
fn missing_files_and_tensors_of_another_shape_are_named() {
    let folder = copy("kandinsky-2-2-decoder-inpaint/unet");
    fs::remove_file(folder.path().join(WEIGHTS)).unwrap();
    assert!(matches!(unet(folder.path()).unwrap_err(), ModelError::Missing(path) if path.ends_with(WEIGHTS)));

    let folder = copy("kandinsky-2-2-decoder-inpaint/unet");
    fs::copy(reference("sd15-inpaint/unet").join(WEIGHTS), folder.path().join(WEIGHTS)).unwrap();
    let error = unet(folder.path()).unwrap_err();
    assert!(matches!(&error, ModelError::Damaged { path, .. } if path.ends_with(WEIGHTS)), "{error}");
    sentence(&error);

    let folder = copy("kandinsky-2-2-decoder-inpaint/unet");
    fs::write(folder.path().join("config.json"), "{\"in_channels\": 9").unwrap();
    assert!(sentence(&unet(folder.path()).unwrap_err()).contains("config.json"));
}

#[test]
fn a_model_of_another_kind_is_refused_and_not_run_wrongly() {
    let change = |folder: &str, from: &str, to: &str| {
        let folder = copy(folder);
        let path = folder.path().join("config.json");
        let config = fs::read_to_string(&path).unwrap();
        assert!(config.contains(from), "the config has no {from}");
        fs::write(&path, config.replace(from, to)).unwrap();
        folder
    };
    for (from, to) in [
        ("\"scale_shift\"", "\"default\""),
        ("\"SimpleCrossAttnDownBlock2D\"", "\"CrossAttnDownBlock2D\""),
        ("\"flip_sin_to_cos\": true", "\"flip_sin_to_cos\": false"),
        ("\"image_proj\"", "\"text_proj\""),
    ] {
        let folder = change("kandinsky-2-2-decoder-inpaint/unet", from, to);
        let error = unet(folder.path()).unwrap_err();
        assert!(matches!(error, ModelError::Unsupported(_)), "{to}: {error}");
        sentence(&error);
    }
    let folder = change("kandinsky-2-2-decoder-inpaint/movq", "\"spatial\"", "\"group\"");
    let error = weights::load(folder.path(), DType::F32, &Device::Cpu, Movq::new).unwrap_err();
    assert!(matches!(error, ModelError::Unsupported(_)), "{error}");
}

#[test]
fn a_config_that_says_things_twice_is_read_all_the_same() {
    // As the published one of the text encoder does.
    let folder = copy("kandinsky-2-2-prior/text_encoder");
    let path = folder.path().join("config.json");
    let config = fs::read_to_string(&path).unwrap();
    let twice = config.replacen('{', "{\"_name_or_path\": \"a\", \"_name_or_path\": \"b\", \"architectures\": [],", 1);
    fs::write(&path, twice).unwrap();
    weights::load(folder.path(), DType::F32, &Device::Cpu, TextEncoder::new).unwrap();
}

#[test]
fn a_vocabulary_without_its_special_tokens_is_named() {
    let folder = copy("kandinsky-2-2-prior/tokenizer");
    fs::write(folder.path().join("vocab.json"), "{\"a\": 0}").unwrap();
    assert!(sentence(&Tokenizer::open(folder.path()).unwrap_err()).contains("vocab.json"));
    let folder = copy("kandinsky-2-2-prior/tokenizer");
    fs::write(folder.path().join("merges.txt"), "#version: 0.2\nab\n").unwrap();
    assert!(sentence(&Tokenizer::open(folder.path()).unwrap_err()).contains("merges.txt"));
}

#[test]
fn numbers_of_steps_that_do_not_work_are_refused() {
    for (scheduler, wrong) in [
        ("kandinsky-2-2-prior/scheduler", [0, 1, 1001]),
        ("kandinsky-2-2-decoder-inpaint/scheduler", [0, 1000, 5000]),
        ("extra-schedulers/ddim", [0, 1000, 5000]),
    ] {
        let path = reference(scheduler).join("scheduler_config.json");
        let config: SchedulerConfig = weights::read_json(&path).unwrap();
        for steps in wrong {
            let Err(error) = config.sampler(steps) else { unreachable!("{scheduler} takes {steps} steps") };
            assert!(matches!(error, ModelError::Unsuitable(_)), "{scheduler}: {error}");
            sentence(&error);
        }
        assert_eq!(config.sampler(7).map(|sampler| sampler.timesteps().len()).unwrap(), 7);
    }
}

/// A small inpainting by a network, with a callback for each step.
fn small(unet: &UNet, watch: &mut dyn FnMut(usize, usize, &Tensor) -> Result<()>) -> Result<Tensor> {
    let path = reference("kandinsky-2-2-decoder-inpaint/scheduler/scheduler_config.json");
    let input = InpaintInput {
        image_latents: noise(&[1, 4, 8, 8])?,
        keep: Tensor::zeros((1, 1, 8, 8), DType::F32, &Device::Cpu)?,
        image_embeds: noise(&[1, 20])?,
        negative_image_embeds: (noise(&[1, 20])? * 0.5)?,
        steps: 6,
        skipped: 0,
        guidance: 4.0,
        latents: noise(&[1, 4, 8, 8])?,
    };
    inpaint(unet, &weights::read_json(&path)?, &input, &mut noise, watch)
}

#[test]
fn sampling_stops_where_it_is_told_to() {
    let unet = unet(&reference("kandinsky-2-2-decoder-inpaint/unet")).unwrap();
    for stop in [0, 1, 4] {
        let mut told = Vec::new();
        let result = small(&unet, &mut |done, of, _| {
            told.push((done, of));
            if done == stop { Err(ModelError::Cancelled) } else { Ok(()) }
        });
        assert!(matches!(result, Err(ModelError::Cancelled)));
        assert_eq!(told, (0..=stop).map(|done| (done, 6)).collect::<Vec<_>>());
    }
}

#[test]
fn weights_that_are_no_numbers_give_a_sentence_and_no_picture() {
    let folder = copy("kandinsky-2-2-decoder-inpaint/unet");
    let path = folder.path().join(WEIGHTS);
    let mut tensors: HashMap<String, Tensor> = candle_core::safetensors::load(&path, &Device::Cpu).unwrap();
    let bias = tensors["conv_out.bias"].zeros_like().unwrap();
    tensors.insert("conv_out.bias".to_owned(), bias.log().unwrap().affine(0.0, 0.0).unwrap());
    candle_core::safetensors::save(&tensors, &path).unwrap();
    let error = small(&unet(folder.path()).unwrap(), &mut |_, _, _| Ok(())).unwrap_err();
    assert!(matches!(error, ModelError::NoNumbers), "{error}");
    sentence(&error);
}
