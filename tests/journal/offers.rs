//! The offer to go on, in the real window.

use super::support::Studio;
use super::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tie_studio::app::SettingsStore;
use tie_studio::session::Settings;

/// Leaves work behind: two steps, one with a stroke.
fn leave_work(desk: &Desk) {
    let mut window = Window::planned(desk);
    window.stroke((18.0, 28.0), (46.0, 56.0));
    window.rest();
    drop(window.kill());
}

fn start(desk: &Desk, photo: Option<PathBuf>) -> Studio {
    let settings = SettingsStore::without_file(Settings::default());
    let mut studio = Studio::start_with_journal(settings, JournalStore::open(Some(desk.journals())), photo);
    studio.wait_until("nothing is worked on", Session::is_idle);
    for _ in 0..200 {
        if studio.has("where you left off") {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
        studio.harness.run_steps(1);
    }
    studio.harness.run_steps(3);
    studio
}

fn close(mut studio: Studio) {
    eframe::App::on_exit(studio.harness.state_mut());
}

#[test]
fn the_welcome_page_offers_what_was_left_behind() {
    let desk = Desk::new();
    leave_work(&desk);
    let mut studio = start(&desk, None);
    assert!(studio.has("Continue where you left off with scene.png"));
    assert!(studio.has("2 steps"));
    studio.click("Restore scene.png");
    studio.wait_until("the work is there", |session| session.cards().len() == 2);
    studio.wait_until_idle();
    assert!(studio.session().has_unsaved_work(), "the title has its star");
    assert!(!studio.has("where you left off"), "what was restored is not offered any more");
    close(studio);
    // Nobody said that the work may go.
    let found = files::leftovers(&desk.journals());
    assert_eq!(found.iter().map(|left| left.steps).collect::<Vec<_>>(), [2]);
}

#[test]
fn over_a_photograph_the_offer_stands_in_a_corner_and_discarding_asks_twice() {
    let desk = Desk::new();
    leave_work(&desk);
    let folder = desk.journal();
    let mut studio = start(&desk, Some(desk.photo()));
    assert!(studio.session().photo().is_some() && studio.has("where you left off"));
    studio.click("Discard scene.png");
    assert!(folder.exists() && studio.has("where you left off"), "once is not enough");
    studio.click("Discard scene.png permanently");
    studio.harness.run_steps(2);
    assert!(!studio.has("where you left off"));
    studio.wait_until("it is gone", |_| !folder.exists());
}

#[test]
fn later_keeps_it_for_the_next_start() {
    let desk = Desk::new();
    leave_work(&desk);
    let mut studio = start(&desk, Some(desk.photo()));
    studio.click("Later");
    studio.harness.run_steps(1);
    assert!(!studio.has("where you left off"));
    close(studio);
    assert!(start(&desk, None).has("where you left off"));
}

#[test]
fn a_window_that_panics_leaves_its_newest_work_at_once() {
    let desk = Desk::new();
    let mut studio = start(&desk, Some(desk.photo()));
    studio.click_containing("  Step");
    studio.click("Remove");
    studio.paint(&[(40.0, 40.0), (60.0, 50.0)]);
    let mask = studio.card(0).mask.as_ref().unwrap().result.clone();
    let ended = catch_unwind(AssertUnwindSafe(move || {
        let _window = studio;
        panic!("as egui does on a lost graphics card");
    }));
    assert!(ended.is_err());
    let mut again = start(&desk, None);
    again.click("Restore scene.png");
    again.wait_until("the work is there again", |session| session.cards().len() == 1);
    assert_eq!(*again.card(0).mask.as_ref().unwrap().result, *mask);
}
