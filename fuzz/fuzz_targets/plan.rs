//! Any text: the rules either give a plan that keeps what planners promise, or say in a sentence why not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tie_engine::planner::{self, PlanRequest, Planner, rules::Rules};
use tie_engine::{EngineError, JobCx};

fuzz_target!(|instruction: &str| {
    match Rules.plan(PlanRequest { instruction, image: None }, &JobCx::silent()) {
        Ok(plan) => assert_eq!(planner::check(&plan), Ok(()), "{}", plan.to_json()),
        Err(EngineError::Unsuitable(sentence)) => assert!(sentence.ends_with('.'), "{sentence}"),
        Err(error) => panic!("{error}"),
    }
});
