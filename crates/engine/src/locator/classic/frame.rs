//! The working copy of the image: a part of it at bounded resolution, in Oklab.

use palette::{IntoColor, Oklab, Srgb};
use rayon::prelude::*;
use tie_core::{Bounds, Click, Raster};

/// L (0 to 1) and twice Oklab's a and b, so that Euclidean distance weighs chroma as CSS Color 4's ΔE OK2 does.
pub(crate) type Lab = [f32; 3];

/// Pixels to each side over which texture is measured.
const TEXTURE_REACH: usize = 3;

/// A part of an image, scaled to a bounded size, with colours and edge strength.
pub(crate) struct Frame {
    pub width: usize,
    pub height: usize,
    pub lab: Vec<Lab>,
    /// Gradient magnitude of the slightly smoothed colours, in units of [`Lab`] a pixel.
    pub edge: Vec<f32>,
    /// The part of the image that the frame shows.
    pub part: Bounds,
}

impl Frame {
    /// The part of `image` inside `part`, its longer side at most `side` pixels; `None` if nothing lies inside.
    pub(crate) fn new(image: &Raster, part: Bounds, side: u32) -> Option<Self> {
        let part = part.clamp(image.extent());
        if part.is_empty() {
            return None;
        }
        let extent = part.extent().fit_longest(side);
        let small = if part == image.bounds() { image.resize(extent) } else { image.crop(part).resize(extent) };
        let lab: Vec<Lab> = small.pixels().par_iter().with_min_len(4096).map(|&pixel| to_lab(pixel)).collect();
        let (width, height) = (extent.width as usize, extent.height as usize);
        let edge = gradient(&smooth(&lab, width, height), width, height);
        Some(Self { width, height, lab, edge, part })
    }

    pub(crate) const fn len(&self) -> usize {
        self.width * self.height
    }

    /// How textured each pixel's surroundings are: the root of the mean edge strength within [`TEXTURE_REACH`].
    pub(crate) fn texture(&self) -> Vec<f32> {
        let sums = |values: &[f32], along: usize, across: usize, step: (usize, usize)| {
            let mut out = vec![0.0_f32; values.len()];
            for line in 0..across {
                let at = |i: usize| line * step.1 + i * step.0;
                for i in 0..along {
                    let (first, last) = (i.saturating_sub(TEXTURE_REACH), (i + TEXTURE_REACH).min(along - 1));
                    let sum: f32 = (first..=last).map(|j| values[at(j)]).sum();
                    out[at(i)] = sum / (last - first + 1) as f32;
                }
            }
            out
        };
        let (w, h) = (self.width, self.height);
        sums(&sums(&self.edge, w, h, (1, w)), h, w, (w, 1)).iter().map(|mean| mean.sqrt()).collect()
    }

    /// Frame pixels per image pixel, across and down.
    pub(crate) fn scale(&self) -> (f32, f32) {
        (self.width as f32 / self.part.width as f32, self.height as f32 / self.part.height as f32)
    }

    /// The frame pixel under a click, `None` if the frame does not show it.
    pub(crate) fn pixel_of(&self, click: &Click) -> Option<usize> {
        let (sx, sy) = self.scale();
        let x = ((click.at.x - self.part.x as f32) * sx).floor();
        let y = ((click.at.y - self.part.y as f32) * sy).floor();
        let inside = x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32;
        inside.then(|| y as usize * self.width + x as usize)
    }

    /// The frame pixels of a rectangle of image pixels, as (left, top, right, bottom), half open.
    pub(crate) fn rectangle_of(&self, bounds: Bounds) -> (usize, usize, usize, usize) {
        let (sx, sy) = self.scale();
        let along = |image: i32, origin: i32, scale: f32, end: usize| {
            (((image - origin) as f32 * scale).round().max(0.0) as usize).min(end)
        };
        (
            along(bounds.x, self.part.x, sx, self.width),
            along(bounds.y, self.part.y, sy, self.height),
            along(bounds.right(), self.part.x, sx, self.width),
            along(bounds.bottom(), self.part.y, sy, self.height),
        )
    }
}

/// An sRGB pixel as [`Lab`]; transparency shows middle grey.
pub(crate) fn to_lab([r, g, b, a]: [u8; 4]) -> Lab {
    let over = |c: u8| (u32::from(c) * u32::from(a) + 128 * (255 - u32::from(a))).div_ceil(255).min(255) as u8;
    let linear = Srgb::new(over(r), over(g), over(b)).into_linear::<f32>();
    let lab: Oklab = linear.into_color();
    [lab.l, 2.0 * lab.a, 2.0 * lab.b]
}

/// Euclidean distance of two colours.
pub(crate) fn distance(p: Lab, q: Lab) -> f32 {
    let d = [p[0] - q[0], p[1] - q[1], p[2] - q[2]];
    (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]).sqrt()
}

/// A 3×3 binomial filter; the rim repeats its pixels.
fn smooth(lab: &[Lab], width: usize, height: usize) -> Vec<Lab> {
    let mix = |p: Lab, q: Lab, r: Lab| [0, 1, 2].map(|i| 0.25 * p[i] + 0.5 * q[i] + 0.25 * r[i]);
    let across: Vec<Lab> = (0..lab.len())
        .map(|i| {
            let x = i % width;
            mix(lab[i - usize::from(x > 0)], lab[i], lab[i + usize::from(x + 1 < width)])
        })
        .collect();
    (0..lab.len())
        .map(|i| {
            let y = i / width;
            mix(across[i - width * usize::from(y > 0)], across[i], across[i + width * usize::from(y + 1 < height)])
        })
        .collect()
}

fn gradient(lab: &[Lab], width: usize, height: usize) -> Vec<f32> {
    (0..lab.len())
        .map(|i| {
            let (x, y) = (i % width, i / width);
            let dx = distance(lab[i - usize::from(x > 0)], lab[i + usize::from(x + 1 < width)]);
            let dy = distance(lab[i - width * usize::from(y > 0)], lab[i + width * usize::from(y + 1 < height)]);
            0.5 * dx.hypot(dy)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::{Extent, Point};

    #[test]
    fn a_flat_image_has_no_edges_and_a_step_has_one_where_it_is() {
        let flat = Raster::filled(Extent::new(9, 5), [90, 20, 200, 255]);
        assert!(Frame::new(&flat, flat.bounds(), 64).unwrap().edge.iter().all(|&e| e < 1e-6));
        let step = Raster::from_fn(Extent::new(10, 3), |x, _| if x < 5 { [0, 0, 0, 255] } else { [255; 4] });
        let frame = Frame::new(&step, step.bounds(), 64).unwrap();
        let strongest = (0..10).max_by(|&p, &q| frame.edge[10 + p].total_cmp(&frame.edge[10 + q])).unwrap();
        assert!(strongest == 4 || strongest == 5, "strongest edge at column {strongest}");
    }

    #[test]
    fn the_lively_half_of_an_image_has_more_texture() {
        let image = Raster::from_fn(Extent::new(40, 20), |x, y| {
            let c = if x < 20 { 128 } else { 90 + ((x * 31 + y * 17) % 70) as u8 };
            [c, c, c, 255]
        });
        let frame = Frame::new(&image, image.bounds(), 64).unwrap();
        let texture = frame.texture();
        assert!(texture[10 * 40 + 5] < 0.01 && texture[10 * 40 + 30] > 0.1, "{:?}", &texture[400..440]);
    }

    #[test]
    fn clicks_and_boxes_land_on_the_scaled_pixels() {
        let image = Raster::filled(Extent::new(400, 200), [0; 4]);
        let frame = Frame::new(&image, Bounds::new(100, 100, 200, 100), 100).unwrap();
        assert_eq!((frame.width, frame.height), (100, 50));
        let click = |x, y| Click { at: Point::new(x, y), include: true };
        assert_eq!(frame.pixel_of(&click(103.0, 105.0)), Some(2 * 100 + 1));
        assert_eq!(frame.pixel_of(&click(99.0, 105.0)), None);
        assert_eq!(frame.rectangle_of(Bounds::new(110, 100, 20, 10)), (5, 0, 15, 5));
    }

    #[test]
    fn nothing_is_framed_outside_the_image() {
        let image = Raster::filled(Extent::new(4, 4), [0; 4]);
        assert!(Frame::new(&image, Bounds::new(9, 9, 3, 3), 64).is_none());
    }
}
