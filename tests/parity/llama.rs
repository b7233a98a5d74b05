//! Llama and its tokenizer beside the transformers library.

use crate::case::Folder;
use candle_core::Tensor;
use tie_nets::llama::{Cache, Config, Llama, Tokenizer};
use tie_nets::ops::WeightType;

/// Texts as tokens: of checkpoints that say how their added tokens treat spaces, and of older ones.
pub(crate) fn tokens(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let old = Tokenizer::open(&folder.path("lisa-tiny")).unwrap();
    let new = tokenizer_that_describes_its_tokens(folder);
    for (prefix, words) in [("stripped_ids", old), ("ids", new)] {
        for index in (0..).take_while(|index| case.has_text(&format!("text_{index}"))) {
            let text = case.text(&format!("text_{index}"));
            let ids = words.encode(text).unwrap();
            let whole: Vec<f64> = std::iter::once(words.start()).chain(ids.iter().copied()).map(f64::from).collect();
            case.compare_exactly(&format!("{prefix}_{index}"), &whole);
            if prefix == "ids" {
                // Each stretch between special tokens begins with a space of its own.
                let letters = |text: &str| text.replace(['▁', ' '], "");
                assert_eq!(letters(&words.decode(&ids)), letters(text), "text {index} reads differently");
            }
        }
    }
}

/// The same as a newer version of the library would have written it.
fn tokenizer_that_describes_its_tokens(folder: &Folder) -> Tokenizer {
    let copy = tempfile::tempdir().unwrap();
    for file in ["tokenizer.model", "added_tokens.json"] {
        std::fs::copy(folder.path("lisa-tiny").join(file), copy.path().join(file)).unwrap();
    }
    let config = r#"{"added_tokens_decoder": {"9": {"content": "<im_start>", "lstrip": false, "rstrip": false}}}"#;
    std::fs::write(copy.path().join("tokenizer_config.json"), config).unwrap();
    Tokenizer::open(copy.path()).unwrap()
}

/// Groups of heads that share keys, and an answer by the vectors that the prompt is read with.
pub(crate) fn grouped(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let llama =
        folder.load("llama-gqa-tiny", |config: &Config, weights| Llama::new(config, WeightType::AsStored, weights));
    let ids: Vec<u32> = case.numbers("input_ids").into_iter().map(|id| id as u32).collect();
    let hidden = llama.forward(&llama.embed(&ids).unwrap(), &mut Cache::new()).unwrap();
    case.compare("hidden", &hidden, 1e-4);
    case.compare("logits", &llama.logits(&hidden).unwrap(), 1e-4);
    // Read in pieces, the first of them twice.
    let mut cache = Cache::new();
    let mut read = |ids: &[u32]| llama.forward(&llama.embed(ids).unwrap(), &mut cache).unwrap();
    let mut parts = vec![read(&ids[..4])];
    parts.extend(ids[4..].iter().map(|id| read(&[*id])));
    case.compare("hidden", &Tensor::cat(&parts, 1).unwrap(), 1e-4);
    cache.truncate(2);
    let again = llama.forward(&llama.embed(&ids[2..]).unwrap(), &mut cache).unwrap();
    case.compare_with("hidden, from the third on again", &again, &hidden.narrow(1, 2, ids.len() - 2).unwrap(), 1e-5);
}
