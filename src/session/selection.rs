//! A selection in the making: the magic wand while it is held, and the smart select until it is accepted.

use super::Session;
use crate::text::tr;
use crate::worker::{Job, Slot};
use std::sync::{Arc, Mutex};
use tie_core::{Bounds, Click, Combine, Mask, MaskProposal, Point, StepId, Wand};

/// What a tool would select; shown over the mask until it is accepted or discarded.
pub struct Selection {
    pub step: StepId,
    pub how: Combine,
    pub tool: SelectTool,
    /// What was found, best first; of the last answer, while the next is awaited.
    pub proposals: Vec<MaskProposal>,
    pub chosen: usize,
    /// A job has not answered yet.
    pub waiting: bool,
    /// The tool was let go: the awaited answer is taken over as soon as it comes.
    accept_answer: bool,
}

/// The tool that selects.
pub enum SelectTool {
    Wand { wand: Arc<Mutex<Wand>>, at: Point, tolerance: u8 },
    Smart { clicks: Vec<Click>, bounds: Option<Bounds> },
}

impl Selection {
    /// What would be taken over.
    pub fn mask(&self) -> Option<&Arc<Mask>> {
        self.proposals.get(self.chosen).map(|proposal| &proposal.mask)
    }

    pub const fn is_wand(&self) -> bool {
        matches!(self.tool, SelectTool::Wand { .. })
    }
}

impl Session {
    /// What a tool would select.
    pub const fn selection(&self) -> Option<&Selection> {
        self.selection.as_ref()
    }

    pub(super) fn wand_begin(&mut self, at: Point, tolerance: u8, contiguous: bool, how: Combine) {
        self.selection_discard();
        let (Some(image), Some(step)) = (self.selected_ground(), self.selected) else {
            return;
        };
        let Some(wand) = Wand::new(image, at, contiguous) else {
            return;
        };
        let wand = Arc::new(Mutex::new(wand.with_mean_colour().with_soft_edge()));
        self.cancel_jobs_of(step);
        self.selection = Some(Selection {
            step,
            how,
            tool: SelectTool::Wand { wand, at, tolerance },
            proposals: Vec::new(),
            chosen: 0,
            waiting: false,
            accept_answer: false,
        });
        self.ask_selection();
    }

    pub(super) fn wand_to(&mut self, to: u8) {
        if let Some(Selection { tool: SelectTool::Wand { tolerance, .. }, .. }) = &mut self.selection
            && *tolerance != to
        {
            *tolerance = to;
            self.ask_selection();
        }
    }

    pub(super) fn wand_end(&mut self) {
        match &mut self.selection {
            Some(selection) if selection.is_wand() && selection.waiting => {
                selection.accept_answer = true;
            }
            Some(selection) if selection.is_wand() => self.selection_accept(),
            _ => {}
        }
    }

    /// Lets a model look at the photograph, if the smart select has one.
    pub(super) fn smart_prepare(&mut self) {
        let locator = self.registry.locator_by_pointing().filter(|engine| !engine.reads_words());
        let locator = locator.map(|engine| engine.name().to_owned());
        let (Some(locator), Some(image)) = (locator, self.selected_ground()) else {
            return;
        };
        self.submit(Job::Prepare { locator, image });
    }

    pub(super) fn smart_click(&mut self, at: Point, include: bool, reach: f32, how: Combine) {
        self.smart_begin(how);
        if let Some(Selection { tool: SelectTool::Smart { clicks, .. }, .. }) = &mut self.selection {
            if let Some(index) = clicks.iter().position(|click| click.at.distance(at) <= reach) {
                clicks.remove(index);
            } else {
                clicks.push(Click { at, include });
            }
            self.ask_selection();
        }
    }

    pub(super) fn smart_box(&mut self, drawn: Bounds, how: Combine) {
        self.smart_begin(how);
        let extent = self.extent();
        if let (Some(Selection { tool: SelectTool::Smart { bounds, .. }, .. }), Some(extent)) =
            (&mut self.selection, extent)
        {
            let drawn = drawn.clamp(extent);
            *bounds = (!drawn.is_empty()).then_some(drawn);
            self.ask_selection();
        }
    }

    /// Goes on with the smart selection of the selected step, or starts one.
    fn smart_begin(&mut self, how: Combine) {
        let Some(step) = self.selected else {
            return;
        };
        let goes_on = self.selection.as_ref().is_some_and(|selection| selection.step == step && !selection.is_wand());
        if !goes_on {
            self.selection_discard();
            self.cancel_jobs_of(step);
            self.selection = Some(Selection {
                step,
                how,
                tool: SelectTool::Smart { clicks: Vec::new(), bounds: None },
                proposals: Vec::new(),
                chosen: 0,
                waiting: false,
                accept_answer: false,
            });
        }
    }

    /// Asks for what the tool selects now; an older question is forgotten.
    fn ask_selection(&mut self) {
        let (Some(image), Some(selection)) = (self.selected_ground(), &mut self.selection) else {
            return;
        };
        let job = match &selection.tool {
            SelectTool::Wand { wand, tolerance, .. } => {
                Job::Wand { wand: Arc::clone(wand), extent: image.extent(), tolerance: *tolerance }
            }
            SelectTool::Smart { clicks, bounds } if clicks.is_empty() && bounds.is_none() => {
                return self.selection_discard();
            }
            SelectTool::Smart { clicks, bounds } => {
                let Some(locator) = self.registry.locator_by_pointing().map(|engine| engine.name().to_owned()) else {
                    return;
                };
                let op = self.cards.iter().find(|card| card.id == selection.step).map(|card| card.task.op());
                let Some(op) = op else {
                    return;
                };
                Job::Refine { locator, image, op, clicks: clicks.clone(), bounds: *bounds }
            }
        };
        selection.waiting = true;
        self.submit(job);
    }

    pub(super) fn take_selection(&mut self, proposals: Vec<MaskProposal>) {
        let Some(selection) = &mut self.selection else {
            return;
        };
        let before = selection.mask().map_or(Bounds::EMPTY, |mask| mask.bounds());
        selection.proposals = proposals;
        selection.chosen = 0;
        selection.waiting = false;
        let after = selection.mask().map_or(Bounds::EMPTY, |mask| mask.bounds());
        let accepts = selection.accept_answer;
        self.selection_shown(before.union(after));
        if accepts {
            self.selection_accept();
        }
    }

    pub(super) fn selection_failed(&mut self, sentence: String) {
        self.selection_discard();
        self.fail(sentence);
    }

    pub(super) fn selection_next(&mut self) {
        if let Some(selection) = self.selection.as_mut().filter(|selection| selection.proposals.len() > 1) {
            selection.chosen = (selection.chosen + 1) % selection.proposals.len();
            let all = selection.mask().map_or(Bounds::EMPTY, |mask| Bounds::from(mask.extent()));
            self.selection_shown(all);
        }
    }

    /// Takes what is selected over into the mask, as one undoable gesture.
    pub(super) fn selection_accept(&mut self) {
        let Some(selection) = self.selection.take() else {
            return;
        };
        self.cancel_where(|slot| slot == Slot::Select);
        if let Some(part) = selection.mask() {
            let label = if selection.is_wand() { tr!("done-wand") } else { tr!("done-smart") };
            let bounds = part.bounds();
            self.selection_shown(bounds);
            self.combine_mask(selection.step, label, &part.crop(bounds), bounds, selection.how);
        }
    }

    pub(super) fn selection_discard(&mut self) {
        let Some(selection) = self.selection.take() else {
            return;
        };
        if let Some(mask) = selection.mask() {
            self.selection_shown(mask.bounds());
        }
        self.cancel_where(|slot| slot == Slot::Select);
    }

    /// What the window shows of the selection has changed in `bounds`.
    fn selection_shown(&mut self, bounds: Bounds) {
        self.changes.selection = Some(self.changes.selection.unwrap_or(Bounds::EMPTY).union(bounds));
    }
}
