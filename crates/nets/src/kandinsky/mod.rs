//! Kandinsky 2.2 (Razzhigaev et al. 2023, arXiv 2310.03502): a prior turns text into an image embedding, a UNet turns
//! noise into latents that fit it, and a MOVQ decoder turns latents into pixels.
//!
//! Names and numbers are those of the checkpoints `kandinsky-2-2-prior` and `kandinsky-2-2-decoder-inpaint`, as diffusers
//! reads them.

mod inpaint;
mod movq;
mod prior;
mod prior_pipeline;
mod unet;

pub use inpaint::{InpaintInput, inpaint, keep_of_repaint, prepare_mask};
pub use movq::{Movq, MovqConfig};
pub use prior::{Prior, PriorConfig, TextCondition};
pub use prior_pipeline::{EncodedPrompt, ImageEmbeddings, PriorInput, embed_prompt, encode_prompt};
pub use unet::{UNet, UNetConfig};
