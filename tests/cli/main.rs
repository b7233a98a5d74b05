//! The command line as a person or a script uses it: the built program on real files, every exit code, one sentence each.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code: a failure is a test failure, and a broken file only a test's"
)]

mod commands;
mod desk;
mod edit;
mod engines;
mod eval;
mod models;
mod refusals;
mod stories;
mod unsure;
