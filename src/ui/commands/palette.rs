//! The command palette: all actions, found by typing.

use super::actions::{ACTIONS, Action, Info};
use super::keymap::Keymap;
use crate::text::tr;
use crate::ui::theme::Tokens;
use crate::ui::widgets::modal;
use eframe::egui::{Align2, Button, Key, Modifiers, RichText, ScrollArea, TextEdit, Ui};

/// The open palette.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    typed: String,
    /// Index of the action that Enter runs.
    chosen: usize,
}

/// Draws the palette if it is open; answers with the action that was chosen.
pub(in crate::ui) fn palette_ui(
    ui: &Ui,
    open: &mut Option<Palette>,
    keymap: &Keymap,
    tokens: &Tokens,
    is_enabled: impl Fn(Action) -> bool,
) -> Option<Action> {
    let palette = open.as_mut()?;
    let mut done = None;
    let room = ui.content_rect().size();
    let mut window = modal(ui, "palette");
    // Its field stays where it is while the list below changes.
    window.area = window.area.anchor(Align2::CENTER_TOP, [0.0, (room.y * 0.14).min(110.0)]);
    let response = window.show(ui, |ui| {
        ui.set_width(420.0);
        // Taken before the field would move its cursor by them.
        let [down, up, enter] = [Key::ArrowDown, Key::ArrowUp, Key::Enter]
            .map(|key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)));
        let field = TextEdit::singleline(&mut palette.typed).hint_text(tr!("palette-hint"));
        let field = ui.add(field.desired_width(f32::INFINITY));
        field.request_focus();
        if field.changed() {
            palette.chosen = 0;
        }
        let found: Vec<&Info> = found(&palette.typed, &is_enabled).collect();
        let last = found.len().saturating_sub(1);
        let chosen = (palette.chosen + down).saturating_sub(up).min(last);
        let moved = chosen != palette.chosen;
        palette.chosen = chosen;
        if enter > 0 {
            done = found.get(chosen).map(|info| info.action);
        }
        let height = (room.y - 180.0).clamp(120.0, 340.0);
        ScrollArea::vertical().max_height(height).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for (index, info) in found.iter().enumerate() {
                let text = format!("{}: {}", info.menu.text(), info.action.text());
                let button = Button::selectable(index == chosen, text);
                let button = button.shortcut_text(keymap.text(info.action, ui));
                let response = ui.add_sized([ui.available_width(), 26.0], button);
                if index == chosen && moved {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    done = Some(info.action);
                }
            }
            if found.is_empty() {
                ui.label(RichText::new(tr!("palette-nothing")).color(tokens.text_weak));
            }
        });
    });
    if done.is_some() || response.should_close() {
        *open = None;
    }
    done
}

/// The actions that could be done now and whose names have all the words that are typed.
fn found(typed: &str, is_enabled: impl Fn(Action) -> bool) -> impl Iterator<Item = &'static Info> {
    let words: Vec<String> = typed.to_lowercase().split_whitespace().map(str::to_owned).collect();
    ACTIONS.iter().filter(move |info| {
        let name = format!("{} {}", info.menu.text(), info.action.text()).to_lowercase();
        let fits = words.iter().all(|word| name.contains(word));
        fits && info.action != Action::Palette && is_enabled(info.action)
    })
}
