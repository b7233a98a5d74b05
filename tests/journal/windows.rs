//! When a journal goes, and whose it is.

use super::*;

#[test]
fn a_clean_end_leaves_nothing_behind() {
    let desk = Desk::new();
    // Saved and closed; not saved, and that was meant; and a window that never had work.
    let mut saved = Window::planned(&desk);
    saved.run(0);
    saved.apply(Command::Approve(saved.step(0)));
    saved.rest();
    assert_eq!(folders_in(&desk.journals()).len(), 1);
    saved.apply(Command::SaveTo(desk.folder.path().join("out.png")));
    saved.finish_jobs();
    saved.apply(Command::Close);
    assert!(saved.closed);
    saved.close();
    assert!(folders_in(&desk.journals()).is_empty());

    let mut discarded = Window::planned(&desk);
    discarded.stroke((18.0, 28.0), (46.0, 56.0));
    discarded.rest();
    discarded.apply(Command::Close);
    assert!(!discarded.closed);
    discarded.apply(Command::Answer(Answer::Discard));
    discarded.close();
    assert!(folders_in(&desk.journals()).is_empty());
    assert!(Window::start(&desk).leftovers().is_empty());
}

#[test]
fn an_end_without_a_word_keeps_even_the_last_second() {
    let desk = Desk::new();
    let mut window = Window::planned(&desk);
    window.rest();
    window.stroke((18.0, 28.0), (46.0, 56.0));
    // The session of the desktop ends: the window is told, but nobody has answered for the work.
    window.journal.close(&window.session, false);
    let old = window.kill();
    assert_same(&desk.restored().session, &old);
}

#[test]
fn another_photograph_takes_the_place_of_the_discarded_work() {
    let desk = Desk::new();
    let mut window = Window::planned(&desk);
    window.stroke((18.0, 28.0), (46.0, 56.0));
    window.rest();
    let other = desk.folder.path().join("other.png");
    files::save_photo(&other, &Raster::filled(Extent::new(30, 20), [9, 9, 9, 255]), &Metadata::default()).unwrap();
    window.apply(Command::Open(other));
    window.rest();
    assert!(Journal::restore(&desk.journal()).is_err(), "as long as nobody has answered it is kept, and locked");
    window.apply(Command::Answer(Answer::Discard));
    window.finish_jobs();
    window.apply(Command::SetInstruction(String::new()));
    window.rest();
    for _ in 0..1000 {
        if !folders_in(&desk.journals()).is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    assert!(folders_in(&desk.journals()).is_empty(), "there is no work in the other photograph");
}

#[test]
fn two_windows_do_not_touch_each_others_journals() {
    let desk = Desk::new();
    let mut one = Window::planned(&desk);
    one.rest();
    let mut two = Window::planned(&desk);
    assert!(two.leftovers().is_empty(), "the first window lives");
    two.rest();
    assert_eq!(folders_in(&desk.journals()).len(), 2);
    let folder = one.journal.folder().unwrap().to_owned();
    files::discard_leftover(&folder);
    two.restore(&folder);
    assert!(matches!(two.session.notice(), Some(Notice::Error(text)) if text.contains("another window")));
    let old = one.kill();
    assert_same(&desk.restored().session, &old);
    assert_eq!(folders_in(&desk.journals()).len(), 2);
}

#[test]
fn restoring_over_unsaved_work_asks_first_and_removes_its_journal_afterwards() {
    let desk = Desk::new();
    let mut window = Window::planned(&desk);
    window.rest();
    let old = window.kill();
    let mut window = Window::planned(&desk);
    let found = window.leftovers();
    window.stroke((80.0, 40.0), (90.0, 70.0));
    window.rest();
    assert_eq!(folders_in(&desk.journals()).len(), 2);
    window.restore(&found[0].folder);
    assert!(window.session.pending().is_some() && window.session.cards()[0].mask.as_ref().unwrap().is_edited());
    window.apply(Command::Answer(Answer::Discard));
    window.finish_jobs();
    assert_same(&window.session, &old);
    window.rest();
    assert_eq!(window.journal.folder(), Some(found[0].folder.as_path()));
    for _ in 0..1000 {
        if folders_in(&desk.journals()).len() > 1 {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    assert_eq!(folders_in(&desk.journals()), [found[0].folder.clone()]);
}
