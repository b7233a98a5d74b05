//! Planners: an instruction becomes a list of sub-tasks.

pub mod rules;

use super::{EngineError, JobCx};
use crate::domain::{Plan, Raster};

/// What a planner is given.
#[derive(Clone, Copy)]
pub struct PlanRequest<'a> {
    pub instruction: &'a str,
    /// The photograph, for planners that look at it.
    pub image: Option<&'a Raster>,
}

/// Decomposes an instruction.
pub trait Planner: Send + Sync {
    /// The name in plans, reports and arguments.
    fn name(&self) -> &'static str;

    /// A plan that passes [`Plan::validate`].
    ///
    /// # Errors
    /// [`EngineError::Unsuitable`] if the text holds no request that could be understood.
    fn plan(&self, request: PlanRequest<'_>, cx: &JobCx<'_>) -> Result<Plan, EngineError>;
}
