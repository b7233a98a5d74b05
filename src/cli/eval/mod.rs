//! `tie-studio eval`: scores planners and locators on examples with known answers.

mod clicks;
mod distance;
mod mask_scores;
mod masks;
mod plan;
mod plan_score;

use super::args::EvalCommand;
use super::failure::{Failure, Outcome};
use super::progress::Console;
use tie_engine::{Cancel, Registry};

pub(super) fn eval(
    command: &EvalCommand,
    registry: &Registry,
    cancel: &Cancel,
    console: &Console,
) -> Result<Outcome, Failure> {
    match command {
        EvalCommand::Plan(args) => plan::eval_plan(args, registry, cancel, console),
        EvalCommand::Masks(args) => masks::eval_masks(args, registry, cancel, console),
    }
}
