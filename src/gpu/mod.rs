//! Drawing on the graphics card: textures, pipelines and shaders; knows pixels, not widgets.

mod canvas;
mod mip;
mod pipeline;
mod texture;

pub use canvas::{CanvasRenderer, Draw, MaskLook, OverlayMode, QuadRect};
pub use texture::LayerTexture;

/// The WGSL of every pipeline, whole, with its name: what is compiled at run time and validated in tests.
pub fn shader_sources() -> [(&'static str, String); 5] {
    let on_quad = |source: &str| format!("{}\n{source}", include_str!("../../shaders/quad.wgsl"));
    [
        ("image", on_quad(include_str!("../../shaders/image.wgsl"))),
        ("patch", on_quad(include_str!("../../shaders/patch.wgsl"))),
        ("mask", on_quad(include_str!("../../shaders/mask.wgsl"))),
        ("cursor", on_quad(include_str!("../../shaders/cursor.wgsl"))),
        ("mip", include_str!("../../shaders/mip.wgsl").to_owned()),
    ]
}
