//! The engines as the program uses them: from files and registries to masks and pixels.

#![expect(clippy::panic, clippy::unwrap_used, reason = "test code: a failure is a test failure")]

mod clipseg;
mod diffusion;
mod eyes;
mod fidelity;
mod lisa;
mod segment;
mod worker;
