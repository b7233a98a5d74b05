//! What small trained networks see in a photograph: things, people, faces and text.
//!
//! The networks are part of the program ([`networks`]), so that nothing has to be downloaded to find things by their names.

mod boxes;
mod classes;
mod networks;
mod pixels;
mod things;

pub use boxes::Rect;
pub use classes::{CLASSES, Class};
pub use things::Thing;
