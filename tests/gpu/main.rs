//! What the graphics card does: drawing the canvas, and filling.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a test failure")]

mod canvas;
mod fill;

#[path = "../support/stage.rs"]
mod stage;
