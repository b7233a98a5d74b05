//! Segment Anything beside its reference implementation.

use crate::case::{Case, Folder};
use candle_core::{DType, Device, IndexOp, Tensor};
use tie_nets::sam::{Answers, Click, Frame, Prompt, Sam};
use tie_nets::weights;

fn open(folder: &Folder, file: &str, prefix: &str) -> Sam {
    let weights = weights::open(&folder.path(file), DType::F32, &Device::Cpu).unwrap();
    Sam::open(if prefix.is_empty() { weights } else { weights.pp(prefix) }).unwrap()
}

/// The clicks of a case.
fn clicks(case: &Case<'_>) -> Vec<Click> {
    let labels = case.numbers("point_labels");
    let places = case.numbers("points_xy");
    let click = |(place, label): (&[f64], f64)| Click { x: place[0] as f32, y: place[1] as f32, is_in: label == 1.0 };
    places.chunks_exact(2).zip(labels).map(click).collect()
}

fn bounds(case: &Case<'_>) -> [f32; 4] {
    std::array::from_fn(|i| case.numbers("box_xyxy")[i] as f32)
}

pub(crate) fn prompts(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let sam = open(folder, "lisa-tiny/model-f32.safetensors", "model.visual_model");
    let embedding = sam.encode(&case.tensor("input")).unwrap();
    case.compare("image_embedding", &embedding, 1e-4);
    // From here on with the reference's embedding, so that each difference is its own.
    let embedding = case.tensor("image_embedding");
    let (clicks, mask, texts) =
        (clicks(&case), case.has("mask_in").then(|| case.tensor("mask_in")), case.tensor("text_embeds"));
    let point = Prompt { clicks: &clicks, ..Prompt::default() };
    let bounds = Prompt { bounds: Some(bounds(&case)), ..Prompt::default() };
    let text = Prompt { texts: Some(&texts), ..Prompt::default() };
    let (sparse, dense, positions) = sam.encode_prompt(&point).unwrap();
    case.compare("point_sparse", &sparse, 1e-4);
    case.compare("dense_no_mask", &dense, 1e-4);
    case.compare("dense_pe", &positions, 1e-4);
    case.compare("box_sparse", &sam.encode_prompt(&bounds).unwrap().0, 1e-4);
    let mut answers = vec![
        (point.clone(), Answers::Several, "point_low_res_masks_multi", "point_iou_multi"),
        (bounds.clone(), Answers::One, "box_low_res_masks", "box_iou"),
        (text, Answers::One, "text_low_res_masks", "text_iou"),
    ];
    if let Some(mask) = &mask {
        let both = Prompt { clicks: &clicks, ..bounds };
        case.compare("both_sparse", &sam.encode_prompt(&both).unwrap().0, 1e-4);
        let again = Prompt { mask: Some(mask), ..point };
        case.compare("mask_dense", &sam.encode_prompt(&again).unwrap().1, 1e-4);
        answers.push((again, Answers::One, "mask_low_res_masks", "mask_iou"));
    }
    for (prompt, answers, logits, quality) in answers {
        let masks = sam.masks(&embedding, &prompt, answers).unwrap();
        case.compare(logits, &masks.logits, 1e-4);
        case.compare(quality, &masks.quality, 1e-4);
    }
    if case.has("masks_original_size") {
        let theirs = case.tensor("masks_original_size");
        let (count, _, height, width) = theirs.dims4().unwrap();
        let frame = Frame::new([width, height], sam.side());
        let low = case.tensor("text_low_res_masks");
        let ours: Vec<f32> = (0..count).flat_map(|i| frame.logits(&low.i((i, 0)).unwrap()).unwrap()).collect();
        case.compare("masks_original_size", &Tensor::from_vec(ours, theirs.shape(), &Device::Cpu).unwrap(), 1e-4);
    }
}

pub(crate) fn mobile(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let sam = open(folder, "mobile-sam-tiny/mobile_sam.pt", "");
    let small = case.tensor("input_of_quarter_size");
    let (_, _, height, width) = small.dims4().unwrap();
    let image = small.upsample_nearest2d(4 * height, 4 * width).unwrap();
    case.compare("image_embedding", &sam.encode(&image).unwrap(), 1e-4);
}
