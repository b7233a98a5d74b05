//! Every network beside its reference implementation, on small random weights.
//!
//! The models and numbers lie in `tests/reference`, made by `make.py` there; `PARITY_DIR` names another folder of the
//! same kind.

#![expect(clippy::unwrap_used, clippy::panic, reason = "test code: a failure is a test failure")]

mod case;
mod clipseg;
mod half;
mod kandinsky;
mod lisa;
mod llama;
mod networks;
mod preparation;
mod sam;
mod schedulers;
mod stable_diffusion;

use case::Folder;

/// Compares one case.
type Comparison = fn(&Folder, &str);

/// What is compared, by the name of its case or the first part of it.
const CASES: &[(&str, Comparison)] = &[
    ("clip-text", kandinsky::clip_text),
    ("clip-vision", kandinsky::clip_vision),
    ("clipseg", clipseg::whole),
    ("dpm-solver-", schedulers::solver),
    ("inpaint-", kandinsky::inpainting),
    ("kandinsky-unet-", kandinsky::unet),
    ("lisa", lisa::whole),
    ("llama-gqa", llama::grouped),
    ("llama-tokens", llama::tokens),
    ("llava-prompt", lisa::prompt),
    ("movq", kandinsky::movq),
    ("prepare-mask", kandinsky::prepare_mask),
    ("preprocess", preparation::preparation),
    ("prior-forward-", kandinsky::prior),
    ("prior-pipeline-", kandinsky::prior_pipeline),
    ("sam-mobile-tiny", sam::mobile),
    ("sam-tiny", sam::prompts),
    ("scheduler-tables", schedulers::tables),
    ("sd15-inpaint-pipeline-", stable_diffusion::pipeline),
    ("sd15-inpaint-unet-", stable_diffusion::unet),
    ("sd15-vae", stable_diffusion::vae),
];

#[test]
fn every_network_gives_the_numbers_of_its_reference() {
    let folder = Folder::chosen();
    let names = folder.cases();
    let mut compared = 0;
    for (first, run) in CASES {
        let mut mine = names.iter().filter(|name| name.starts_with(first)).peekable();
        if mine.peek().is_none() {
            assert!(!folder.is_committed(), "the committed case {first} is missing");
            println!("{first}: skipped, there is no such case");
        }
        for name in mine {
            run(&folder, name);
            compared += 1;
        }
    }
    for name in names.iter().filter(|name| !CASES.iter().any(|(first, _)| name.starts_with(first))) {
        println!("{name}: skipped, there is nothing to compare it with yet");
    }
    assert!(compared > 0, "no case was found in {folder}");
    let failures = folder.failures();
    assert!(failures.is_empty(), "beyond the limit:\n{}", failures.join("\n"));
}
