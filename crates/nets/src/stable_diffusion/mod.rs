//! Stable Diffusion 1.5 and 2 for inpainting (Rombach et al. 2022, arXiv 2112.10752): a UNet that text steers, between the
//! latents of a VAE.

mod inpaint;
mod unet;
mod vae;

pub use inpaint::{InpaintInput, Masked, encode_prompt, inpaint, masked};
pub use unet::{UNet, UNetConfig};
pub use vae::{Moments, Vae, VaeConfig};
