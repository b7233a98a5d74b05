//! How a command ends, and the one sentence that says why.

use super::INTERRUPTED;
use super::progress::Console;
use crate::files::FileError;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tie_engine::{EngineError, UnknownEngine};

/// The outcome of a command that wrote its results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// Something was skipped or is uncertain; each such thing has been named.
    InPart,
}

/// Why a command ended without a result: one sentence of what, why and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The arguments or the files they name cannot be used.
    Usage(String),
    /// An engine broke.
    Engine(String),
    Interrupted,
}

impl Failure {
    pub(super) const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Engine(_) => 4,
            Self::Interrupted => INTERRUPTED,
        }
    }

    /// Writes the sentence to standard error.
    pub(super) fn tell(&self, console: &Console) {
        match self {
            Self::Usage(sentence) | Self::Engine(sentence) => console.line(&format!("error: {}", one_line(sentence))),
            Self::Interrupted => console.line("interrupted: the result was not written."),
        }
    }
}

/// A sentence on one line with a full stop, whatever an engine or the system made of it.
pub(super) fn one_line(sentence: &str) -> String {
    let mut line = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
    if !line.ends_with(['.', '!', '?']) {
        line.push('.');
    }
    line
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Cancelled => Self::Interrupted,
            EngineError::Unsuitable(sentence) => Self::Usage(sentence),
            EngineError::NoRoom(sentence) | EngineError::NeedsModel(sentence) | EngineError::Failed(sentence) => {
                Self::Engine(sentence)
            }
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<UnknownEngine> for Failure {
    fn from(error: UnknownEngine) -> Self {
        Self::Usage(error.to_string())
    }
}

/// Calls an engine; a panic in it becomes its failure.
pub(super) fn guarded<T>(engine: &str, call: impl FnOnce() -> Result<T, EngineError>) -> Result<T, EngineError> {
    // Unwind safe: engines keep no state between calls, and their inputs are not used after a failure.
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        let why = panic_text(&*panic).map(|text| format!(" ({text})")).unwrap_or_default();
        Err(EngineError::Failed(format!("The {engine} crashed{why}. Nothing was overwritten. Please report this.")))
    })
}

fn panic_text(panic: &(dyn Any + Send)) -> Option<&str> {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_failure_has_its_own_exit_code() {
        let code = |error: EngineError| Failure::from(error).exit_code();
        assert_eq!(code(EngineError::Unsuitable(String::new())), 2);
        assert_eq!(code(EngineError::Failed(String::new())), 4);
        assert_eq!(code(EngineError::Cancelled), 130);
    }

    #[test]
    fn a_panic_in_an_engine_is_a_failure_with_its_words_on_one_line() {
        let answer: Result<(), _> = guarded("engine", || panic!("out of\n  luck"));
        let Err(EngineError::Failed(sentence)) = answer else { panic!("{answer:?}") };
        assert_eq!(
            one_line(&sentence),
            "The engine crashed (out of luck). Nothing was overwritten. Please report this."
        );
    }
}
