//! The document: an original that never changes, and a stack of accepted edits over it.

use super::compose::blend_patch_at;
use super::{Bounds, EditStep, Extent, Raster, StepId};
use std::sync::Arc;

/// Base image + ordered patches = current image.
///
/// The current image is always equal to what compositing the enabled steps over the base from scratch gives.
#[derive(Clone, Debug)]
pub struct Document {
    base: Arc<Raster>,
    steps: Vec<EditStep>,
    current: Arc<Raster>,
}

impl Document {
    /// A document without steps: the current image is `base`.
    pub fn new(base: Arc<Raster>) -> Self {
        Self { current: Arc::clone(&base), base, steps: Vec::new() }
    }

    /// Size of the photograph in pixels; no step changes it.
    pub fn extent(&self) -> Extent {
        self.base.extent()
    }

    /// The photograph as it was opened.
    pub const fn base(&self) -> &Arc<Raster> {
        &self.base
    }

    /// The photograph with all enabled steps.
    pub const fn current(&self) -> &Arc<Raster> {
        &self.current
    }

    /// All steps from bottom to top, disabled ones included.
    pub fn steps(&self) -> &[EditStep] {
        &self.steps
    }

    /// The step with this id; `None` if it is not in the stack.
    pub fn step(&self, id: StepId) -> Option<&EditStep> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// Replaces the stack and recomposites the part that the change can reach; returns that part, in image pixels.
    ///
    /// The cost grows with the steps that change, not with those above or below them.
    pub fn set_steps(&mut self, steps: Vec<EditStep>) -> Bounds {
        let below = self.steps.iter().zip(&steps).take_while(|(a, b)| same_step(a, b)).count();
        let (old, new) = (&self.steps[below..], &steps[below..]);
        // Pixels that none of the steps in between touches still have the same steps over them, in the same order.
        let above = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| same_step(a, b)).count();
        let dirty = old[..old.len() - above]
            .iter()
            .chain(&new[..new.len() - above])
            .filter(|step| step.enabled)
            .fold(Bounds::EMPTY, |all, step| all.union(step.candidate.bounds))
            .clamp(self.extent());
        self.steps = steps;
        if !dirty.is_empty() {
            let part = self.composite(self.steps.len(), dirty);
            Arc::make_mut(&mut self.current).paste(&part, dirty.x, dirty.y);
        }
        dirty
    }

    /// The image below the step at `index`, which that step was made from; past the last step, the image with all of them.
    pub fn below(&self, index: usize) -> Raster {
        self.composite(index.min(self.steps.len()), Bounds::from(self.extent()))
    }

    /// The same without putting it together yet.
    pub fn below_later(&self, index: usize) -> Below {
        let shows = |steps: &[EditStep]| steps.iter().any(|step| step.enabled);
        let (below, above) = self.steps.split_at(index.min(self.steps.len()));
        let known = if !shows(above) {
            Some(&self.current)
        } else if !shows(below) {
            Some(&self.base)
        } else {
            None
        };
        match known {
            Some(image) => Below { base: Arc::clone(image), steps: Vec::new() },
            None => Below { base: Arc::clone(&self.base), steps: below.to_vec() },
        }
    }

    /// The part `bounds` of the base with the first `count` steps over it.
    fn composite(&self, count: usize, bounds: Bounds) -> Raster {
        composited(&self.base, &self.steps[..count], bounds)
    }
}

/// What lies below a step, put together where it is needed; shares all pixels with its document.
#[derive(Clone, Debug)]
pub struct Below {
    base: Arc<Raster>,
    steps: Vec<EditStep>,
}

impl Below {
    /// A single image.
    pub const fn only(image: Arc<Raster>) -> Self {
        Self { base: image, steps: Vec::new() }
    }

    /// The image, if nothing has to be put together.
    pub fn known(&self) -> Option<&Arc<Raster>> {
        self.steps.is_empty().then_some(&self.base)
    }

    /// The image.
    pub fn image(&self) -> Arc<Raster> {
        let made = || Arc::new(composited(&self.base, &self.steps, Bounds::from(self.base.extent())));
        self.known().map_or_else(made, Arc::clone)
    }
}

/// A part of an image with the enabled steps over it.
fn composited(base: &Raster, steps: &[EditStep], bounds: Bounds) -> Raster {
    let mut part = base.crop(bounds);
    for step in steps.iter().filter(|step| step.enabled) {
        let candidate = &step.candidate;
        if candidate.bounds.intersects(bounds) {
            let place = candidate.bounds.relative_to(bounds);
            blend_patch_at(&mut part, &candidate.patch, &candidate.blend, place, step.opacity);
        }
    }
    part
}

/// Whether two steps put the same pixels into a document; candidates never change, so comparing their identity is enough.
pub fn same_step(a: &EditStep, b: &EditStep) -> bool {
    a.enabled == b.enabled && a.opacity == b.opacity && Arc::ptr_eq(&a.candidate, &b.candidate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::ChangedPixels;
    use crate::{Candidate, Mask, Method, Prompt, Recipe};
    use proptest::prelude::*;

    fn step(id: u64, bounds: Bounds, value: u8, enabled: bool) -> EditStep {
        let recipe = Recipe::new("test", Method::Fill);
        let candidate = Candidate {
            bounds,
            patch: Raster::filled(bounds.extent(), [value, value, 0, 255]),
            blend: Mask::from_fn(bounds.extent(), |x, y| (x * 50 + y * 90) as u8),
            changed: ChangedPixels::default(),
            seam: None,
            verdict: None,
            recipe,
            prompt: Prompt::default(),
        };
        EditStep { id: StepId(id), title: String::new(), candidate: Arc::new(candidate), enabled, opacity: 255 }
    }

    fn base() -> Arc<Raster> {
        Arc::new(Raster::from_fn(Extent::new(20, 16), |x, y| [x as u8 * 9, y as u8 * 11, 200, 255]))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_change_of_the_stack_gives_what_compositing_from_scratch_gives(
            placed in proptest::collection::vec((-3_i32..18, -3_i32..14, 1_u32..9, 1_u32..9, any::<u8>()), 1..5),
            edits in proptest::collection::vec((0_usize..5, 0_usize..4), 1..6),
        ) {
            let mut document = Document::new(base());
            let mut stack: Vec<EditStep> = placed
                .iter()
                .zip(0..)
                .map(|(&(x, y, w, h, value), id)| step(id, Bounds::new(x, y, w, h), value, true))
                .collect();
            document.set_steps(stack.clone());
            for (index, edit) in edits {
                if stack.is_empty() { break; }
                let index = index % stack.len();
                match edit {
                    0 => stack[index].enabled = !stack[index].enabled,
                    1 => { stack.remove(index); }
                    2 => stack[index].opacity = stack[index].opacity.wrapping_sub(90),
                    _ => stack.rotate_left(index),
                }
                document.set_steps(stack.clone());
                let mut fresh = Document::new(base());
                fresh.set_steps(stack.clone());
                prop_assert!(document.current() == fresh.current());
                prop_assert!(**document.current() == document.below(stack.len()));
                prop_assert!(*document.below_later(index).image() == document.below(index));
            }
        }
    }

    #[test]
    fn disabling_the_lowest_step_touches_only_its_own_pixels() {
        let mut document = Document::new(base());
        let low = Bounds::new(0, 0, 6, 6);
        let mut stack = vec![step(1, low, 5, true), step(2, Bounds::new(3, 3, 9, 9), 6, true)];
        document.set_steps(stack.clone());
        stack[0].enabled = false;
        assert_eq!(document.set_steps(stack), low);
        assert!(**document.current() == document.below(2));
    }

    #[test]
    fn the_base_stays_as_it_was_opened() {
        let mut document = Document::new(base());
        document.set_steps(vec![step(1, Bounds::new(0, 0, 9, 9), 5, true)]);
        assert_eq!(document.base(), &base());
        assert_ne!(document.current(), &base());
        document.set_steps(Vec::new());
        assert_eq!(document.current(), &base());
    }
}
