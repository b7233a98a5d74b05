//! The settings window and its pages.

mod models;
mod shortcuts;
pub mod window;
