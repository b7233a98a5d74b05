//! The settings' page of shortcuts: find an action, click its keys, press new ones.

use crate::session::Settings;
use crate::text::tr;
use crate::ui::commands::actions::{ACTIONS, Action, Info, Menu};
use crate::ui::commands::keymap::{self, Keymap};
use crate::ui::icons;
use crate::ui::theme::{Tokens, strong_family};
use eframe::egui::{self, Button, Event, Key, KeyboardShortcut, RichText, ScrollArea, TextEdit, Ui};

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shortcuts {
    /// What the list is searched for.
    filter: String,
    /// The shortcut that is being changed.
    pub(super) capture: Option<Capture>,
}

/// A shortcut on its way to an action.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Capture {
    action: Action,
    /// Keys that another action has: the user decides.
    conflict: Option<(KeyboardShortcut, Action)>,
    /// Why the last keys could not be taken.
    refused: Option<&'static str>,
    /// The list has been scrolled to what there is to decide.
    is_in_view: bool,
}

impl Capture {
    const fn of(action: Action, conflict: Option<(KeyboardShortcut, Action)>) -> Self {
        Self { action, conflict, refused: None, is_in_view: false }
    }
}

/// Width of the button with an action's keys, in points.
const KEYS_WIDTH: f32 = 150.0;

/// Takes the keys that were pressed for an action, before any widget sees them.
pub(super) fn take_keys(ui: &Ui, open: &mut Shortcuts, settings: &mut Settings) {
    let Some(capture) = open.capture.as_mut().filter(|capture| capture.conflict.is_none()) else {
        return;
    };
    let (keys, is_clipboard) = ui.input_mut(|input| {
        let keys = input.events.iter().find_map(keymap::shortcut_of);
        // The system turns Ctrl+C and the like into events of their own.
        let is_clipboard = |event: &Event| matches!(event, Event::Copy | Event::Cut | Event::Paste(_));
        let clipboard = input.events.iter().any(is_clipboard);
        input.events.retain(|event| !(matches!(event, Event::Key { .. } | Event::Text(_)) || is_clipboard(event)));
        (keys, clipboard)
    });
    if is_clipboard {
        capture.refused = Some(tr!("keys-reserved-text"));
        return;
    }
    let Some(keys) = keys else {
        return;
    };
    let action = capture.action;
    let is_default = action.info().is_some_and(|info| info.shortcut == Some(keys));
    let holder = Keymap::new(&settings.shortcuts).action_of(keys).filter(|other| *other != action);
    if keys.logical_key == Key::Escape && !is_default {
        open.capture = None;
    } else if let Some(why) = keymap::refusal(keys).filter(|_| !is_default) {
        capture.refused = Some(why);
    } else if let Some(other) = holder {
        capture.conflict = Some((keys, other));
        capture.is_in_view = false;
    } else {
        keymap::bind(&mut settings.shortcuts, action, Some(keys), None);
        open.capture = None;
    }
}

/// Draws the page.
pub(super) fn shortcuts_ui(
    ui: &mut Ui,
    open: &mut Shortcuts,
    keymap: &Keymap,
    tokens: &Tokens,
    settings: &mut Settings,
    height: f32,
) {
    let hint = tr!("keys-filter");
    ui.add(TextEdit::singleline(&mut open.filter).hint_text(hint).desired_width(f32::INFINITY));
    ui.label(RichText::new(tr!("keys-how")).small().weak());
    let words = open.filter.to_lowercase();
    let fits = |info: &&Info| {
        let text =
            format!("{} {} {}", info.menu.text(), info.action.text(), keymap.text(info.action, ui)).to_lowercase();
        words.split_whitespace().all(|word| text.contains(word))
    };
    let found: Vec<&Info> = ACTIONS.iter().filter(fits).collect();
    ScrollArea::vertical().auto_shrink(false).max_height(height - 62.0).show(ui, |ui| {
        for menu in Menu::ALL {
            if found.iter().all(|info| info.menu != menu) {
                continue;
            }
            ui.add_space(4.0);
            ui.label(RichText::new(menu.text()).family(strong_family()));
            for info in found.iter().filter(|info| info.menu == menu) {
                shortcut_row(ui, info, open, keymap, tokens, settings);
            }
        }
        if found.is_empty() {
            ui.label(RichText::new(tr!("keys-nothing-found")).weak());
        }
    });
}

/// An action, its keys, and what can be done about them.
fn shortcut_row(
    ui: &mut Ui,
    info: &Info,
    open: &mut Shortcuts,
    keymap: &Keymap,
    tokens: &Tokens,
    settings: &mut Settings,
) {
    let action = info.action;
    let is_capturing = open.capture.as_ref().is_some_and(|capture| capture.action == action);
    ui.horizontal(|ui| {
        let name = ui.available_width() - KEYS_WIDTH - 76.0;
        ui.allocate_ui_with_layout(egui::vec2(name, 26.0), egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_min_width(name);
            ui.add(egui::Label::new(action.text()).truncate());
        });
        let keys = keymap.text(action, ui);
        let text = if is_capturing {
            let pressed = open.capture.as_ref().and_then(|capture| capture.conflict);
            let shown = pressed.map(|(keys, _)| keymap::shown(keys, ui));
            RichText::new(shown.as_deref().unwrap_or(tr!("keys-press"))).color(tokens.accent_text)
        } else if keys.is_empty() {
            RichText::new(tr!("keys-none")).color(tokens.text_weak)
        } else {
            RichText::new(&keys)
        };
        let button = Button::new(text).min_size(egui::vec2(KEYS_WIDTH, 26.0)).truncate();
        let button = if is_capturing { button.fill(tokens.accent) } else { button };
        let response = ui.add(button).on_hover_text(tr!("keys-change", action = action.text()));
        let label = tr!("keys-of", action = action.text(), keys = keys.as_str());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &label));
        if response.clicked() {
            open.capture = (!is_capturing).then(|| Capture::of(action, None));
        }
        let small = |ui: &mut Ui, icon: &str, tip: &str| {
            let response = ui.add(Button::new(icon).min_size(egui::Vec2::splat(26.0))).on_hover_text(tip);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, tip));
            response.clicked()
        };
        if !keys.is_empty() && small(ui, icons::X, &tr!("keys-remove", action = action.text())) {
            keymap::bind(&mut settings.shortcuts, action, None, None);
            open.capture = None;
        }
        let is_own = settings.shortcuts.contains_key(action.name());
        if is_own && small(ui, icons::ARROW_COUNTER_CLOCKWISE, &tr!("keys-reset", action = action.text())) {
            reset_one(action, open, settings);
        }
    });
    if is_capturing {
        let response = ui.scope(|ui| capture_ui(ui, open, tokens, settings)).response;
        if let Some(capture) = open.capture.as_mut().filter(|capture| !capture.is_in_view) {
            response.scroll_to_me(None);
            capture.is_in_view = true;
        }
    }
}

/// Back to the default; if another action has those keys by now, the user decides.
fn reset_one(action: Action, open: &mut Shortcuts, settings: &mut Settings) {
    let default = action.info().and_then(|info| info.shortcut);
    let holder = default.and_then(|keys| Some((keys, Keymap::new(&settings.shortcuts).action_of(keys)?)));
    open.capture = holder.filter(|(_, other)| *other != action).map(|conflict| Capture::of(action, Some(conflict)));
    if open.capture.is_none() {
        keymap::bind(&mut settings.shortcuts, action, default, None);
    }
}

/// Asks what to do with the pressed keys.
fn capture_ui(ui: &mut Ui, open: &mut Shortcuts, tokens: &Tokens, settings: &mut Settings) {
    let Some(capture) = open.capture.clone() else {
        return;
    };
    if let Some((keys, other)) = capture.conflict {
        let other_text = other.text();
        ui.horizontal_wrapped(|ui| {
            let sentence = tr!("keys-conflict", keys = keymap::shown(keys, ui), action = other_text);
            ui.label(RichText::new(format!("{}  {sentence}", icons::WARNING)).color(tokens.warning));
            if ui.button(tr!("keys-take", action = other_text)).clicked() {
                keymap::bind(&mut settings.shortcuts, capture.action, Some(keys), Some(other));
                open.capture = None;
            }
            if ui.button(tr!("cancel")).clicked() {
                open.capture = None;
            }
        });
    } else {
        let (text, colour) =
            capture.refused.map_or((tr!("keys-press-how"), tokens.text_weak), |why| (why, tokens.warning));
        ui.label(RichText::new(text).small().color(colour));
    }
}
