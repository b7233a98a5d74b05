//! CLIP (Radford et al. 2021, arXiv 2103.00020): texts and images as embeddings in one space.
//!
//! Names are those of the transformers library; the published config decides sizes and activation.

mod encoder;
mod pixels;
mod text;
mod tokenizer;
mod vision;

pub use encoder::{Activation, Sizes};
pub use pixels::{pixels, scaled};
pub use text::{TextConfig, TextEncoder, TextModel, TextOutput};
pub use tokenizer::{Tokenizer, Tokens};
pub use vision::{VisionConfig, VisionEncoder, VisionModel};
