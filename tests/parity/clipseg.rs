//! `CLIPSeg` beside the transformers library.

use crate::case::Folder;
use crate::preparation::image_of;
use candle_core::Device;
use tie_engine::locator;
use tie_nets::clip::Tokenizer;
use tie_nets::clipseg::{ClipSeg, Config};
use tie_nets::weights;

pub(crate) fn whole(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let network = folder.load("clipseg-tiny", ClipSeg::new);
    let config: Config = weights::read_json(&folder.path("clipseg-tiny/config.json")).unwrap();
    let tokenizer = Tokenizer::open(&folder.path("clipseg-tiny")).unwrap();
    let (texts, length) =
        (["prompt_0", "prompt_1"].map(|key| case.text(key)), case.tensor("input_ids").dim(1).unwrap());
    let tokens = texts.map(|text| tokenizer.encode(text).unwrap());
    let numbers = |tokens: &[u32]| tokens[..length].iter().map(|id| f64::from(*id)).collect::<Vec<_>>();
    let ids: Vec<f64> = tokens.iter().flat_map(|tokens| numbers(&tokens.ids)).collect();
    case.compare_exactly("input_ids", &ids);
    let texts = network.read(&tokens.map(|tokens| tokens.ids)).unwrap();
    case.compare("conditional_embeddings", &texts, 1e-4);
    let seen = network.look(&case.tensor("pixel_values")).unwrap();
    for (layer, state) in config.decoder.extract_layers.iter().zip(&seen) {
        case.compare(&format!("activation_{layer}"), state, 1e-4);
    }
    case.compare("logits", &network.heat(&seen, &texts).unwrap(), 1e-4);
    // One text at a time is the same.
    let alone = network.heat(&seen, &texts.narrow(0, 1, 1).unwrap()).unwrap();
    case.compare_with("logits, of the second alone", &alone, &case.tensor("logits").narrow(0, 1, 1).unwrap(), 1e-4);
    // A picture is squeezed into the square.
    let theirs = case.tensor("pixel_values");
    let ours = locator::clipseg::pixels(&image_of(&case), theirs.dim(3).unwrap(), &Device::Cpu).unwrap();
    let mean = ((ours - theirs).unwrap().abs().unwrap().mean_all().unwrap() * (255.0 * 0.229)).unwrap();
    case.compare_with("pixel_values, mean in grey levels", &mean, &mean.zeros_like().unwrap(), 2.0);
}
