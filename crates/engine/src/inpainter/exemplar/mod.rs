//! `exemplar`: a region is filled with pieces of the rest of the image, without a neural network.
//!
//! Coarse to fine (Wexler et al. 2007; Newson et al. 2014): at each size, every patch that touches the hole looks for
//! the most similar patch elsewhere (`PatchMatch`, [`nnf`]) that is not too unlike what the surroundings make likely
//! ([`guide`]), then all patches over a pixel vote on its colour ([`vote`]), and so on in turn ([`course`]), on a
//! graphics card if there is one ([`accelerator`]). Small sizes are tried several times, and the best attempt
//! continues. At full size each pixel is copied from the one place its patches agree on, and the pieces are joined by
//! their gradients ([`blend`]). An image without a whole patch of known pixels gets a smooth fill without texture
//! instead ([`smooth`]).

pub mod accelerator;

mod blend;
mod course;
mod guide;
mod init;
mod nnf;
mod pyramid;
mod rng;
mod smooth;
mod vote;
mod window;

use super::{InpaintRequest, Inpainter};
use crate::{EngineError, JobCx, Phase, Progress, Report};
use accelerator::Accelerator;
use course::{Attempt, Turn, Work, complete, pyramid_of};
use nnf::{Field, Sites};
use pyramid::{Level, Texel};
use rayon::prelude::*;
use std::sync::Arc;
use tie_core::{EditOp, Mask, Raster, Recipe};
use vote::Origin;

/// Fills a region with pieces of the rest of the image (`PatchMatch`): it removes things and invents nothing.
#[derive(Clone, Default)]
pub struct Exemplar {
    accelerator: Option<Arc<dyn Accelerator>>,
}

impl Exemplar {
    /// An engine that does large levels on this graphics card and all others on the CPU.
    pub const fn on(accelerator: Arc<dyn Accelerator>) -> Self {
        Self { accelerator: Some(accelerator) }
    }

    /// The request's image without what `hole` covers, for an engine that then puts something over it; its progress
    /// ends at 95 %.
    ///
    /// # Errors
    /// See [`Inpainter::inpaint`].
    pub(crate) fn erase(
        &self,
        request: &InpaintRequest<'_>,
        hole: &Mask,
        cx: &JobCx<'_>,
    ) -> Result<Raster, EngineError> {
        let relay = |report| match report {
            Report::Progress(progress) => {
                let fraction = progress.fraction.map(|fraction| fraction * 0.95);
                cx.report(Report::Progress(Progress { fraction, ..progress }));
            }
            other => cx.report(other),
        };
        self.inpaint(InpaintRequest { mask: hole, ..*request }, &cx.with_report(&relay))
    }
}

impl Inpainter for Exemplar {
    fn name(&self) -> &'static str {
        "exemplar"
    }

    fn label(&self) -> &'static str {
        "Fill from surroundings"
    }

    fn is_random(&self, _: &Recipe) -> bool {
        true
    }

    fn copies(&self, _: &Recipe) -> bool {
        true
    }

    fn can_do(&self, op: EditOp) -> bool {
        op == EditOp::Remove
    }

    /// Pixels with any coverage are filled, including alpha; all others keep every byte.
    fn inpaint(&self, request: InpaintRequest<'_>, cx: &JobCx<'_>) -> Result<Raster, EngineError> {
        let InpaintRequest { image, mask, avoid, seed, .. } = request;
        if mask.extent() != image.extent() {
            return Err(EngineError::Failed(format!(
                "The mask is {} but the image is {}.",
                mask.extent(),
                image.extent()
            )));
        }
        if mask.is_empty() {
            return Ok(image.clone());
        }
        let mut full = Level::new(image, mask, avoid);
        if !full.has_source() {
            return Err(nothing_to_copy(&full));
        }
        cx.check()?;
        full.measure_texture(cx)?;
        full.tell_transparent(image);
        cx.check()?;
        let mut levels = pyramid_of(full, cx)?;
        guide::measure(&mut levels, cx)?;
        let work = Work::of(&levels);
        let mut attempts: Vec<Attempt> = Vec::new();
        while let Some(mut level) = levels.pop() {
            let index = levels.len();
            let sites = Sites::new(&level);
            let Some(field) = Field::new(&level).filter(|_| !sites.sources.is_empty()) else {
                // Only the full size can be without patches: no smaller one is made then.
                level.show_only_visible(image);
                smooth::fill(&mut level);
                return Ok(with_hole(image, &level));
            };
            let coarser = course::worth_going_on(attempts, &level);
            let refined = |(number, (mut level, mut field)): (usize, (Level, Field))| {
                let seed = rng::mix(seed ^ rng::mix(index as u64 | (number as u64) << 32));
                match coarser.get(number) {
                    None => init::onion_peel(&mut level, &sites, &mut field, seed, cx)?,
                    Some(coarse) => init::refine(&mut level, &sites, &mut field, &coarse.level, &coarse.field),
                }
                cx.check()?;
                // One attempt speaks for all: they take as long.
                let progress = |part| {
                    if number == 0 {
                        work.tell(cx, index, part);
                    }
                };
                let turn = Turn { index, seed, accelerator: self.accelerator.as_deref(), progress: &progress };
                let origins = complete(&mut level, &sites, &mut field, &turn, cx)?;
                Ok(Attempt { level, field, origins })
            };
            let count = if coarser.is_empty() { course::attempts_at(&level) } else { coarser.len() };
            let mut starts = vec![(level.clone(), field.clone()); count - 1];
            starts.push((level, field));
            attempts = starts.into_par_iter().enumerate().map(refined).collect::<Result<_, EngineError>>()?;
            if let Some(Attempt { level, .. }) = attempts.first().filter(|_| index > 0) {
                preview(image, mask.coverage(), level, index, cx);
            }
        }
        let best = attempts.into_iter().min_by_key(Attempt::cost);
        let Some(Attempt { mut level, origins, .. }) = best else {
            return Err(EngineError::Failed("The fill ended without a result.".into()));
        };
        let colours = blend::blend(&level, &origins, cx)?;
        for (origin, colour) in origins.iter().zip(colours) {
            level.texels[origin.index] = colour.map(|v| v.round().clamp(0.0, 255.0) as i16);
        }
        let mut result = with_hole(image, &level);
        copy_alpha(&mut result, image, &origins);
        cx.progress(Phase::Filling, 1.0);
        Ok(result)
    }
}

/// Why there is no source.
fn nothing_to_copy(full: &Level) -> EngineError {
    let why = if full.hole.iter().all(|&hole| hole) {
        "The mask covers the whole image, so there is nothing to copy from. Make the mask smaller."
    } else {
        "Nothing is left to copy from: the mask and the excluded areas cover everything. Make the mask smaller, or exclude less."
    };
    EngineError::Unsuitable(why.into())
}

/// The image with the level's colours where its hole is, alpha as it was.
fn with_hole(image: &Raster, level: &Level) -> Raster {
    let mut result = image.clone();
    for ((pixel, texel), _) in
        result.pixels_mut().iter_mut().zip(&level.texels).zip(&level.hole).filter(|(_, hole)| **hole)
    {
        paint(pixel, *texel);
    }
    result
}

/// Gives each filled pixel the alpha of its source; its colour, which was found premultiplied, becomes straight again.
fn copy_alpha(result: &mut Raster, image: &Raster, origins: &[Origin]) {
    let width = image.extent().width as usize;
    for origin in origins {
        let Some((x, y)) = origin.source else { continue };
        let copied = image.pixels()[y as usize * width + x as usize];
        let pixel = &mut result.pixels_mut()[origin.index];
        *pixel = match copied[3] {
            0 => copied,
            255 => [pixel[0], pixel[1], pixel[2], 255],
            alpha => {
                let straight = |value: u8| (u32::from(value) * 255 / u32::from(alpha)).min(255) as u8;
                [straight(pixel[0]), straight(pixel[1]), straight(pixel[2]), alpha]
            }
        };
    }
}

/// Sets a pixel's colour and leaves its alpha.
fn paint(pixel: &mut [u8; 4], texel: Texel) {
    for (channel, value) in pixel.iter_mut().zip(texel).take(3) {
        *channel = value.clamp(0, 255) as u8;
    }
}

/// Shows the level that has just been finished, enlarged to full size.
fn preview(image: &Raster, coverage: &[u8], level: &Level, index: usize, cx: &JobCx<'_>) {
    let mut patch = image.clone();
    let width = image.extent().width as usize;
    for (i, pixel) in patch.pixels_mut().iter_mut().enumerate().filter(|(i, _)| coverage[*i] != 0) {
        paint(pixel, level.texels[((i / width) >> index) * level.width + ((i % width) >> index)]);
    }
    cx.report(Report::Preview { bounds: image.bounds(), patch: Arc::new(patch) });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cancel;
    use proptest::prelude::*;
    use tie_core::compose::{BlendSettings, changed_pixels};
    use tie_core::{Bounds, Extent, Method, Prompt};

    fn fill(
        image: &Raster,
        mask: &Mask,
        avoid: Option<&Mask>,
        seed: u64,
        cx: &JobCx<'_>,
    ) -> Result<Raster, EngineError> {
        let recipe = Recipe { seed, blend: BlendSettings::default(), ..Recipe::new("exemplar", Method::Fill) };
        let prompt = &Prompt::default();
        let request = InpaintRequest { image, selection: mask, mask, avoid, recipe: &recipe, prompt, seed };
        Exemplar::default().inpaint(request, cx)
    }

    fn filled(image: &Raster, mask: &Mask, seed: u64) -> Raster {
        fill(image, mask, None, seed, &JobCx::silent()).unwrap()
    }

    /// Coarse random blotches.
    fn texture(extent: Extent) -> Raster {
        let noise = |x: u32, y: u32, salt: u64| {
            (rng::mix((u64::from(x / 2) << 32) | u64::from(y / 2) | (salt << 60)) >> 56) as u8
        };
        Raster::from_fn(extent, |x, y| [noise(x, y, 1), noise(x, y, 2) / 2, 90, 255])
    }

    fn middle(extent: Extent) -> Mask {
        let (w, h) = (extent.width, extent.height);
        Mask::rectangle(extent, Bounds::new(w as i32 / 3, h as i32 / 3, w / 4, h / 4))
    }

    /// The largest difference of a channel inside the mask.
    fn worst(a: &Raster, b: &Raster, mask: &Mask) -> u8 {
        let inside = a.pixels().iter().zip(b.pixels()).zip(mask.coverage()).filter(|(_, c)| **c != 0);
        inside.flat_map(|((a, b), _)| (0..3).map(|k| a[k].abs_diff(b[k]))).max().unwrap_or(0)
    }

    fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
    }

    #[test]
    fn it_removes_and_claims_nothing_else() {
        assert_eq!(
            EditOp::ALL.iter().copied().filter(|op| Exemplar::default().can_do(*op)).collect::<Vec<_>>(),
            [EditOp::Remove]
        );
    }

    #[test]
    fn a_seed_gives_one_result_on_any_number_of_threads_and_another_seed_another() {
        let image = texture(Extent::new(90, 71));
        let mask = middle(image.extent());
        let one = in_pool(1, || filled(&image, &mask, 5));
        assert_eq!(one, in_pool(3, || filled(&image, &mask, 5)), "1 and 3 threads");
        assert_eq!(one, filled(&image, &mask, 5), "again");
        assert_ne!(one, filled(&image, &mask, 6), "another seed");
    }

    #[test]
    fn a_hole_in_a_regular_pattern_is_restored() {
        let extent = Extent::new(96, 80);
        let mask = middle(extent);
        let stripes = |x: u32, _: u32| if x % 8 < 4 { [30, 60, 90, 255] } else { [200, 180, 40, 255] };
        let checks =
            |x: u32, y: u32| if (x / 4 + y / 4).is_multiple_of(2) { [20, 20, 20, 255] } else { [230, 220, 210, 255] };
        for (name, whole) in
            [("stripes", Raster::from_fn(extent, stripes)), ("checks", Raster::from_fn(extent, checks))]
        {
            let mut broken = whole.clone();
            let hole = mask.bounds();
            broken.paste(&Raster::filled(hole.extent(), [255, 0, 255, 255]), hole.x, hole.y);
            let difference = worst(&filled(&broken, &mask, 1), &whole, &mask);
            assert!(difference <= 4, "{name}: off by {difference}");
        }
    }

    #[test]
    fn nothing_is_copied_from_the_hole_or_from_what_to_avoid() {
        let extent = Extent::new(80, 60);
        let mask = Mask::rectangle(extent, Bounds::new(30, 20, 14, 14));
        // Red stands in the hole, and beside it where it must not be taken from.
        let avoid = Mask::rectangle(extent, Bounds::new(44, 10, 20, 40));
        let grey = texture(extent);
        let image = Raster::from_fn(extent, |x, y| {
            let red = mask.at(x, y) != 0 || avoid.at(x, y) != 0;
            if red { [255, 0, 0, 255] } else { [60, grey.pixel(x, y)[0] / 4 + 100, 60, 255] }
        });
        let result = fill(&image, &mask, Some(&avoid), 3, &JobCx::silent()).unwrap();
        let inside = result.pixels().iter().zip(mask.coverage()).filter(|(_, c)| **c != 0);
        let reddest = inside.map(|(pixel, _)| pixel[0]).max().unwrap();
        assert!(reddest <= 80, "red {reddest} came in");
    }

    #[test]
    fn what_is_filled_is_as_transparent_as_its_surroundings() {
        let extent = Extent::new(90, 40);
        // Opaque grass on the left; on the right transparency, with an invisible colour, and an opaque thing in it.
        let thing = Bounds::new(62, 14, 12, 12);
        let grass = texture(extent);
        let picture = Raster::from_fn(extent, |x, y| match (x < 45, thing.contains(x as i32, y as i32)) {
            (true, _) => [40, 90 + grass.pixel(x, y)[0] / 8, 40, 255],
            (false, true) => [200, 200, 10, 255],
            (false, false) => [250, 0, 0, 0],
        });
        let gone = filled(&picture, &Mask::rectangle(extent, thing), 1);
        assert!(gone.crop(thing).pixels().iter().all(|pixel| pixel[3] == 0), "a thing in the air leaves a trace");
        let hole = Bounds::new(16, 14, 10, 10);
        let patched = filled(&picture, &Mask::rectangle(extent, hole), 1).crop(hole);
        assert!(patched.pixels().iter().all(|&[r, g, b, a]| a == 255 && g > r + 30 && g > b + 30), "grass has a hole");
        let clear = Raster::filled(extent, [9, 8, 7, 0]);
        assert_eq!(filled(&clear, &Mask::rectangle(extent, hole), 1), clear);
    }

    #[test]
    fn a_mask_over_everything_is_refused_in_one_sentence_and_an_empty_one_changes_nothing() {
        let image = texture(Extent::new(20, 15));
        let refused = fill(&image, &Mask::full(image.extent()), None, 0, &JobCx::silent()).unwrap_err();
        let sentence = "The mask covers the whole image, so there is nothing to copy from. Make the mask smaller.";
        assert_eq!(refused, EngineError::Unsuitable(sentence.into()));
        let mask = middle(image.extent());
        let mut rest = Mask::full(image.extent());
        rest.subtract(&mask);
        assert!(matches!(fill(&image, &mask, Some(&rest), 0, &JobCx::silent()), Err(EngineError::Unsuitable(_))));
        assert_eq!(filled(&image, &Mask::empty(image.extent()), 0), image);
    }

    #[test]
    fn degenerate_images_and_masks_are_filled_without_a_panic() {
        for (w, h) in [(1, 1), (2, 1), (1, 4000), (4000, 1), (6, 200), (7, 7), (8, 900), (15, 15), (64, 40)] {
            let extent = Extent::new(w, h);
            let image = texture(extent);
            let last = (w - 1, h - 1);
            let masks = [
                ("one pixel", Mask::from_fn(extent, |x, y| u8::from((x, y) == (w / 2, h / 2)))),
                ("a corner", Mask::from_fn(extent, |x, y| if (x, y) == last { 255 } else { 0 })),
                ("all but one pixel", Mask::from_fn(extent, |x, y| if (x, y) == last { 0 } else { 255 })),
                ("one half", Mask::from_fn(extent, |x, y| if x + y < w.midpoint(h) { 255 } else { 0 })),
            ];
            for (name, mask) in masks {
                match fill(&image, &mask, None, 1, &JobCx::silent()) {
                    Ok(result) => assert_eq!(changed_pixels(&image, &result, &mask).outside, 0, "{name} of {extent}"),
                    Err(error) => assert!(matches!(error, EngineError::Unsuitable(_)), "{name} of {extent}: {error}"),
                }
            }
        }
    }

    #[test]
    fn a_uniform_image_stays_uniform() {
        let image = Raster::filled(Extent::new(50, 40), [12, 200, 77, 255]);
        assert_eq!(filled(&image, &middle(image.extent()), 9), image);
    }

    #[test]
    fn a_cancelled_job_ends_with_that_answer_wherever_it_is_stopped() {
        let image = texture(Extent::new(120, 90));
        for stop_at in [0, 1, 3, 6] {
            let cancel = Cancel::default();
            let heard = std::sync::atomic::AtomicUsize::new(0);
            let report = |_: Report| {
                if heard.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1 >= stop_at {
                    cancel.cancel();
                }
            };
            if stop_at == 0 {
                cancel.cancel();
            }
            let cx = JobCx::new(cancel.clone(), &report);
            assert_eq!(
                fill(&image, &middle(image.extent()), None, 1, &cx),
                Err(EngineError::Cancelled),
                "after {stop_at}"
            );
        }
    }

    #[test]
    fn progress_rises_to_one_and_previews_have_the_size_of_the_crop() {
        let image = texture(Extent::new(200, 160));
        let heard = std::sync::Mutex::new(Vec::new());
        let report = |report: Report| match report {
            Report::Progress(progress) => heard.lock().unwrap().push(progress.fraction.unwrap()),
            Report::Note(note) => panic!("{note}"),
            Report::Preview { bounds, patch } => assert_eq!((bounds, patch.extent()), (image.bounds(), image.extent())),
        };
        fill(&image, &middle(image.extent()), None, 1, &JobCx::new(Cancel::default(), &report)).unwrap();
        let heard = heard.into_inner().unwrap();
        assert!(heard.is_sorted() && heard.len() >= 5 && heard.last() == Some(&1.0), "{heard:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn bytes_outside_the_mask_stay(w in 1_u32..60, h in 1_u32..60, seed in any::<u64>(), softness in 1_u32..40) {
            let extent = Extent::new(w, h);
            let noise = |x: u32, y: u32| rng::mix(seed ^ (u64::from(x) << 20) ^ u64::from(y)).to_le_bytes();
            let image = Raster::from_fn(extent, |x, y| { let n = noise(x, y); [n[0], n[1], n[2], n[3]] });
            let (cx, cy) = ((seed % 60) as u32, (seed / 60 % 60) as u32);
            let mask = Mask::from_fn(extent, |x, y| 255_u32.saturating_sub((x.abs_diff(cx) + y.abs_diff(cy)) * softness) as u8);
            match fill(&image, &mask, None, seed, &JobCx::silent()) {
                Ok(result) => {
                    prop_assert_eq!(changed_pixels(&image, &result, &mask).outside, 0);
                }
                Err(error) => prop_assert!(matches!(error, EngineError::Unsuitable(_)), "{error}"),
            }
        }
    }
}
