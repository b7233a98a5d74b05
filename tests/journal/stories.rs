//! A session that is killed comes back as it was.

use super::*;
use proptest::prelude::*;

#[test]
fn a_session_that_is_killed_comes_back_as_it_was() {
    let desk = Desk::new();
    let mut window = Window::planned(&desk);
    window.stroke((18.0, 28.0), (46.0, 56.0));
    window.run(0);
    window.apply(Command::ToggleFavourite(window.step(0), 1));
    window.apply(Command::ChooseCandidate(window.step(0), 1));
    window.apply(Command::Approve(window.step(0)));
    window.apply(Command::NewSeed(window.step(0)));
    window.finish_jobs();
    // The second step is half done: corrected, run, not approved, and the instruction has gone on.
    window.apply(Command::Select(window.step(1)));
    window.stroke((80.0, 40.0), (90.0, 70.0));
    window.run(1);
    window.apply(Command::SetInstruction("and a hat for the dog – “größer”".to_owned()));
    window.rest();
    let old = window.kill();

    let mut window = desk.restored();
    assert_same(&window.session, &old);
    assert!(window.session.has_unsaved_work(), "the title has its star");
    assert_eq!(window.session.notice(), Some(&Notice::Success("Restored scene.png as it was".to_owned())));
    assert_eq!(window.session.undo_label(), None);

    // It goes on in the same journal, without writing any pixels again.
    window.rest();
    assert_eq!(window.journal.last_written().map(|written| written.images), Some(0));
    assert_eq!(window.journal.folder(), Some(desk.journal().as_path()));
    window.apply(Command::Approve(window.step(1)));
    window.apply(Command::AddStep(tie_core::SubTask::new(1, tie_core::EditOp::Remove, "dog")));
    window.finish_jobs();
    let ids: std::collections::BTreeSet<_> = window.session.cards().iter().map(|card| card.id).collect();
    assert_eq!(ids.len(), 3, "new steps get new numbers");
    window.rest();
    let old = window.kill();
    assert_same(&desk.restored().session, &old);
}

#[test]
fn words_alone_are_kept_and_a_photograph_alone_is_not() {
    let desk = Desk::new();
    let mut window = Window::with_scene(&desk);
    window.rest();
    assert!(folders_in(&desk.journals()).is_empty());
    window.apply(Command::SetInstruction("remove the".to_owned()));
    window.pass(Duration::from_millis(900));
    assert!(folders_in(&desk.journals()).is_empty(), "not at each letter");
    window.pass(Duration::from_millis(300));
    drop(window.kill());
    assert_eq!(desk.restored().session.instruction(), "remove the");
}

#[test]
fn changes_without_a_pause_are_kept_every_five_seconds() {
    let desk = Desk::new();
    let mut window = Window::with_scene(&desk);
    for letters in 1..60 {
        window.apply(Command::SetInstruction("x".repeat(letters)));
        window.pass(Duration::from_millis(100));
        let is_written = window.journal.folder().is_some();
        assert!((letters > 48 || !is_written) && (letters < 52 || is_written), "after {letters} letters");
    }
}

#[test]
fn nothing_is_written_while_a_stroke_is_drawn() {
    let desk = Desk::new();
    let mut window = Window::planned(&desk);
    window.rest();
    let record = fs::read(desk.journal().join("record.json")).unwrap();
    window.begin_stroke((18.0, 28.0));
    for x in 20..40 {
        window.apply(Command::StrokeTo { at: Point::new(x as f32, 40.0), pressure: 1.0 });
        window.pass(Duration::from_millis(500));
    }
    assert_eq!(fs::read(desk.journal().join("record.json")).unwrap(), record);
    window.apply(Command::StrokeEnd);
    window.rest();
    let old = window.kill();
    assert_same(&desk.restored().session, &old);
}

#[test]
fn after_a_stroke_only_the_one_mask_is_written() {
    let desk = Desk::new();
    let mut window = Window::planned(&desk);
    window.run(0);
    window.run(1);
    window.rest();
    let first = window.journal.last_written().unwrap();
    window.apply(Command::Select(window.step(0)));
    window.stroke((18.0, 28.0), (46.0, 56.0));
    window.rest();
    let second = window.journal.last_written().unwrap();
    assert!(first.images >= 6, "two masks, candidates and where they show: {first:?}");
    assert_eq!(second.images, 1, "{second:?}");
    assert!(second.image_bytes * 4 < first.image_bytes, "{second:?} after {first:?}");
    // Going back to what is there already writes no pixels, and what nobody needs any more is gone.
    window.apply(Command::Undo);
    window.rest();
    assert_eq!(window.journal.last_written().unwrap().images, 0);
    window.apply(Command::DismissNotice);
    window.apply(Command::Select(window.step(0)));
    window.rest();
    assert_eq!(window.journal.last_written(), Some(Written::default()), "an equal record is not written");
    assert_eq!(fs::read_dir(desk.journal().join("pixels")).unwrap().count(), first.images);
}

#[test]
fn saving_over_the_photograph_does_not_lose_what_the_steps_were_made_on() {
    let desk = Desk::new();
    let mut window = Window::planned(&desk);
    window.run(0);
    window.apply(Command::Approve(window.step(0)));
    window.rest();
    // Some file systems tell the time in steps of seconds, but the size differs as well.
    window.apply(Command::SaveTo(desk.photo()));
    window.finish_jobs();
    assert!(!window.session.has_unsaved_work());
    window.stroke((80.0, 40.0), (90.0, 70.0));
    window.rest();
    let old = window.kill();
    let restored = desk.restored();
    assert_same(&restored.session, &old);
    assert!(restored.session.photo().unwrap().document.base() == old.photo().unwrap().document.base());
}

#[test]
fn a_pasted_photograph_is_kept_with_the_work() {
    let desk = Desk::new();
    let mut window = Window::start(&desk);
    let pasted = Raster::from_fn(Extent::new(40, 30), |x, y| [x as u8, y as u8, 7, (x * 6) as u8]);
    window.apply(Command::OpenPasted(Arc::new(pasted.clone())));
    window.apply(Command::SetInstruction("remove the spot".to_owned()));
    window.rest();
    drop(window.kill());
    let mut window = Window::start(&desk);
    let found = window.leftovers();
    assert_eq!(found[0].name, "Pasted image.png");
    window.restore(&found[0].folder);
    assert!(**image(&window.session) == pasted, "{:?}", window.session.notice());
    window.rest();
    drop(window.kill());
    let mut window = Window::start(&desk);
    let found = window.leftovers();
    window.restore(&found[0].folder);
    assert!(**image(&window.session) == pasted, "a second time as well");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn whatever_was_done_comes_back(gestures in proptest::collection::vec((0_usize..10, 0_usize..2, 0.0_f32..99.0), 1..14)) {
        let desk = Desk::new();
        let mut window = Window::planned(&desk);
        for (gesture, step, at) in gestures {
            let Some(id) = window.session.cards().get(step).map(|card| card.id) else { continue };
            match gesture {
                0 => window.apply(Command::Undo),
                1 => window.apply(Command::Redo),
                2 => window.apply(Command::Approve(id)),
                3 => window.apply(Command::Skip(id)),
                4 => window.apply(Command::Reopen(id)),
                5 => window.apply(Command::Mask(id, MaskOp::Grow(at / 20.0))),
                6 => window.apply(Command::SetEnabled(id, at > 50.0)),
                7 => window.apply(Command::Run(id)),
                8 => window.apply(Command::DuplicateStep(id)),
                _ => {
                    window.apply(Command::Select(id));
                    window.stroke((at, 20.0), (30.0, at));
                }
            }
            window.finish_jobs();
            if at > 70.0 {
                window.rest();
            }
        }
        window.rest();
        let old = window.kill();
        assert_same(&desk.restored().session, &old);
    }
}
