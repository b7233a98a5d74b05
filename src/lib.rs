//! Tie Studio edits a photograph by an instruction that asks for several things at once.
//!
//! It implements TIE (text-based image editing with a chain of thought, arXiv 2405.16803) with a person in the loop:
//! decompose → localise → describe → mask → inpaint, every intermediate result visible, editable and approved.
//!
//! The networks are the crate `tie-nets`. Here a folder is a layer, and dependencies go one way (`tests/source/architecture.rs`
//! checks it): `domain ← store, files ← engine ← gpu, worker ← session ← ui ← app ← main`; `cli` stands beside `worker`.

pub mod app;
pub mod cli;
pub mod files;
pub mod gpu;
mod phase_text;
pub mod session;
mod text;
pub mod ui;
pub mod worker;
