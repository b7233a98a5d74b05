//! Reads a line of text: PP-OCRv4's recogniser, an SVTR network with CTC (Du et al. 2022; Graves et al. 2006).
//!
//! The network knows Latin letters, digits and signs. Other scripts come out as a few unsure letters, which are not told.

use super::networks::Eye;
use super::pixels::{on_grey, tensor};
use super::quad::{self, Corners};
use super::text::SCALING;
use crate::EngineError;
use tie_core::{Extent, Raster, Resampling};
use tie_nets::ModelError;

/// The height that the network sees, in pixels.
const HEIGHT: u32 = 48;
/// A longer line is squeezed to this width; a shorter one than that has grey behind it, as the network was trained.
const LONGEST: f32 = 1200.0;
const SHORTEST: f32 = 160.0;
const GREY: [u8; 4] = [128, 128, 128, 255];
/// Readings that are less sure are nonsense. Of drawn words, 80 of 80 that were read right were surer than 0.85, and a third of
/// the mirrored ones less sure than this.
const LEAST_SURENESS: f32 = 0.7;
/// A reading this sure needs no look from another side.
const SURE: f32 = 0.9;
/// Level writing is read upside down only if that gives at least this many characters and is surer by this much: a
/// mirrored word has letters that look right upside down.
const UPSIDE_DOWN: (usize, f32) = (3, 0.25);

/// The result of reading a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reading {
    /// The line's corners, from where it begins.
    pub corners: Corners,
    pub text: String,
    /// 0 to 1: the mean probability of its characters.
    pub sureness: f32,
    /// Position of the middle of each character, as a share of the line's length.
    pub letters: Vec<f32>,
}

/// Reads the line between corners; if it makes no sense, reads it upside down.
///
/// # Errors
/// [`EngineError::Failed`] if memory is short.
pub(super) fn read(image: &Raster, corners: &Corners) -> Result<Reading, EngineError> {
    let mut best = read_once(image, corners)?;
    if best.sureness < SURE {
        let [a, b, c, d] = *corners;
        let turned = read_once(image, &[c, d, a, b])?;
        // Upright writing goes up as often as down.
        let is_upright = (b.1 - a.1).abs() > (b.0 - a.0).abs();
        let gives_sense = turned.sureness > SURE
            && turned.sureness > best.sureness + UPSIDE_DOWN.1
            && turned.letters.len() >= UPSIDE_DOWN.0;
        if (is_upright && turned.sureness > best.sureness) || (!is_upright && gives_sense) {
            best = turned;
        }
    }
    if best.sureness < LEAST_SURENESS {
        return Ok(Reading { corners: *corners, ..Reading::default() });
    }
    Ok(best)
}

fn read_once(image: &Raster, corners: &Corners) -> Result<Reading, EngineError> {
    let (length, height) = (quad::length(corners), quad::height(corners));
    let width = (length / height.max(1e-3) * HEIGHT as f32).ceil().clamp(1.0, LONGEST);
    let mut seen = straightened(image, corners, Extent::new(width as u32, HEIGHT));
    if width < SHORTEST {
        let mut wider = Raster::filled(Extent::new(SHORTEST as u32, HEIGHT), GREY);
        wider.paste(&seen, 0, 0);
        seen = wider;
    }
    let share = (SHORTEST / width).max(1.0);
    let network = Eye::Letters.network()?;
    let characters: Vec<&str> = network.metadata("characters").unwrap_or_default().split('\n').collect();
    let answers = network.run(&tensor(&seen, &SCALING)?)?;
    let (_, steps, kinds) = answers.get("characters")?.dims3().map_err(ModelError::from)?;
    let numbers = answers.numbers("characters")?;
    let mut reading = Reading { corners: *corners, ..Reading::default() };
    let mut before = 0;
    for (step, logits) in numbers.chunks_exact(kinds.max(1)).enumerate() {
        let (best, probability) = likeliest(logits);
        // The first is the blank; the same again without a blank between is still the same letter.
        if best > 0 && best != before {
            let Some(character) = characters.get(best).and_then(|text| text.chars().next()) else { continue };
            reading.text.push(character);
            reading.letters.push(((step as f32 + 0.5) / steps as f32 * share).min(1.0));
            reading.sureness += probability;
        }
        before = best;
    }
    reading.sureness /= reading.letters.len().max(1) as f32;
    Ok(reading)
}

/// The largest of the logits and its probability.
fn likeliest(logits: &[f32]) -> (usize, f32) {
    let (mut best, mut most) = (0, f32::NEG_INFINITY);
    for (index, &logit) in logits.iter().enumerate() {
        if logit > most {
            (best, most) = (index, logit);
        }
    }
    (best, 1.0 / logits.iter().map(|logit| (logit - most).exp()).sum::<f32>())
}

/// The area between corners as a level image; beyond the image, its edge is repeated.
pub(super) fn straightened(image: &Raster, corners: &Corners, to: Extent) -> Raster {
    let around = quad::rect(corners).grown(0.02).pixels(image.extent());
    if around.is_empty() || to.is_empty() {
        return Raster::filled(to, GREY);
    }
    let mut part = image.crop(around);
    // Large letters are shrunk first, so that each of their pixels counts.
    let smaller = (1.5 * to.height as f32 / quad::height(corners).max(1.0)).min(1.0);
    if smaller < 0.7 {
        let side = |length: u32| ((length as f32 * smaller).round() as u32).max(1);
        part = part.resize_by(Extent::new(side(around.width), side(around.height)), Resampling::Bilinear);
    }
    let part = on_grey(part);
    let extent = part.extent();
    let scale = (extent.width as f32 / around.width as f32, extent.height as f32 / around.height as f32);
    let local = corners.map(|(x, y)| ((x - around.x as f32) * scale.0, (y - around.y as f32) * scale.1));
    let [a, b, c, d] = local;
    let mix = |from: (f32, f32), to: (f32, f32), t: f32| (from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * t);
    Raster::from_fn(to, |x, y| {
        let (u, v) = ((x as f32 + 0.5) / to.width as f32, (y as f32 + 0.5) / to.height as f32);
        let at = mix(mix(a, b, u), mix(d, c, u), v);
        sampled(&part, at.0 - 0.5, at.1 - 0.5)
    })
}

/// Between pixels, whose middles are whole numbers.
fn sampled(image: &Raster, x: f32, y: f32) -> [u8; 4] {
    let extent = image.extent();
    let inside = |at: f32, side: u32| at.clamp(0.0, (side - 1) as f32);
    let (x, y) = (inside(x, extent.width), inside(y, extent.height));
    let (left, top) = (x as u32, y as u32);
    let (right, bottom) = ((left + 1).min(extent.width - 1), (top + 1).min(extent.height - 1));
    let (u, v) = (x - left as f32, y - top as f32);
    let corners =
        [image.pixel(left, top), image.pixel(right, top), image.pixel(left, bottom), image.pixel(right, bottom)];
    std::array::from_fn(|k| {
        let [a, b, c, d] = corners.map(|pixel| f32::from(pixel[k]));
        let (upper, lower) = (a + (b - a) * u, c + (d - c) * u);
        (upper + (lower - upper) * v).round() as u8
    })
}
