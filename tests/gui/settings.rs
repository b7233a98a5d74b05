//! What a person sets once: settings, shortcuts and recent files, in the real window.

use crate::support::Studio;
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Theme, vec2};
use egui_kittest::kittest::Queryable as _;
use std::path::{Path, PathBuf};
use tie_core::{Extent, Raster};
use tie_studio::app::SettingsStore;
use tie_studio::files::{self, Metadata};
use tie_studio::session::{Approval, Settings, ThemeChoice};
use tie_studio::ui::canvas::tool::Tool;
use tie_studio::ui::commands::actions::Action;

fn photo_in(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let image = Raster::from_fn(Extent::new(60, 40), |x, y| [x as u8 * 4, y as u8 * 4, 90, 255]);
    files::save_photo(&path, &image, &Metadata::default()).unwrap();
    path
}

/// A window with the settings file of this folder.
fn start_in(folder: &Path) -> Studio {
    let store = SettingsStore::open(Some(folder.join("settings.ron")));
    Studio::start_with(store, None, vec2(1280.0, 720.0), 1.0)
}

/// Closes the window as the system does.
fn close(mut studio: Studio) {
    eframe::App::on_exit(studio.harness.state_mut());
}

fn open_page(studio: &mut Studio, name: &str) {
    studio.press_ctrl(Key::Comma);
    studio.harness.get_by_role_and_label(Role::Button, name).click();
    studio.harness.run_steps(3);
}

fn choose(studio: &mut Studio, setting: &str, value: &str) {
    studio.harness.get_by_role_and_label(Role::ComboBox, setting).click();
    studio.harness.run_steps(3);
    studio.harness.get_by_label(value).click();
    studio.harness.run_steps(3);
}

fn own_keys(studio: &Studio, action: Action) -> Option<&Option<String>> {
    studio.session().settings().shortcuts.get(action.name())
}

#[test]
fn a_setting_counts_at_once_and_is_there_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut studio = start_in(folder.path());
    open_page(&mut studio, "General");
    choose(&mut studio, "Theme", "Light");
    assert_eq!(studio.harness.ctx.theme(), Theme::Light);
    choose(&mut studio, "Interface scale", "125 %");
    assert_eq!(studio.harness.ctx.zoom_factor(), 1.25);
    studio.press(Key::Escape);
    assert!(!studio.has("Interface scale"), "Escape closes the window");
    studio.press(Key::CloseBracket);
    close(studio);

    let studio = start_in(folder.path());
    assert_eq!((studio.harness.ctx.theme(), studio.harness.ctx.zoom_factor()), (Theme::Light, 1.25));
    assert_eq!(studio.session().settings().brush.size, 48.0, "the brush is in hand as it was left");
}

#[test]
fn a_change_is_written_after_a_second_of_quiet() {
    let folder = tempfile::tempdir().unwrap();
    let mut studio = start_in(folder.path());
    studio.press(Key::CloseBracket);
    let path = folder.path().join("settings.ron");
    assert!(!path.exists(), "not at each change");
    studio.wait_until("it is written", |_| path.exists());
    let written = SettingsStore::open(Some(path)).settings().brush.size;
    assert_eq!(written, 48.0);
}

#[test]
fn keys_that_another_action_has_are_taken_only_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let mut studio = start_in(folder.path());
    open_page(&mut studio, "Shortcuts");
    studio.harness.get_by_label_contains("Keys for Eraser").scroll_to_me();
    studio.harness.run_steps(4);
    studio.click_containing("Keys for Eraser");
    studio.press(Key::B);
    assert!(studio.has("B is already used by “Brush”"));
    studio.click("Cancel");
    assert!(studio.session().settings().shortcuts.is_empty());

    studio.click_containing("Keys for Eraser");
    studio.press(Key::Tab);
    assert!(studio.has("Press other keys"), "reserved keys are explained");
    studio.press(Key::B);
    studio.click_containing("Take it from");
    assert_eq!(own_keys(&studio, Action::EraserTool), Some(&Some("B".to_owned())));
    assert_eq!(own_keys(&studio, Action::BrushTool), Some(&None));
    studio.click("Close");
    studio.press(Key::E);
    assert_eq!(studio.harness.state().state().tool, Tool::Brush, "the old key does nothing");
    studio.press(Key::B);
    assert_eq!(studio.harness.state().state().tool, Tool::Eraser);
    close(studio);

    let mut studio = start_in(folder.path());
    studio.press(Key::B);
    assert_eq!(studio.harness.state().state().tool, Tool::Eraser, "also after a restart");
    open_page(&mut studio, "Shortcuts");
    studio.click("Reset this page");
    studio.click("Close");
    studio.press(Key::B);
    assert_eq!(studio.harness.state().state().tool, Tool::Brush);
}

#[test]
fn the_keys_of_one_action_are_changed_and_reset_without_touching_others() {
    let mut studio = Studio::start(None, vec2(1280.0, 720.0), Theme::Dark);
    open_page(&mut studio, "Shortcuts");
    studio.click_containing("Keys for Save as");
    studio.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::ALT, Key::S);
    studio.harness.run_steps(3);
    assert_eq!(own_keys(&studio, Action::SaveAs), Some(&Some("Ctrl+Alt+S".to_owned())));
    studio.click_containing("Restore the default keys for “Save as");
    assert!(studio.session().settings().shortcuts.is_empty());
}

#[test]
fn a_broken_settings_file_says_so_and_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("settings.ron"), "(theme: Lig").unwrap();
    let mut studio = start_in(folder.path());
    studio.harness.run_steps(3);
    assert!(studio.has("settings.ron.broken"), "{:?}", studio.session().notice());
    assert_eq!(studio.session().settings(), &Settings::default());
    assert_eq!(std::fs::read_to_string(folder.path().join("settings.ron.broken")).unwrap(), "(theme: Lig");
}

#[test]
fn the_theme_switch_of_the_view_menu_is_a_setting() {
    let folder = tempfile::tempdir().unwrap();
    let mut studio = start_in(folder.path());
    studio.click("View");
    studio.click_containing("Toggle dark and light");
    let theme = studio.session().settings().theme;
    assert_ne!(theme, ThemeChoice::System);
    close(studio);
    assert_eq!(start_in(folder.path()).session().settings().theme, theme);
}

#[test]
fn opened_photographs_are_found_again_on_the_welcome_page() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (photo_in(folder.path(), "first.png"), photo_in(folder.path(), "second.png"));
    let mut studio = start_in(folder.path());
    for (photo, size) in [(&first, 1), (&second, 2), (&first, 2)] {
        *studio.dialogs.open.borrow_mut() = Some(photo.clone());
        studio.press_ctrl(Key::O);
        studio.wait_until("it is open", |session| {
            session.photo().is_some_and(|open| open.source == *photo) && session.settings().recent.len() == size
        });
    }
    assert_eq!(studio.session().settings().recent, [first.clone(), second.clone()]);
    close(studio);
    std::fs::remove_file(&second).unwrap();

    let mut studio = start_in(folder.path());
    let start = std::time::Instant::now();
    while studio.harness.state().state().missing.is_empty() && start.elapsed().as_secs() < 60 {
        std::thread::sleep(std::time::Duration::from_millis(5));
        studio.harness.step();
    }
    studio.click("second.png");
    studio.harness.run_steps(3);
    assert!(studio.session().activity().is_none(), "what is not there cannot be opened");
    studio.click("Remove second.png from the list");
    assert_eq!(studio.session().settings().recent, std::slice::from_ref(&first));
    studio.click("first.png");
    studio.wait_until("it is open", |session| session.photo().is_some());
}

#[test]
fn the_menu_opens_recent_photographs_and_clears_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let photo = photo_in(folder.path(), "photo.png");
    let store = SettingsStore::without_file(Settings { recent: vec![photo], ..Settings::default() });
    let mut studio = Studio::start_with(store, None, vec2(1280.0, 720.0), 1.0);
    let choose = |studio: &mut Studio, name: &str| {
        studio.click("File");
        studio.click_containing("Open recent");
        studio.harness.run_steps(3);
        studio.harness.get_all_by_label(name).last().unwrap().click();
        studio.harness.run_steps(3);
    };
    choose(&mut studio, "photo.png");
    studio.wait_until("it is open", |session| session.photo().is_some());
    choose(&mut studio, "Clear list");
    assert!(studio.session().settings().recent.is_empty());
}

#[test]
fn a_saved_photograph_is_on_the_list_too() {
    let folder = tempfile::tempdir().unwrap();
    let photo = photo_in(folder.path(), "photo.png");
    let mut studio = Studio::with_photo(photo.clone(), vec2(1280.0, 720.0), Theme::Dark);
    let saved = folder.path().join("saved.png");
    *studio.dialogs.save.borrow_mut() = Some(saved.clone());
    studio.press_ctrl(Key::S);
    studio.wait_until_idle();
    assert_eq!(studio.session().settings().recent, [saved, photo]);
}

#[test]
fn the_approval_mode_is_chosen_beside_run_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut studio = Studio::with_photo(photo_in(folder.path(), "a.png"), vec2(1280.0, 720.0), Theme::Dark);
    studio.click("Approval: Ask at every step");
    studio.click("Run all, then review");
    assert_eq!(studio.session().settings().approval, Approval::RunAllThenReview);
    assert!(studio.has("Approval: Run all, then review"));
}

#[test]
fn new_steps_follow_the_settings_and_the_view_goes_to_the_selected_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scene.png");
    let image = Raster::from_fn(Extent::new(240, 160), |x, y| {
        let is_red = (40..84).contains(&x) && (50..94).contains(&y);
        if is_red { [205, 30, 35, 255] } else { [150, 150, 145, 255] }
    });
    files::save_photo(&path, &image, &Metadata::default()).unwrap();
    let settings = Settings { candidates: 3, zoom_to_step: true, ..Settings::default() };
    let mut studio = Studio::start_with(SettingsStore::without_file(settings), Some(path), vec2(1280.0, 720.0), 1.0);
    studio.wait_until("the photograph is open", |session| session.photo().is_some());
    let before = studio.harness.state().state().view.zoom();
    studio.type_instruction("remove the red square");
    studio.press_ctrl(Key::Enter);
    studio.wait_until("it is found", |session| session.cards().len() == 1 && session.activity().is_none());
    assert_eq!(studio.card(0).recipe.as_ref().unwrap().candidates, 3);
    let zoom = studio.harness.state().state().view.zoom();
    assert!(zoom > before * 1.5, "{zoom} after {before}");
}
