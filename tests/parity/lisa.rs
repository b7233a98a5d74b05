//! LISA as a whole beside its reference: what it sees, what it answers, and the masks that it means.

use crate::case::{Case, Folder};
use candle_core::{DType, Device, IndexOp, Tensor};
use std::path::PathBuf;
use tie_nets::clip::VisionModel;
use tie_nets::compute::Compute;
use tie_nets::lisa::{Config, Lisa, Prompt, Tokens, llava_v1};
use tie_nets::llama::{Cache, Tokenizer};
use tie_nets::ops::WeightType;
use tie_nets::sam::{Answers, Frame, Prompt as SamPrompt};
use tie_nets::weights;

/// In the place of the picture.
const PICTURE: f64 = -200.0;

fn open(folder: &Folder, files: &[PathBuf]) -> Lisa {
    let tower = folder.load("lisa-tiny/clip-vision-tower", VisionModel::new);
    let config: Config = weights::read_json(&folder.path("lisa-tiny/config.json")).unwrap();
    let build = |weights: candle_nn::VarBuilder<'_>| Lisa::new(&config, WeightType::AsStored, weights, tower);
    weights::load_files(files, &Compute::processor(), &|_, _| true, build).unwrap()
}

pub(crate) fn whole(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let one = [folder.path("lisa-tiny/model-f32.safetensors")];
    let shards = weights::files(&folder.path("lisa-tiny")).unwrap();
    let copy = tempfile::tempdir().unwrap();
    let copied = [copy.path().join("model.safetensors")];
    weights::copy(&shards, &copied[0], weights::Precision::Same, &|_, _| true).unwrap();
    for files in [&one[..], &shards, &copied] {
        compare(&case, &open(folder, files));
    }
}

fn compare(case: &Case<'_>, lisa: &Lisa) {
    let ids = case.numbers("prompt_ids");
    let place = ids.iter().position(|id| *id == PICTURE).unwrap();
    let tokens = |ids: &[f64]| ids.iter().map(|id| *id as u32).collect();
    let prompt = Prompt { before: tokens(&ids[..place]), after: tokens(&ids[place + 1..]) };
    let pixels = case.tensor("clip_pixel_values");
    case.compare("clip_features", &lisa.features(&pixels).unwrap(), 1e-3);
    let picture = lisa.look(&pixels).unwrap();
    case.compare("projected", &picture, 1e-3);
    assert_eq!(picture.dim(1).unwrap() as f64, case.value("num_patches"));

    let generated = case.numbers("generated_ids");
    let question = lisa.embed(&prompt, &picture).unwrap();
    let mut cache = Cache::new();
    let mut told = Vec::new();
    let special = Tokens { mask: case.value("seg_token_id") as u32, end: u32::MAX };
    let answer = lisa.answer(&question, special, generated.len(), &mut cache, &|| true, &mut |token| {
        told.push(f64::from(token));
        Ok(true)
    });
    let answer = answer.unwrap();
    case.compare_exactly("generated_ids", &told);
    assert!(answer.is_cut);
    let prompts = answer.prompts.unwrap();
    case.compare("pred_embeddings", &prompts.squeeze(1).unwrap(), 1e-3);

    // The same without what was remembered: one pass over everything but the last token.
    let llama = lisa.llama();
    let said: Vec<u32> = tokens(&generated[..generated.len() - 1]);
    let embeds = Tensor::cat(&[&question, &llama.embed(&said).unwrap()], 1).unwrap();
    case.compare("inputs_embeds_full", &embeds, 1e-3);
    let hidden = llama.forward(&embeds, &mut Cache::new()).unwrap();
    case.compare("hidden_full", &hidden, 1e-3);
    let first = hidden.dim(1).unwrap() - generated.len();
    let steps = hidden.i((0, first..)).unwrap();
    case.compare("step_hidden", &steps, 1e-3);
    case.compare("step_logits", &llama.logits(&steps.unsqueeze(0).unwrap()).unwrap().squeeze(0).unwrap(), 1e-3);
    let meant = (0..generated.len()).filter(|i| generated[*i] as u32 == special.mask).map(|i| first + i);
    let positions: Vec<f64> = meant.map(|position| position as f64).collect();
    case.compare_exactly("seg_hidden_positions", &positions);

    masks(case, lisa, &prompts);
}

fn masks(case: &Case<'_>, lisa: &Lisa, prompts: &Tensor) {
    let sam = lisa.sam();
    let [width, height] = ["original_w", "original_h"].map(|key| case.value(key) as usize);
    let frame = Frame::new([width, height], sam.side());
    assert_eq!(frame.scaled.map(|side| side as f64), ["sam_resized_w", "sam_resized_h"].map(|key| case.value(key)));
    let input = frame.pixels(&case.tensor("sam_resized_u8_hwc"), &Device::Cpu).unwrap();
    case.compare("sam_input", &input, 1e-3);
    let embedding = sam.encode(&input).unwrap();
    case.compare("image_embedding", &embedding, 1e-3);
    let prompt = SamPrompt { texts: Some(prompts), ..SamPrompt::default() };
    case.compare("dense_pe", &sam.encode_prompt(&prompt).unwrap().2, 1e-3);
    let low = sam.masks(&embedding, &prompt, Answers::One).unwrap();
    case.compare("low_res_masks", &low.logits, 1e-3);
    case.compare("iou", &low.quality, 1e-3);
    let theirs = case.tensor("masks_original_size");
    let count = theirs.dim(0).unwrap();
    let ours: Vec<f32> = (0..count).flat_map(|i| frame.logits(&low.logits.i((i, 0)).unwrap()).unwrap()).collect();
    let ours = Tensor::from_vec(ours, theirs.shape(), &Device::Cpu).unwrap();
    case.compare("masks_original_size", &ours, 1e-3);
    let binary = ours.gt(0.0).unwrap().to_dtype(DType::F64).unwrap();
    let theirs = case.tensor("binary").to_dtype(DType::F64).unwrap();
    let share = (binary - theirs).unwrap().abs().unwrap().mean_all().unwrap();
    case.compare_with("binary, share of pixels", &share, &share.zeros_like().unwrap(), 0.002);
}

/// A whole question as tokens.
pub(crate) fn prompt(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let tokenizer = Tokenizer::open(&folder.path("lisa-tiny")).unwrap();
    let text = llava_v1(&[], case.text("question"));
    assert_eq!(text, case.text("prompt"));
    let Prompt { before, after } = Prompt::new(&text, &tokenizer).unwrap();
    let numbers = |ids: Vec<u32>| ids.into_iter().map(f64::from);
    let ids: Vec<f64> = numbers(before).chain([PICTURE]).chain(numbers(after)).collect();
    case.compare_exactly("stripped_ids", &ids);
}
