//! Work on the models of the store.

use super::job::{FoundModel, ModelJob};
use std::path::PathBuf;
use tie_engine::{Amount, EngineError, JobCx, Phase, Registry, Report};
use tie_store::{Checked, Hub, PullProgress, StoreError, model, models};

/// What is installed of each model of the catalogue, in these folders and where the store always looks.
pub(super) fn look(registry: &Registry, folders: &[PathBuf]) -> Vec<FoundModel> {
    let Some(store) = registry.store() else { return Vec::new() };
    store.choose(folders);
    let look = |model| FoundModel { model, found: store.find_model(model), cached: store.cached_bytes(model) };
    models().iter().map(look).collect()
}

/// Runs the job; returns the state of each file if it was requested.
pub(super) fn work(registry: &Registry, id: &str, what: ModelJob, cx: &JobCx<'_>) -> Result<Vec<Checked>, EngineError> {
    let Some(store) = registry.store() else {
        return Err(EngineError::Unsuitable("There is no model store.".to_owned()));
    };
    let model = model(id).ok_or_else(|| failed(StoreError::Unknown(id.to_owned())))?;
    let say = |phase, done, of| {
        cx.amount(phase, Amount::Bytes { done, of });
        !cx.is_cancelled()
    };
    match what {
        ModelJob::Pull { offline, proxy } => {
            let hub = Hub::from_env(store.kept_token()).offline(offline).with_proxy(&proxy).map_err(failed)?;
            let mut troubled = None;
            let mut watch = |PullProgress { done, of, trouble, .. }| {
                let is_new = trouble != troubled;
                troubled.clone_from(&trouble);
                match trouble {
                    None => say(Phase::Downloading, done, of),
                    Some(sentence) => {
                        if is_new {
                            cx.report(Report::Note(sentence));
                        }
                        !cx.is_cancelled()
                    }
                }
            };
            store.pull(model, &hub, &mut watch).map_err(failed)?;
            Ok(Vec::new())
        }
        ModelJob::Verify => {
            let (all, _) = model.bytes();
            store.verify(model, &mut |read| say(Phase::Verifying, read, all.max(read))).map_err(failed)
        }
        ModelJob::Remove => {
            store.remove(model).map_err(failed)?;
            Ok(Vec::new())
        }
    }
}

fn failed(error: StoreError) -> EngineError {
    match error {
        StoreError::Cancelled => EngineError::Cancelled,
        other => EngineError::Failed(other.to_string()),
    }
}
