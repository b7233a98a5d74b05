//! Where an engine that copies may take its pixels from.

use super::{Bounds, Mask, StepId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Masks of the image's size that say where pixels may be copied from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sources {
    /// Pixels are copied only from where this is at least half selected; `None` for everywhere.
    pub only: Option<Arc<Mask>>,
    /// No pixel is copied from where this has any coverage; it overrides `only`. `None` for no such place.
    pub avoid: Option<Arc<Mask>>,
}

impl Sources {
    /// The rectangle around everything in `only`, in image pixels; empty without it.
    pub fn bounds(&self) -> Bounds {
        self.only.as_ref().map_or(Bounds::EMPTY, |only| only.bounds())
    }

    /// The pixels of `part` that must not be copied, by both masks; `None` if there are no masks.
    pub fn forbidden(&self, part: Bounds) -> Option<Mask> {
        let only = self.only.as_ref().map(|only| {
            let mut outside = only.crop(part);
            outside.coverage_mut().iter_mut().for_each(|c| *c = if *c < 128 { 255 } else { 0 });
            outside
        });
        let avoid = self.avoid.as_ref().map(|avoid| avoid.crop(part));
        match (only, avoid) {
            (Some(mut forbidden), Some(avoid)) => {
                forbidden.union(&avoid);
                Some(forbidden)
            }
            (only, avoid) => only.or(avoid),
        }
    }
}

/// How a step may copy from where another step's mask is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyRule {
    /// Copies nothing from there.
    Avoid,
    /// Copies only from there, and from other masks with this rule.
    Only,
}

/// A person's rules about where a step copies from; at most one for each other step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyRules(Vec<(StepId, CopyRule)>);

impl CopyRules {
    /// The rule for this step's mask; `None` if there is none.
    pub fn of(&self, step: StepId) -> Option<CopyRule> {
        self.0.iter().find(|(other, _)| *other == step).map(|(_, rule)| *rule)
    }

    /// Whether there are no rules.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets the rule for a step's mask; `None` removes it.
    pub fn set(&mut self, step: StepId, rule: Option<CopyRule>) {
        self.0.retain(|(other, _)| *other != step);
        self.0.extend(rule.map(|rule| (step, rule)));
    }

    /// Gives the parts of a step that was split the rule of the whole.
    pub fn split(&mut self, step: StepId, parts: &[StepId]) {
        if let Some(rule) = self.of(step) {
            self.0.extend(parts.iter().map(|part| (*part, rule)));
        }
    }

    /// Passes the rule for `step` on to `into`, the step it was merged into, unless that has one of its own.
    pub fn merge(&mut self, step: StepId, into: StepId) {
        let rule = self.of(into).or(self.of(step));
        self.set(step, None);
        self.set(into, rule);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Extent;

    #[test]
    fn what_is_forbidden_is_what_is_avoided_and_all_that_is_not_among_the_only_sources() {
        let row = |coverage: [u8; 5]| Some(Arc::new(Mask::new(Extent::new(5, 1), coverage.to_vec()).unwrap()));
        let part = Bounds::new(1, 0, 4, 1);
        let forbidden = |only, avoid| Sources { only, avoid }.forbidden(part).map(|mask| mask.coverage().to_vec());
        assert_eq!(forbidden(None, None), None);
        assert_eq!(forbidden(None, row([9, 0, 1, 0, 255])), Some(vec![0, 1, 0, 255]));
        assert_eq!(forbidden(row([0, 127, 128, 255, 0]), None), Some(vec![255, 0, 0, 255]));
        assert_eq!(forbidden(row([0, 0, 255, 255, 0]), row([0, 0, 0, 7, 0])), Some(vec![255, 0, 7, 255]));
    }

    #[test]
    fn rules_follow_steps_that_are_split_and_merged() {
        let [a, b, c] = [1, 2, 3].map(StepId);
        let mut rules = CopyRules::default();
        rules.set(a, Some(CopyRule::Avoid));
        rules.set(a, Some(CopyRule::Only));
        rules.split(a, &[b, c]);
        assert_eq!([a, b, c].map(|step| rules.of(step)), [Some(CopyRule::Only); 3]);
        rules.merge(c, b);
        rules.set(b, Some(CopyRule::Avoid));
        rules.merge(b, a);
        assert_eq!([a, b, c].map(|step| rules.of(step)), [Some(CopyRule::Only), None, None]);
        rules.set(a, None);
        assert!(rules.is_empty());
    }
}
