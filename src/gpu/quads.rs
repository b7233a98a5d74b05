//! Turns a scene into rectangles with a shader, textures and numbers each.

use super::draw::{Draw, Placement, QuadRect, Scene};
use super::layers::{LayerId, Layers, Piece};
use super::pipeline::{Shader, uniform_entry};
use super::plane::{Plane, Uploader};
use super::tiled::Texels;
use tie_core::{Extent, Overlay};

/// One rectangle as the shaders see it; but for the window's size, `numbers` is the shaders' `Quad`.
pub(super) struct Quad {
    pub(super) shader: Shader,
    /// Bind groups 1 and on.
    pub(super) textures: Vec<wgpu::BindGroup>,
    numbers: [[f32; 4]; 8],
}

/// Zoom from which the lines between pixels begin to show, in screen pixels per image pixel.
const GRID_FROM: f32 = 6.0;
/// Zoom from which they show fully.
const GRID_FULL: f32 = 10.0;
/// Level of detail that stands for "the very texel, unfiltered".
const NEAREST: f32 = -1.0;

/// The rectangles of a scene, from the back to the front.
pub(super) fn of_scene(layers: &Layers, empty: &Plane, full: &Plane, scene: &Scene) -> Vec<Quad> {
    let stock = Stock { layers, empty, full };
    scene.draws.iter().flat_map(|draw| stock.quads(draw, scene.clip)).collect()
}

/// The textures to choose from.
struct Stock<'a> {
    layers: &'a Layers,
    empty: &'a Plane,
    full: &'a Plane,
}

/// A texture that covers a piece.
struct Cover<'a> {
    plane: &'a Plane,
    /// The coverage, where it is the same in the whole piece.
    uniform: Option<u8>,
}

impl Stock<'_> {
    fn quads(&self, draw: &Draw, clip: QuadRect) -> Vec<Quad> {
        match *draw {
            Draw::Cursor { centre: [x, y], radius, .. } => {
                let reach = radius + 4.0;
                let rect = QuadRect { left: x - reach, top: y - reach, right: x + reach, bottom: y + reach };
                vec![Quad::new(draw, rect, Placement { rect, extent: Extent::new(1, 1) }, &[])]
            }
            Draw::PixelGrid { rect } => {
                let placement = self.layers.placement(draw).filter(|placement| placement.zoom() > GRID_FROM);
                placement.map(|placement| Quad::new(draw, rect.intersect(clip), placement, &[])).into_iter().collect()
            }
            Draw::Mask { id, rect, look } if self.layers.get(LayerId::Mask(id)).is_none() => {
                // A missing mask selects nothing: all black.
                let placement = Placement { rect, extent: Extent::new(1, 1) };
                let black = || Quad::new(draw, rect.intersect(clip), placement, &[self.nothing()]);
                (look.mode == Overlay::BlackAndWhite).then(black).into_iter().collect()
            }
            _ => self.layers.placement(draw).map_or_else(Vec::new, |placement| self.pieces(draw, placement, clip)),
        }
    }

    fn pieces(&self, draw: &Draw, placement: Placement, clip: QuadRect) -> Vec<Quad> {
        let quad = |piece: Piece| {
            let mut covers = vec![self.cover(piece.layer, &piece)];
            if let Draw::Changes { proposal, .. } = *draw {
                covers.push(self.cover(LayerId::Mask(proposal), &piece));
            }
            let is_blank = draw.is_blank(&covers);
            (!is_blank).then(|| Quad::new(draw, piece.rect, placement, &covers))
        };
        self.layers.pieces(draw, clip).into_iter().filter_map(quad).collect()
    }

    const fn nothing(&self) -> Cover<'_> {
        Cover { plane: self.empty, uniform: Some(0) }
    }

    /// The tile if it is loaded, else the overview; an empty mask if it is missing.
    fn cover(&self, layer: LayerId, piece: &Piece) -> Cover<'_> {
        let known = self.layers.get(layer);
        // Until the original is loaded, the edited photograph stands in for it.
        let known = if layer == LayerId::Original { known.or_else(|| self.layers.get(LayerId::Edited)) } else { known };
        let Some(texture) = known else {
            return self.nothing();
        };
        match piece.key.and_then(|key| texture.tile(key)) {
            Some(Texels::Plane(plane)) => Cover { plane, uniform: None },
            Some(Texels::Uniform(value)) => {
                Cover { plane: if *value == 0 { self.empty } else { self.full }, uniform: Some(*value) }
            }
            None => Cover { plane: texture.overview(), uniform: None },
        }
    }
}

impl Cover<'_> {
    /// Where the texture is on the image and how finely it is read at `zoom`.
    fn place(&self, zoom: f32) -> [f32; 4] {
        let [x, y, texels] = self.plane.place();
        let is_exact = zoom >= 1.0 && self.plane.level() == 0;
        let detail = -zoom.log2() - self.plane.level() as f32;
        [x, y, texels, if is_exact || self.uniform.is_some() { NEAREST } else { detail.max(0.0) }]
    }
}

impl Draw {
    const fn shader(&self) -> Shader {
        match self {
            Self::Image { .. } => Shader::Image,
            Self::Patch { .. } => Shader::Patch,
            Self::PixelGrid { .. } => Shader::Grid,
            Self::Mask { .. } => Shader::Mask,
            Self::Ring { .. } => Shader::Ring,
            Self::Changes { .. } => Shader::Changes,
            Self::Cursor { .. } => Shader::Cursor,
        }
    }

    /// Whether there is nothing to see where these textures are.
    fn is_blank(&self, covers: &[Cover<'_>]) -> bool {
        let all = |value| covers.iter().all(|cover| cover.uniform == Some(value));
        match self {
            Self::Mask { look, .. } => look.mode != Overlay::BlackAndWhite && all(0),
            Self::Ring { .. } => all(0) || all(255),
            Self::Changes { .. } => all(0),
            _ => false,
        }
    }

    const fn colours(&self) -> [[f32; 4]; 2] {
        match self {
            Self::Mask { look, .. } => [look.colour, [0.0; 4]],
            Self::Changes { look, .. } => [look.added, look.removed],
            _ => [[0.0; 4]; 2],
        }
    }

    /// The shader's `params`; for the grid, the zooms between which it fades in.
    fn params(&self) -> [f32; 4] {
        match *self {
            Self::Image { rect, split } => [rect.left + split * (rect.right - rect.left), split, 0.0, 0.0],
            Self::Mask { look, .. } => {
                let mode = match look.mode {
                    Overlay::Tint => 0.0,
                    Overlay::Outline | Overlay::Off => 1.0,
                    Overlay::BlackAndWhite => 2.0,
                };
                [mode, look.line_width, 0.0, 0.0]
            }
            Self::Ring { line_width, .. } => [0.0, line_width, 0.0, 0.0],
            Self::Changes { look, .. } => [0.0, look.line_width, 0.0, 0.0],
            Self::Cursor { radius, hardness, erases, .. } => [radius, hardness, f32::from(u8::from(erases)), 0.0],
            Self::PixelGrid { .. } => [GRID_FROM, GRID_FULL, 0.0, 0.0],
            Self::Patch { .. } => [0.0; 4],
        }
    }
}

impl Quad {
    fn new(draw: &Draw, rect: QuadRect, placement: Placement, covers: &[Cover<'_>]) -> Self {
        let [scale_x, scale_y] = placement.scale();
        let size = placement.extent;
        let place = |index: usize| covers.get(index).map_or([0.0; 4], |cover| cover.place(placement.zoom()));
        let [colour, accent] = draw.colours();
        let numbers = [
            [rect.left, rect.top, rect.right, rect.bottom],
            [0.0, 0.0, size.width as f32, size.height as f32],
            [placement.rect.left, placement.rect.top, scale_x, scale_y],
            place(0),
            place(1),
            colour,
            accent,
            draw.params(),
        ];
        let textures = covers.iter().map(|cover| cover.plane.bind_group.clone()).collect();
        Self { shader: draw.shader(), textures, numbers }
    }

    fn bytes(&self, screen: [u32; 2]) -> impl Iterator<Item = u8> {
        let mut numbers = self.numbers;
        numbers[1][..2].copy_from_slice(&screen.map(|side| side as f32));
        numbers.into_iter().flatten().flat_map(f32::to_ne_bytes)
    }
}

/// The numbers of all rectangles, one buffer.
pub(super) struct UniformBuffer {
    layout: wgpu::BindGroupLayout,
    buffer: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
}

/// Distance of one rectangle's numbers from the next in the buffer; every adapter accepts it.
const STRIDE: u64 = 256;
/// Rectangles the buffer has room for at first.
const FIRST_CAPACITY: u64 = 64;

impl UniformBuffer {
    pub(super) fn new(device: &wgpu::Device) -> Self {
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("canvas quad"),
            entries: &[uniform_entry(0)],
        });
        Self::with_capacity(device, layout, FIRST_CAPACITY)
    }

    fn with_capacity(device: &wgpu::Device, layout: wgpu::BindGroupLayout, capacity: u64) -> Self {
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("canvas quads"),
            size: capacity * STRIDE,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let size = std::num::NonZeroU64::new(size_of::<[[f32; 4]; 8]>() as u64);
        let one_quad = wgpu::BufferBinding { buffer: &buffer, offset: 0, size };
        let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("canvas quads"),
            layout: &layout,
            entries: &[wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::Buffer(one_quad) }],
        });
        Self { layout, buffer, bind_group }
    }

    pub(super) const fn layout(&self) -> &wgpu::BindGroupLayout {
        &self.layout
    }

    pub(super) fn write(&mut self, uploader: &Uploader, screen: [u32; 2], quads: &[Quad]) {
        let needed = quads.len() as u64 * STRIDE;
        if needed > self.buffer.size() {
            let capacity = (quads.len() as u64).next_power_of_two();
            *self = Self::with_capacity(uploader.device(), self.layout.clone(), capacity);
        }
        let mut bytes = Vec::with_capacity(needed as usize);
        for quad in quads {
            bytes.extend(quad.bytes(screen));
            bytes.resize(bytes.len().next_multiple_of(STRIDE as usize), 0);
        }
        uploader.queue().write_buffer(&self.buffer, 0, &bytes);
    }

    /// Chooses the numbers of the rectangle at `index`.
    pub(super) fn bind(&self, pass: &mut wgpu::RenderPass<'_>, index: usize) {
        pass.set_bind_group(0, &self.bind_group, &[(index as u64 * STRIDE) as u32]);
    }
}
