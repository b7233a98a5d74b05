//! The networks against files: the tensors that real checkpoints have, damaged weights, and Llama in fewer bits. What they
//! compute is compared with the reference implementations in the application's `tests/parity`.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a test failure")]

mod checkpoints;
mod llama;
mod manifests;

use std::path::{Path, PathBuf};

/// A file or folder of the small models that the application's tests use as well.
fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference").join(name)
}
