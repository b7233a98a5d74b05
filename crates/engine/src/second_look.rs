//! Checks a result: is a removed thing gone, does a recoloured one have its new colour, is a text readable, is an added
//! thing there?
//!
//! The checks use only networks and rules that are part of the program, so they are the same for every engine. What they can't
//! judge gets no verdict.

use super::locator::eyes;
use super::sight::{Class, Rect, Thing, can_read, reads, text_in, things_in};
use super::{EngineError, JobCx, Phase, Report};
use std::cell::OnceCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tie_core::colour::oklab_from_srgb;
use tie_core::compose::blend_patch;
use tie_core::mask::SELECTED;
use tie_core::{AdjustKind, Adjustment, Bounds, Candidate, Edit, Mask, Raster, Said, SubTask, Verdict};

/// Margin around a region that the networks also see, as a share of its size: surroundings help to recognise things.
const AROUND: f32 = 0.6;
/// A thing is there if its score is at least this.
const SEEN: f32 = 0.3;
/// A thing is gone if its score falls below this share of the score before.
const LEFT: f32 = 0.5;
/// A box belongs to the change if at least this share of it, or of the region, overlaps.
const COMMON: f32 = 0.4;
/// At least this share of the region has the requested colour.
const ENOUGH: f32 = 0.6;
/// The same share of the changed pixels counts if they are at least this share of the region: a red cup that is white
/// inside stays white there.
const MAIN_PART: f32 = 0.25;
/// Colours (Oklab) that are nearer to each other are the same.
const UNCHANGED: f32 = 0.02;
/// Approximate number of a region's pixels that are checked for their colour.
const SAMPLES: usize = 20_000;

/// Checks whether a candidate shows what its task asks for; `None` if the networks can't tell.
///
/// `image` is the image the candidate was made from and `selection` the mask, of the same size. A check that fails or panics
/// is only reported as a note, because the result is usable all the same.
///
/// # Errors
/// [`EngineError::Cancelled`] alone.
pub fn second_look(
    task: &SubTask,
    image: &Raster,
    selection: &Mask,
    candidate: &Candidate,
    cx: &JobCx<'_>,
) -> Result<Option<Verdict>, EngineError> {
    cx.progress(Phase::Checking, 0.0);
    let look = Look { image, selection, candidate, cx, before: OnceCell::new(), after: OnceCell::new() };
    let why = match catch_unwind(AssertUnwindSafe(|| judge(task, &look))) {
        Ok(Err(error)) if error != EngineError::Cancelled => error.to_string(),
        Ok(verdict) => return verdict,
        Err(_) => "the check crashed".to_owned(),
    };
    cx.report(Report::Note(format!("The result could not be checked: {why}")));
    Ok(None)
}

fn judge(task: &SubTask, look: &Look<'_>) -> Result<Option<Verdict>, EngineError> {
    let lost = look.has_lost(task)?;
    if lost.is_some() {
        return Ok(lost);
    }
    match &task.edit {
        Edit::Remove => look.is_gone(&task.target),
        Edit::Recolor(said) => Ok(look.has_colour(said)),
        Edit::Text(said) => said.meaning().map_or(Ok(None), |words| look.can_be_read(words)),
        Edit::Add(thing) | Edit::Replace(thing) => look.is_there(thing),
        _ => Ok(None),
    }
}

/// A result and what it was made from.
struct Look<'a> {
    image: &'a Raster,
    selection: &'a Mask,
    candidate: &'a Candidate,
    cx: &'a JobCx<'a>,
    /// What the networks see around the region before and after the change, computed on request.
    before: OnceCell<Vec<Thing>>,
    after: OnceCell<Vec<Thing>>,
}

impl Look<'_> {
    /// The region with its surroundings, in image pixels.
    fn around(&self) -> Bounds {
        let region = self.selection.bounds().union(self.candidate.bounds);
        Rect::from(region).grown(AROUND).pixels(self.image.extent()).union(region).clamp(self.image.extent())
    }

    /// The same, and the region's place in it.
    fn place(&self) -> (Bounds, Bounds) {
        let part = self.around();
        let Bounds { x, y, width, height } = self.selection.bounds().union(self.candidate.bounds);
        (part, Bounds::new(x - part.x, y - part.y, width, height))
    }

    /// A part of the photograph with the result in it.
    fn after(&self, part: Bounds) -> Raster {
        let mut after = self.image.crop(part);
        let Bounds { x, y, width, height } = self.candidate.bounds;
        let place = Bounds::new(x - part.x, y - part.y, width, height);
        blend_patch(&mut after, &self.candidate.patch, &self.candidate.blend, place);
        after
    }

    /// The things around the region before the change.
    fn things_before(&self) -> Result<&[Thing], EngineError> {
        self.things(&self.before, || self.image.crop(self.around()))
    }

    /// The things around the region in the result.
    fn things_after(&self) -> Result<&[Thing], EngineError> {
        self.things(&self.after, || self.after(self.around()))
    }

    fn things<'a>(
        &self,
        known: &'a OnceCell<Vec<Thing>>,
        pixels: impl FnOnce() -> Raster,
    ) -> Result<&'a [Thing], EngineError> {
        if let Some(things) = known.get() {
            return Ok(things);
        }
        let things = things_in(&pixels(), self.cx)?;
        Ok(known.get_or_init(|| things))
    }

    /// The best score of one of the classes where something was changed.
    fn seen(&self, things: &[Thing], classes: &[(Class, f32)]) -> f32 {
        let (part, region) = (self.around(), self.selection.bounds());
        let region = Rect::from(Bounds::new(region.x - part.x, region.y - part.y, region.width, region.height));
        let is_here = |thing: &&Thing| {
            thing.rect.share_in(&region) > COMMON && region.share_in(&thing.rect) > COMMON / 2.0
                || thing.rect.iou(&region) > COMMON
        };
        let sure = things.iter().filter(is_here).filter_map(|thing| {
            let weight = classes.iter().find(|(class, _)| *class == thing.class)?.1;
            Some(thing.score * weight)
        });
        sure.fold(0.0, f32::max)
    }

    /// A doubt if something that must stay is no longer seen.
    fn has_lost(&self, task: &SubTask) -> Result<Option<Verdict>, EngineError> {
        /// A thing with less than this share selected was not to be changed.
        const APART: f32 = 0.3;
        let kept = task.kept();
        let classes: Vec<(Class, String)> = kept
            .iter()
            .filter_map(|kept| eyes::classes_of(&kept.phrase))
            .flat_map(|(classes, name)| classes.into_iter().map(move |(class, _)| (class, name.clone())))
            .collect();
        if classes.is_empty() {
            return Ok(None);
        }
        let part = self.around();
        let is_apart = |thing: &Thing| {
            let Bounds { x, y, width, height } = thing.rect.pixels(part.extent());
            let there = Bounds::new(x + part.x, y + part.y, width, height);
            self.selection.crop(there).area_fraction() < APART
        };
        let after = self.things_after()?;
        for thing in self.things_before()?.iter().filter(|thing| thing.score > SEEN && is_apart(thing)) {
            let Some((_, name)) = classes.iter().find(|(class, _)| *class == thing.class) else { continue };
            let same = after.iter().filter(|now| now.class == thing.class && now.rect.iou(&thing.rect) > COMMON);
            if same.map(|now| now.score).fold(0.0, f32::max) < LEFT * thing.score {
                return Ok(Some(Verdict::doubt(format!(
                    "“{name}” was meant to stay, but is no longer recognised. Check the mask."
                ))));
            }
        }
        Ok(None)
    }

    fn is_gone(&self, phrase: &str) -> Result<Option<Verdict>, EngineError> {
        if eyes::names_text(phrase) {
            return self.holds_no_text();
        }
        let Some((classes, name)) = eyes::classes_of(phrase) else { return Ok(None) };
        let before = self.seen(self.things_before()?, &classes);
        if before < SEEN {
            // It was not recognised before, so not seeing it now says nothing.
            return Ok(None);
        }
        let after = self.seen(self.things_after()?, &classes);
        Ok(Some(if after < LEFT * before {
            Verdict::pass(format!("Nothing there looks like “{name}” any more."))
        } else {
            Verdict::doubt(format!("Something there still looks like “{name}”. Check the mask, or try another result."))
        }))
    }

    fn holds_no_text(&self) -> Result<Option<Verdict>, EngineError> {
        let (part, place) = self.place();
        let lines = |pixels: &Raster| {
            let lines = text_in(pixels, pixels.bounds(), self.cx)?;
            Ok::<_, EngineError>(lines.iter().filter(|line| line.rect.share_in(&place.into()) > COMMON).count())
        };
        if lines(&self.image.crop(part))? == 0 {
            return Ok(None);
        }
        Ok(Some(if lines(&self.after(part))? == 0 {
            Verdict::pass("There is no visible text any more.")
        } else {
            Verdict::doubt("Some text is still readable. Check the mask, or try another result.")
        }))
    }

    fn is_there(&self, phrase: &str) -> Result<Option<Verdict>, EngineError> {
        let Some((classes, name)) = eyes::classes_of(phrase) else { return Ok(None) };
        let after = self.seen(self.things_after()?, &classes);
        Ok(Some(if after >= SEEN {
            Verdict::pass(format!("The result looks like “{name}”."))
        } else {
            Verdict::doubt(format!("Nothing there looks like “{name}” yet. Try another result, or a clearer prompt."))
        }))
    }

    fn can_be_read(&self, words: &str) -> Result<Option<Verdict>, EngineError> {
        if !words.chars().any(char::is_alphanumeric) || !can_read(words)? {
            return Ok(None);
        }
        let (part, place) = self.place();
        Ok(Some(if reads(&self.after(part), place, words, self.cx)? {
            Verdict::pass(format!("It reads “{words}”."))
        } else {
            Verdict::doubt(format!("“{words}” is not readable. Check its size and contrast."))
        }))
    }

    /// Whether most of the region has a named colour.
    fn has_colour(&self, said: &Said<Adjustment>) -> Option<Verdict> {
        let colour = said.words();
        let AdjustKind::Recolor(rgb) = said.meaning()?.kind else { return None };
        let wanted = oklab_from_srgb(rgb);
        let Bounds { x, y, width, height } = self.candidate.bounds;
        let after = self.after(self.candidate.bounds);
        let step = ((width as usize * height as usize / SAMPLES) as f32).sqrt().max(1.0) as usize;
        let (mut has, mut kept, mut all) = (0_usize, 0_usize, 0_usize);
        for row in (0..height).step_by(step) {
            for column in (0..width).step_by(step) {
                let at = (x.unsigned_abs() + column, y.unsigned_abs() + row);
                if self.selection.at(at.0, at.1) < SELECTED {
                    continue;
                }
                let lab = |[r, g, b, _]: [u8; 4]| oklab_from_srgb([r, g, b]);
                let (old, new) = (lab(self.image.pixel(at.0, at.1)), lab(after.pixel(column, row)));
                let moved: f32 = old.iter().zip(new).map(|(old, new)| (old - new).powi(2)).sum();
                all += 1;
                if resembles(new, wanted) {
                    has += 1;
                } else if moved < UNCHANGED * UNCHANGED {
                    kept += 1;
                }
            }
        }
        if all == 0 {
            return None;
        }
        let share = has as f32 / all as f32;
        let percent = (100.0 * share).round();
        let of_changed = has as f32 / (all - kept).max(1) as f32;
        Some(if share >= ENOUGH {
            Verdict::pass(format!("{percent} % of the region looks {colour}."))
        } else if of_changed >= ENOUGH && share >= MAIN_PART {
            Verdict::pass(format!("{percent} % of the region looks {colour}; its other colours are unchanged."))
        } else {
            Verdict::doubt(format!(
                "Only {percent} % of the region looks {colour}. Check the mask, or raise the amount."
            ))
        })
    }
}

/// Whether a colour (Oklab) would pass for another in the light and shade of a photograph: its hue is near, or both are grey
/// and about as light.
fn resembles([l, a, b]: [f32; 3], [wanted_l, wanted_a, wanted_b]: [f32; 3]) -> bool {
    /// Less chroma than this is grey.
    const GREY: f32 = 0.045;
    /// Hues further apart than 40° have other names.
    const NEAR: f32 = 0.77;
    let (chroma, wanted) = (a.hypot(b), wanted_a.hypot(wanted_b));
    if wanted < GREY {
        return chroma < 2.0 * GREY && (l - wanted_l).abs() < 0.35;
    }
    // Near black and near white have no hue in any light.
    let is_dark_or_light = !(0.15..=0.95).contains(&l);
    let same_hue = (a * wanted_a + b * wanted_b) / (chroma * wanted).max(1e-6) > NEAR;
    chroma < GREY && is_dark_or_light || chroma >= GREY.min(wanted / 4.0) && same_hue
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Registry;
    use crate::pipeline::{self, Run};
    use tie_core::compose::ChangedPixels;
    use tie_core::{EditOp, Extent, Method, Prompt, Recipe};

    fn task(op: EditOp, target: &str, content: &str) -> SubTask {
        SubTask::new(1, op, target).becomes(content)
    }

    /// The verdict of a second look at the embedded engines' result for a task.
    fn look(task: &SubTask, image: &Raster, selection: &Mask) -> Option<Verdict> {
        let registry = Registry::embedded();
        let recipe = registry.recipe_for(task, 1).unwrap();
        let engine = registry.inpainter(&recipe.engine).unwrap();
        let cx = JobCx::silent();
        let made = pipeline::inpaint(engine, Run::new(image, selection, &recipe), &cx).unwrap();
        second_look(task, image, selection, &made[0], &cx).unwrap()
    }

    #[test]
    fn a_colour_is_judged_by_what_was_made() {
        let image = Raster::filled(Extent::new(60, 40), [150, 60, 50, 255]);
        let selection = Mask::rectangle(image.extent(), Bounds::new(10, 10, 30, 20));
        let blue = task(EditOp::Recolor, "cup", "blue");
        let verdict = look(&blue, &image, &selection).unwrap();
        assert_eq!((verdict.passed, verdict.reason.as_str()), (true, "100 % of the region looks blue."));
        let half =
            Candidate { blend: Mask::rectangle(Extent::new(30, 20), Bounds::new(0, 0, 9, 20)), ..unchanged(&image) };
        let verdict = second_look(&blue, &image, &selection, &half, &JobCx::silent()).unwrap().unwrap();
        assert!(!verdict.passed && verdict.reason.starts_with("Only 0 %"), "{verdict:?}");
        // A white rim that stays the same does not count against it.
        let mut lower = unchanged(&image);
        lower.patch.pixels_mut()[9 * 30..].fill([40, 60, 180, 255]);
        let verdict = second_look(&blue, &image, &selection, &lower, &JobCx::silent()).unwrap().unwrap();
        assert_eq!(
            (verdict.passed, verdict.reason.as_str()),
            (true, "55 % of the region looks blue; its other colours are unchanged.")
        );
        let nameless = task(EditOp::Recolor, "cup", "like my mother's");
        assert_eq!(second_look(&nameless, &image, &selection, &half, &JobCx::silent()), Ok(None));
    }

    /// A candidate that shows the photo unchanged.
    fn unchanged(image: &Raster) -> Candidate {
        let bounds = Bounds::new(10, 10, 30, 20);
        Candidate {
            bounds,
            patch: image.crop(bounds),
            blend: Mask::full(bounds.extent()),
            changed: ChangedPixels::default(),
            seam: None,
            verdict: None,
            recipe: Recipe::new("none", Method::Fill),
            prompt: Prompt::default(),
        }
    }

    #[test]
    fn shades_of_a_colour_pass_for_it_and_others_do_not() {
        let is =
            |name: &str, rgb| resembles(oklab_from_srgb(rgb), oklab_from_srgb(tie_core::words::colour(name).unwrap()));
        for (name, rgb) in [
            ("blue", [30, 50, 120]),
            ("blue", [140, 160, 240]),
            ("blue", [2, 2, 4]),
            ("red", [90, 15, 20]),
            ("black", [40, 40, 44]),
            ("white", [210, 208, 205]),
            ("brown", [120, 80, 50]),
        ] {
            assert!(is(name, rgb), "{name} {rgb:?}");
        }
        for (name, rgb) in [
            ("blue", [150, 60, 50]),
            ("blue", [128, 128, 128]),
            ("red", [220, 200, 40]),
            ("black", [180, 180, 180]),
            ("white", [60, 60, 60]),
            ("green", [200, 60, 180]),
        ] {
            assert!(!is(name, rgb), "{name} {rgb:?}");
        }
    }
}
