//! Nothing is lost: sessions that end without being closed, and what the next one finds.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a test failure")]

use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tie_studio::app::JournalStore;
use tie_studio::domain::{Bounds, Brush, Extent, Leftover, Point, Raster, StepId, StrokeMode};
use tie_studio::engine::Registry;
use tie_studio::files::{self, Journal, JournalError, Metadata, Written};
use tie_studio::session::{Answer, Command, Effect, MaskOp, Notice, Session, StepState};
use tie_studio::worker::Worker;

/// A window without the window: session, workers, journal, and a clock that the test moves.
struct Window {
    session: Session,
    worker: Worker,
    journal: JournalStore,
    now: Instant,
    closed: bool,
}

impl Window {
    fn start(desk: &Desk) -> Self {
        let registry = Registry::embedded();
        Self {
            session: Session::new(registry.clone()),
            worker: Worker::spawn(&registry, || {}).unwrap(),
            journal: JournalStore::open(Some(desk.journals())),
            now: Instant::now(),
            closed: false,
        }
    }

    fn with_scene(desk: &Desk) -> Self {
        let mut window = Self::start(desk);
        window.apply(Command::Open(desk.photo()));
        window.finish_jobs();
        assert!(window.session.photo().is_some(), "{:?}", window.session.notice());
        window
    }

    fn planned(desk: &Desk) -> Self {
        let mut window = Self::with_scene(desk);
        window.apply(Command::SetInstruction("remove the red square and turn the blue rectangle green".to_owned()));
        window.apply(Command::Plan);
        window.finish_jobs();
        assert_eq!(window.session.cards().len(), 2);
        window
    }

    fn apply(&mut self, command: Command) {
        let effects = self.session.apply(command);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Submit(id, job) => self.worker.submit(id, job),
                Effect::CancelJob(id) => self.worker.cancel(id),
                Effect::GoOnWithJournal(journal) => self.journal.go_on_with(*journal),
                Effect::Close => self.closed = true,
                _ => {}
            }
        }
    }

    fn finish_jobs(&mut self) {
        while !self.session.is_idle() {
            if let Some(event) = self.worker.wait(Duration::from_secs(20)) {
                let effects = self.session.on_event(event);
                self.carry_out(effects);
            }
        }
    }

    fn step(&self, index: usize) -> StepId {
        self.session.cards()[index].id
    }

    fn stroke(&mut self, from: (f32, f32), to: (f32, f32)) {
        self.begin_stroke(from);
        self.apply(Command::StrokeTo { at: Point::new(to.0, to.1), pressure: 1.0 });
        self.apply(Command::StrokeEnd);
    }

    fn begin_stroke(&mut self, (x, y): (f32, f32)) {
        let brush = Brush { size: 9.0, hardness: 0.5, ..Brush::default() };
        let (at, mode) = (Point::new(x, y), StrokeMode::Add);
        self.apply(Command::StrokeBegin { brush, mode, at, pressure: 1.0, line: false });
    }

    fn run(&mut self, index: usize) {
        self.apply(Command::Run(self.step(index)));
        self.finish_jobs();
        assert_eq!(self.session.cards()[index].state, StepState::Ready, "{:?}", self.session.notice());
    }

    /// Lets time pass as the window's frames do, and waits for what is written.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += Duration::from_millis(100);
            self.journal.keep(&self.session, self.now);
            while self.journal.is_writing() {
                std::thread::sleep(Duration::from_millis(1));
                self.journal.keep(&self.session, self.now);
            }
        }
    }

    fn rest(&mut self) {
        self.pass(Duration::from_millis(1500));
    }

    /// Ends as a kill signal would end it: nothing is said to anyone, and the system takes the lock back.
    fn kill(self) -> Session {
        self.session
    }

    fn close(mut self) {
        self.journal.close(&self.session, self.closed);
    }

    fn leftovers(&mut self) -> Vec<Leftover> {
        loop {
            if let Some(found) = self.journal.take_leftovers() {
                return found;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn restore(&mut self, folder: &Path) {
        self.apply(Command::Restore(folder.to_owned()));
        self.finish_jobs();
    }
}

/// A photograph and a place for journals.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        files::save_photo(&desk.photo(), &scene(), &Metadata::default()).unwrap();
        desk
    }

    fn photo(&self) -> PathBuf {
        self.folder.path().join("scene.png")
    }

    fn journals(&self) -> PathBuf {
        self.folder.path().join("state").join("journal")
    }

    /// The one journal that is there.
    fn journal(&self) -> PathBuf {
        let folders = folders_in(&self.journals());
        assert_eq!(folders.len(), 1, "{folders:?}");
        folders.into_iter().next().unwrap()
    }

    fn restored(&self) -> Window {
        let mut window = Window::start(self);
        let found = window.leftovers();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].name.as_str(), &found[0].problem), ("scene.png", &None));
        window.restore(&found[0].folder);
        window
    }
}

fn folders_in(root: &Path) -> Vec<PathBuf> {
    fs::read_dir(root).map_or_else(|_| Vec::new(), |entries| entries.map(|entry| entry.unwrap().path()).collect())
}

/// A red and a blue rectangle on a grey, grainy ground.
fn scene() -> Raster {
    let (red, blue) = (Bounds::new(20, 30, 24, 24), Bounds::new(80, 40, 30, 22));
    Raster::from_fn(Extent::new(140, 100), |x, y| {
        let grain = (x.wrapping_mul(7).wrapping_add(y.wrapping_mul(13)) ^ (x * y)) % 12;
        let at = |bounds: Bounds| bounds.contains(x as i32, y as i32);
        let colour: [u8; 3] = if at(red) {
            [205, 30, 35]
        } else if at(blue) {
            [30, 60, 200]
        } else {
            [150, 150, 145]
        };
        let [r, g, b] = colour.map(|channel| channel + grain as u8);
        [r, g, b, 255]
    })
}

fn image(session: &Session) -> &Arc<Raster> {
    session.photo().unwrap().document.current()
}

fn assert_same(restored: &Session, old: &Session) {
    let states = |session: &Session| session.cards().iter().map(|card| card.state.clone()).collect::<Vec<_>>();
    assert_eq!(states(restored), states(old));
    assert!(image(restored) == image(old), "the current image, byte for byte");
    assert_eq!(restored.instruction(), old.instruction());
    assert_eq!(restored.selected().map(|card| card.id), old.selected().map(|card| card.id));
    assert_eq!((restored.has_unsaved_work(), restored.needs_planning()), (old.has_unsaved_work(), old.needs_planning()));
    let favourites = |session: &Session| {
        let cards = session.cards().iter();
        cards.map(|card| (0..card.candidates.len()).map(|at| card.is_favourite(at)).collect()).collect::<Vec<Vec<_>>>()
    };
    assert_eq!(favourites(restored), favourites(old));
    // Masks, proposals, candidates and stack, byte for byte.
    assert!(restored.record() == old.record(), "the records differ");
}

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
    window.apply(Command::AddStep(tie_studio::domain::SubTask::new(1, tie_studio::domain::EditOp::Remove, "dog")));
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
    for letters in 0..60 {
        window.apply(Command::SetInstruction("x".repeat(letters)));
        window.pass(Duration::from_millis(100));
        let due = letters > 52;
        assert!(due || letters < 48 && window.journal.folder().is_none() || (48..=52).contains(&letters));
        assert!(!due || window.journal.folder().is_some(), "after {letters} letters");
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
    assert!(second.bytes * 4 < first.bytes, "{second:?} after {first:?}");
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
fn a_write_that_was_broken_off_leaves_the_state_before() {
    let desk = Desk::new();
    let mut window = Window::planned(&desk);
    window.run(0);
    window.rest();
    let (journal, record) = (desk.journal(), fs::read(desk.journal().join("record.json")).unwrap());
    let before = window.session.record();
    window.stroke((18.0, 28.0), (46.0, 56.0));
    window.rest();
    let stroked = fs::read(journal.join("record.json")).unwrap();
    assert_ne!(stroked, record);
    window.apply(Command::Undo);
    window.rest();
    drop(window.kill());
    // As if the end had come while the next record was on its way: its images and temporary files are there, it is not.
    for name in ["pixels/00000000000000000000000000000000.png", ".tie-studio-Ab12.tmp", "pixels/.tie-studio-x.tmp"] {
        fs::write(journal.join(name), &stroked[..stroked.len() / 2]).unwrap();
    }
    let mut window = desk.restored();
    assert!(window.session.record() == before);
    window.rest();
    let strays: Vec<_> = folders_in(&journal).into_iter().chain(folders_in(&journal.join("pixels"))).collect();
    assert!(!strays.iter().any(|path| path.to_string_lossy().contains("0000000")), "{strays:?}");
    assert!(!strays.iter().any(|path| path.to_string_lossy().contains(".tmp")), "{strays:?}");
}

#[test]
fn a_broken_record_is_one_sentence_and_stays_where_it_is() {
    for (damage, says) in [
        (|text: &str| text[..text.len() / 2].to_owned(), "cannot be read"),
        (|_: &str| String::new(), "cannot be read"),
        (|text: &str| text.replacen("\"version\":1", "\"version\":7", 1), "version 7"),
        (|text: &str| text.replacen("\"record\"", "\"recall\"", 1), "cannot be read"),
    ] as [(fn(&str) -> String, &str); 4]
    {
        let desk = Desk::new();
        let mut window = Window::planned(&desk);
        window.rest();
        drop(window.kill());
        let path = desk.journal().join("record.json");
        let damaged = damage(&fs::read_to_string(&path).unwrap());
        fs::write(&path, &damaged).unwrap();
        let mut window = Window::start(&desk);
        let found = window.leftovers();
        assert!(found[0].problem.as_ref().is_some_and(|problem| problem.contains(says)), "{found:?}");
        window.restore(&found[0].folder);
        assert!(matches!(window.session.notice(), Some(Notice::Error(text)) if text.contains(says)));
        assert!(window.session.photo().is_none());
        window.close();
        assert_eq!(fs::read_to_string(&path).unwrap(), damaged);
        files::discard_leftover(&found[0].folder);
        assert!(folders_in(&desk.journals()).is_empty());
    }
}

#[test]
fn a_damaged_image_costs_what_it_shows_and_nothing_else() {
    let desk = Desk::new();
    let mut window = Window::planned(&desk);
    window.run(0);
    window.apply(Command::Approve(window.step(0)));
    window.run(1);
    window.rest();
    let old = window.kill();
    let journal = desk.journal();
    let images = folders_in(&journal.join("pixels"));
    for damaged in &images {
        let whole = fs::read(damaged).unwrap();
        for broken in [None, Some(&whole[..whole.len() / 2]), Some(&b"no image"[..])] {
            match broken {
                Some(bytes) => fs::write(damaged, bytes).unwrap(),
                None => fs::remove_file(damaged).unwrap(),
            }
            let restored = Journal::restore(&journal).unwrap();
            assert!(restored.missing > 0, "{}", damaged.display());
            let mut session = Session::new(Registry::embedded());
            session.restore_record(restored.photo, restored.record);
            assert_eq!(session.cards().len(), old.cards().len());
            for card in session.cards() {
                assert!(card.state != StepState::Ready || card.candidate().is_some(), "{:?}", card.state);
                let in_stack = session.photo().unwrap().document.step(card.id).is_some();
                assert!(card.state != StepState::Approved || in_stack);
            }
        }
        fs::write(damaged, whole).unwrap();
    }
    assert_same(&desk.restored().session, &old);
}

#[test]
fn a_photograph_that_is_gone_or_another_is_one_sentence_and_nothing_is_touched() {
    let desk = Desk::new();
    let mut window = Window::planned(&desk);
    window.rest();
    let old = window.kill();
    let (photo, aside) = (desk.photo(), desk.folder.path().join("aside.png"));
    let journal = desk.journal();
    fs::rename(&photo, &aside).unwrap();
    let error = Journal::restore(&journal).unwrap_err();
    assert!(matches!(error, JournalError::Photo(_)) && error.to_string().contains("There is no file"), "{error}");
    files::save_photo(&photo, &Raster::filled(scene().extent(), [9; 4]), &Metadata::default()).unwrap();
    let error = Journal::restore(&journal).unwrap_err();
    assert!(matches!(error, JournalError::OtherPhoto { .. }), "{error}");
    files::save_photo(&photo, &Raster::filled(Extent::new(3, 3), [9; 4]), &Metadata::default()).unwrap();
    assert!(matches!(Journal::restore(&journal).unwrap_err(), JournalError::OtherPhoto { .. }));
    fs::rename(&aside, &photo).unwrap();
    assert_same(&desk.restored().session, &old);
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
    assert!(window.session.pending().is_some() && window.session.cards()[1].mask.as_ref().unwrap().is_edited());
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

#[test]
fn a_disk_that_takes_nothing_is_told_once_until_it_works_again() {
    let desk = Desk::new();
    fs::create_dir_all(desk.journals().parent().unwrap()).unwrap();
    fs::write(desk.journals(), "a file where the folder should be").unwrap();
    let mut window = Window::planned(&desk);
    window.rest();
    assert!(window.journal.take_sentence().is_some_and(|text| text.contains("not protected")));
    window.stroke((18.0, 28.0), (46.0, 56.0));
    window.rest();
    window.pass(Duration::from_secs(40));
    assert_eq!(window.journal.take_sentence(), None, "it was said");
    fs::remove_file(desk.journals()).unwrap();
    window.pass(Duration::from_secs(40));
    let folder = window.journal.folder().unwrap().to_owned();
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "in the way").unwrap();
    window.stroke((10.0, 8.0), (46.0, 56.0));
    window.rest();
    assert!(window.journal.take_sentence().is_some(), "it worked in between");
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
