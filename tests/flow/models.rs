//! Models that are fetched while the editor goes on.

use super::*;
use tie_engine::{Amount, Phase, Progress};
use tie_nets::compute::Compute;
use tie_store::Store;

#[test]
fn a_download_that_is_tried_again_says_why_until_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(folder.path().to_owned());
    let mut session = Session::new(Registry::embedded().with_models(&store, Compute::processor));
    let id = "sd-inpaint";
    let effects = session.apply(Command::PullModel(id.to_owned()));
    let [Effect::Submit(job, Job::Model { .. })] = effects.as_slice() else { panic!("{effects:?}") };
    let trouble = |session: &Session| {
        let view = session.models().iter().find(|view| view.model.id == id).unwrap();
        view.trouble.clone()
    };
    let amount = Some(Amount::Bytes { done: 3, of: 9 });
    let progress = Progress { phase: Phase::Downloading, fraction: Some(0.3), amount };
    session.on_event(JobEvent::Started(*job));
    session.on_event(JobEvent::Progress(*job, progress));
    session.on_event(JobEvent::Note(*job, "The line was cut.".to_owned()));
    assert_eq!(trouble(&session).as_deref(), Some("Retrying: The line was cut."));
    assert!(session.notice().is_none(), "it may pass by itself");
    assert_eq!(session.model_progress(id), Some(Some(progress)), "how far it was is still shown");
    session.on_event(JobEvent::Progress(*job, progress));
    assert_eq!(trouble(&session), None);
}
