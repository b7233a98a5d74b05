//! Stable Diffusion for inpainting beside diffusers.

use crate::case::Folder;
use tie_studio::models::stable_diffusion::{UNet, Vae};

pub fn unet(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let unet = folder.load("sd15-inpaint/unet", UNet::new);
    let text = case.tensor("encoder_hidden_states");
    case.compare("output", &unet.forward(&case.tensor("sample"), case.number("timestep"), &text).unwrap(), 1e-4);
}

pub fn vae(folder: &Folder, name: &str) {
    let case = folder.case(name);
    for weights in ["sd15-inpaint/vae", "sd15-inpaint/vae-old-names"] {
        let vae = folder.load(weights, Vae::new);
        let moments = vae.encode(&case.tensor("image")).unwrap();
        case.compare("mean", &moments.mean, 1e-4);
        case.compare("logvar", &moments.logvar, 1e-4);
        case.compare("decode_out", &vae.decode(&case.tensor("decode_in")).unwrap(), 1e-4);
    }
}
