//! What can be read off the source without running it.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a test failure")]

mod architecture;
mod shaders;
