//! Where a step's thing goes: as its words say, until the person puts it somewhere.

use super::Session;
use tie_core::{EditOp, Method, Offset, Placement, Recipe, StepId};
use tie_engine::inpainter::clone::Placed;

impl Session {
    /// Where the step's thing goes, or one sentence why its words do not say; `None` for a step that moves nothing, and until
    /// its mask has been measured.
    pub fn placed(&self, id: StepId) -> Option<Result<Placed, &str>> {
        let recipe = self.card(id)?.recipe.as_ref().filter(|recipe| recipe.places())?;
        if let Some(placement) = recipe.placement() {
            return Some(Ok(Placed { placement: placement.clone(), shortened: false }));
        }
        Some(self.measures(id)?.placed.as_ref()?.as_ref().cloned().map_err(String::as_str))
    }

    /// The placement to start from when the person starts to move the thing: where it is known to go, else where it is.
    pub fn placement_in_hand(&self, id: StepId) -> Option<Placement> {
        let keeps_original = self.card(id)?.task.done_as() != EditOp::Move;
        let here = || Placement { keeps_original, ..Placement::moved(Offset::default()) };
        Some(self.placed(id)?.map_or_else(|_| here(), |placed| placed.placement))
    }

    /// The recipe with another placement, brought back into the image; `None` if the step moves nothing.
    pub fn with_placement(&self, id: StepId, placement: &Placement) -> Option<Recipe> {
        let recipe = self.card(id)?.recipe.clone().filter(Recipe::places)?;
        let (thing, image) = (self.measures(id)?.bounds, self.extent()?);
        let inside = |offset: &_| placement.inside(thing, *offset, image);
        let offsets = placement.offsets.iter().map(inside).collect();
        let method = Method::Clone(Some(Placement { offsets, ..placement.clone() }));
        Some(Recipe { method, ..recipe })
    }
}
