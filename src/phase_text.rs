//! The words for what a job is doing.

use crate::text::tr;
use tie_engine::{Network, Phase};

/// What a job is doing, for the status bar and the command line's progress.
pub(crate) fn phase_text(phase: Phase) -> &'static str {
    match phase {
        Phase::Planning => tr!("phase-planning"),
        Phase::Locating => tr!("phase-locating"),
        Phase::Looking => tr!("phase-looking"),
        Phase::Filling => tr!("phase-filling"),
        Phase::Adjusting => tr!("phase-adjusting"),
        Phase::Compositing => tr!("phase-compositing"),
        Phase::Checking => tr!("phase-checking"),
        Phase::Opening => tr!("phase-opening"),
        Phase::Saving => tr!("phase-saving"),
        Phase::Downloading => tr!("phase-downloading"),
        Phase::Verifying => tr!("phase-verifying"),
        Phase::Loading(Network::TextEncoder) => tr!("phase-loading-text-encoder"),
        Phase::Loading(Network::ImageEncoder) => tr!("phase-loading-image-encoder"),
        Phase::Loading(Network::Prior) => tr!("phase-loading-prior"),
        Phase::Loading(Network::Unet) => tr!("phase-loading-unet"),
        Phase::Loading(Network::Autoencoder) => tr!("phase-loading-autoencoder"),
        Phase::Loading(Network::Segmenter) => tr!("phase-loading-segmenter"),
        Phase::Loading(Network::LanguageModel) => tr!("phase-loading-language-model"),
        Phase::Loading(Network::TextToMask) => tr!("phase-loading-text-to-mask"),
        Phase::Thinking => tr!("phase-thinking"),
        Phase::Answering => tr!("phase-answering"),
        Phase::Imagining => tr!("phase-imagining"),
        Phase::Encoding => tr!("phase-encoding"),
        Phase::Denoising => tr!("phase-denoising"),
        Phase::Decoding => tr!("phase-decoding"),
    }
}
