//! What a disk, another program or a write that was broken off can do to a journal.

use super::*;

#[test]
fn a_write_that_was_broken_off_leaves_the_state_before() {
    let desk = Desk::new();
    let mut window = Window::planned(&desk);
    window.run(0);
    window.rest();
    let (journal, record) = (desk.journal(), fs::read(desk.journal().join("record.json")).unwrap());
    window.stroke((18.0, 28.0), (46.0, 56.0));
    window.rest();
    let stroked = fs::read(journal.join("record.json")).unwrap();
    assert_ne!(stroked, record);
    window.apply(Command::Undo);
    window.rest();
    let before = window.kill();
    // As if the end had come while the next record was on its way: its images and temporary files are there, it is not.
    for name in ["pixels/00000000000000000000000000000000.png", ".tie-studio-Ab12.tmp", "pixels/.tie-studio-x.tmp"] {
        fs::write(journal.join(name), &stroked[..stroked.len() / 2]).unwrap();
    }
    let mut window = desk.restored();
    assert_same(&window.session, &before);
    window.rest();
    let files = folders_in(&journal).into_iter().chain(folders_in(&journal.join("pixels")));
    let names: Vec<String> = files.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert!(!names.iter().any(|name| name.starts_with("0000000") || name.contains(".tmp")), "{names:?}");
}

#[test]
fn a_broken_record_is_one_sentence_and_stays_where_it_is() {
    for (damage, says) in [
        (|text: &str| text[..text.len() / 2].to_owned(), "cannot be read"),
        (|_: &str| String::new(), "cannot be read"),
        (|text: &str| text.replacen("\"version\":3", "\"version\":7", 1), "version 7"),
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
