//! The real window, with real workers and a software-rendered canvas.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a test failure")]

mod hand;
mod picture;
mod settings;
mod story;
#[path = "../support/mod.rs"]
mod support;
mod tools;
