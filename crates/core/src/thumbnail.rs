//! Small pictures of masks and candidates for lists.

use super::colour::luma;
use super::compose::mix;
use super::{Bounds, Candidate, Extent, Mask, Raster};

/// Each thumbnail pixel reads at most the square of this many image pixels, however large the part of the image is.
const MAX_SAMPLES: u32 = 4;

/// How much of its colour and of its brightness the unselected part keeps, 0 to 1.
const UNSELECTED: (f32, f32) = (0.2, 0.4);

/// The photograph around a mask, with the unselected part dark and grey; `bounds` are the mask's own bounds.
///
/// Shows the whole image if the bounds are empty. At most `side` pixels wide and high, and never enlarged; square if the
/// image is large enough. The cost grows with `side`, not with the image.
///
/// # Panics
/// If image and mask differ in extent.
pub fn mask_thumbnail(image: &Raster, mask: &Mask, bounds: Bounds, side: u32) -> Raster {
    assert_eq!(image.extent(), mask.extent(), "image and mask differ in size");
    let view = view_around(bounds, image.extent(), side);
    downsampled(view, side, |x, y| (image.pixel(x, y), mask.at(x, y)))
}

/// The candidate blended over its image, cropped to what it repaints plus a margin; sized like [`mask_thumbnail`].
pub fn candidate_thumbnail(image: &Raster, candidate: &Candidate, side: u32) -> Raster {
    let [_, after] = change_thumbnails(image, candidate, side);
    after
}

/// The place that a candidate repaints, in the image that it was made from and with the candidate over it; each like
/// [`candidate_thumbnail`].
pub fn change_thumbnails(image: &Raster, candidate: &Candidate, side: u32) -> [Raster; 2] {
    let place = candidate.bounds;
    let shown = candidate.blend.bounds();
    let shown =
        Bounds::new(shown.x.saturating_add(place.x), shown.y.saturating_add(place.y), shown.width, shown.height);
    let view = view_around(shown, image.extent(), side);
    let before = downsampled(view, side, |x, y| (image.pixel(x, y), 255));
    let after = downsampled(view, side, |x, y| {
        let [r, g, b, alpha] = image.pixel(x, y);
        if !place.contains(x as i32, y as i32) {
            return ([r, g, b, alpha], 255);
        }
        let (px, py) = ((x as i32 - place.x).unsigned_abs(), (y as i32 - place.y).unsigned_abs());
        let (new, coverage) = (candidate.patch.pixel(px, py), candidate.blend.at(px, py));
        ([mix(r, new[0], coverage), mix(g, new[1], coverage), mix(b, new[2], coverage), alpha], 255)
    });
    [before, after]
}

/// A square around `bounds` with a quarter of its longer side as margin, and at least `side` long so nothing is enlarged.
///
/// At the image's border it moves inwards rather than shrinking.
fn view_around(bounds: Bounds, image: Extent, side: u32) -> Bounds {
    let bounds = bounds.clamp(image);
    if bounds.is_empty() {
        return image.into();
    }
    let length = (bounds.extent().longest() + bounds.extent().longest() / 2).max(side);
    let place = |start: i32, inner: u32, limit: u32| {
        let outer = length.min(limit);
        let middle = i64::from(start) + i64::from(inner) / 2;
        ((middle - i64::from(outer) / 2).clamp(0, i64::from(limit - outer)) as i32, outer)
    };
    let (x, width) = place(bounds.x, bounds.width, image.width);
    let (y, height) = place(bounds.y, bounds.height, image.height);
    Bounds::new(x, y, width, height)
}

/// Averages a grid of samples for each pixel; a sample is a colour and how far it is selected.
fn downsampled(view: Bounds, side: u32, sample: impl Fn(u32, u32) -> ([u8; 4], u8)) -> Raster {
    let extent = if side == 0 { Extent::new(0, 0) } else { view.extent().fit_longest(side) };
    if extent.is_empty() || view.is_empty() {
        return Raster::filled(Extent::new(0, 0), [0; 4]);
    }
    let columns = sample_positions(view.x.unsigned_abs(), view.width, extent.width);
    let rows = sample_positions(view.y.unsigned_abs(), view.height, extent.height);
    Raster::from_fn(extent, |x, y| {
        let (mut colour, mut alpha, mut selected, mut count) = ([0.0_f32; 3], 0.0, 0.0, 0.0);
        for &row in &rows[y as usize] {
            for &column in &columns[x as usize] {
                let (pixel, coverage) = sample(column, row);
                let weight = f32::from(pixel[3]);
                for (sum, &channel) in colour.iter_mut().zip(&pixel) {
                    *sum += weight * f32::from(channel);
                }
                alpha += weight;
                selected += f32::from(coverage) / 255.0;
                count += 1.0;
            }
        }
        // Transparent pixels do not count towards the colour.
        let rgb = colour.map(|sum| if alpha > 0.0 { (sum / alpha).round() as u8 } else { 0 });
        let [r, g, b] = shaded(rgb, selected / count);
        [r, g, b, (alpha / count).round() as u8]
    })
}

/// The columns (or rows) read for each pixel along one side, evenly spaced over the part that the pixel stands for.
fn sample_positions(start: u32, length: u32, pixels: u32) -> Vec<Vec<u32>> {
    let scale = f64::from(length) / f64::from(pixels);
    let samples = (scale.ceil() as u32).clamp(1, MAX_SAMPLES);
    let position = |pixel: u32, step: u32| {
        let at = (f64::from(pixel) + (f64::from(step) + 0.5) / f64::from(samples)) * scale;
        start + (at as u32).min(length - 1)
    };
    (0..pixels).map(|pixel| (0..samples).map(|step| position(pixel, step)).collect()).collect()
}

/// A colour, darkened and greyed as far as it is not selected (0 to 1).
fn shaded(rgb: [u8; 3], selected: f32) -> [u8; 3] {
    let (colourfulness, light) = UNSELECTED;
    let grey = luma(rgb);
    rgb.map(|channel| {
        let channel = f32::from(channel);
        let dimmed = (grey + (channel - grey) * colourfulness) * light;
        (dimmed + (channel - dimmed) * selected).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Method, Prompt, Recipe, compose::ChangedPixels};

    const EXTENT: Extent = Extent::new(400, 300);
    const RED: [u8; 4] = [200, 40, 40, 255];
    const BLUE: [u8; 4] = [20, 40, 220, 255];

    #[test]
    fn the_selection_keeps_its_colour_and_the_rest_is_dark_and_grey() {
        let bounds = Bounds::new(100, 100, 120, 80);
        let thumbnail = mask_thumbnail(&Raster::filled(EXTENT, RED), &Mask::rectangle(EXTENT, bounds), bounds, 60);
        assert_eq!(thumbnail.extent(), Extent::new(60, 60));
        assert_eq!(thumbnail.pixel(30, 30), RED);
        let [r, g, b, a] = thumbnail.pixel(1, 1);
        assert!(r < 60 && r - g < 20 && g == b && a == 255, "{r} {g} {b} {a}");
    }

    #[test]
    fn the_view_is_square_and_inside_the_image_or_all_of_it() {
        assert_eq!(view_around(Bounds::new(0, 290, 10, 10), EXTENT, 96), Bounds::new(0, 204, 96, 96));
        assert_eq!(view_around(Bounds::new(100, 100, 120, 80), EXTENT, 96), Bounds::new(70, 50, 180, 180));
        assert_eq!(view_around(Bounds::new(0, 0, 400, 200), EXTENT, 96), EXTENT.into());
        assert_eq!(view_around(Bounds::EMPTY, EXTENT, 96), EXTENT.into());
        assert_eq!(view_around(Bounds::new(500, 0, 4, 4), EXTENT, 96), EXTENT.into());
    }

    #[test]
    fn small_images_are_not_enlarged_and_no_side_is_no_picture() {
        let extent = Extent::new(7, 3);
        let image = Raster::filled(extent, RED);
        let full = Mask::full(extent);
        assert_eq!(mask_thumbnail(&image, &full, full.bounds(), 64), image);
        assert!(mask_thumbnail(&image, &full, full.bounds(), 0).extent().is_empty());
        let nothing = Raster::filled(Extent::new(0, 0), RED);
        assert!(mask_thumbnail(&nothing, &Mask::empty(Extent::new(0, 0)), Bounds::EMPTY, 64).extent().is_empty());
    }

    #[test]
    fn a_candidate_shows_where_it_blends_and_the_image_elsewhere() {
        let bounds = Bounds::new(-20, 40, 120, 100);
        let blend = Mask::from_fn(bounds.extent(), |x, y| if x < 70 && y < 50 { 255 } else { 0 });
        let recipe = Recipe::new("", Method::Fill);
        let patch = Raster::filled(bounds.extent(), BLUE);
        let (changed, seam, verdict) = (ChangedPixels::default(), None, None);
        let candidate = Candidate { bounds, patch, blend, changed, seam, verdict, recipe, prompt: Prompt::default() };
        let thumbnail = candidate_thumbnail(&Raster::filled(EXTENT, RED), &candidate, 75);
        assert_eq!(thumbnail.extent(), Extent::new(75, 75));
        // 50 columns of the blend are inside the image; the view of 75 by 75 begins at its left border and 12 rows above.
        assert_eq!((thumbnail.pixel(10, 20), thumbnail.pixel(60, 20), thumbnail.pixel(10, 5)), (BLUE, RED, RED));
    }
}
