//! The list of all keys, in as many columns as the window has room for.

use super::actions::{ACTIONS, Menu};
use super::keymap::Keymap;
use crate::text::tr;
use crate::ui::cx::Cx;
use crate::ui::theme::strong_family;
use crate::ui::widgets::modal;
use eframe::egui::{Grid, RichText, ScrollArea, Ui};

/// Width of a column, in ui points.
const COLUMN: f32 = 350.0;

/// A title and what stands below it: keys and what they do; no keys where a sentence says it all.
struct Group {
    title: &'static str,
    lines: Vec<(String, &'static str)>,
}

/// Draws the list if it is open.
pub(in crate::ui) fn keys_ui(ui: &Ui, cx: &mut Cx<'_>) {
    if !cx.state.keys_open {
        return;
    }
    let room = ui.content_rect().size();
    let count = ((room.x - 100.0) / COLUMN).clamp(1.0, 3.0) as usize;
    let columns = in_columns(groups(ui, &cx.state.keymap), count);
    let response = modal(ui, "keys").show(ui, |ui| {
        ui.set_width((count as f32 * COLUMN).min(room.x - 80.0));
        ui.heading(tr!("keys-title"));
        ui.add_space(6.0);
        ScrollArea::vertical().max_height((room.y - 150.0).max(120.0)).show(ui, |ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            ui.spacing_mut().item_spacing.x = 20.0;
            ui.columns(count, |uis| {
                for (ui, groups) in uis.iter_mut().zip(&columns) {
                    for group in groups {
                        group_ui(ui, group);
                    }
                }
            });
        });
        ui.add_space(8.0);
        if ui.button(tr!("close")).clicked() {
            ui.close();
        }
    });
    if response.should_close() {
        cx.state.keys_open = false;
    }
}

/// The keys of every menu, and what the pointer does.
fn groups(ui: &Ui, keymap: &Keymap) -> Vec<Group> {
    let of_menu = |menu: Menu| {
        let actions = ACTIONS.iter().filter(|info| info.menu == menu).map(|info| info.action);
        let bound = actions.filter(|action| keymap.shortcut(*action).is_some());
        let lines = bound.map(|action| (keymap.text(action, ui), action.text())).collect();
        Group { title: menu.text(), lines }
    };
    let pointer = [tr!("keys-wheel"), tr!("keys-pan"), tr!("keys-subtract"), tr!("keys-original")];
    let pointer = Group {
        title: tr!("keys-pointer"),
        lines: pointer.into_iter().map(|sentence| (String::new(), sentence)).collect(),
    };
    Menu::ALL.into_iter().map(of_menu).chain([pointer]).collect()
}

/// The groups in columns of about the same height, in order.
fn in_columns(groups: Vec<Group>, count: usize) -> Vec<Vec<Group>> {
    let height = |group: &Group| group.lines.len() + 2;
    let total: usize = groups.iter().map(height).sum();
    let mut columns: Vec<Vec<Group>> = (0..count).map(|_| Vec::new()).collect();
    let mut above = 0;
    for group in groups {
        // A group stands in the column where its middle falls.
        let middle = above + height(&group) / 2;
        above += height(&group);
        if let Some(column) = columns.get_mut(middle * count / total.max(1)) {
            column.push(group);
        }
    }
    columns
}

fn group_ui(ui: &mut Ui, group: &Group) {
    ui.label(RichText::new(group.title).family(strong_family()));
    let (with_keys, sentences): (Vec<_>, Vec<_>) = group.lines.iter().partition(|(keys, _)| !keys.is_empty());
    if !with_keys.is_empty() {
        Grid::new(group.title).num_columns(2).min_col_width(132.0).spacing([8.0, 4.0]).show(ui, |ui| {
            for (keys, text) in with_keys {
                ui.label(RichText::new(keys).monospace());
                ui.label(*text);
                ui.end_row();
            }
        });
    }
    for (_, sentence) in sentences {
        ui.label(*sentence);
    }
    ui.add_space(6.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_keep_all_groups_in_order_and_about_the_same_height() {
        let group = |lines: usize| Group { title: "", lines: vec![(String::new(), ""); lines] };
        for count in 1..=3 {
            let columns = in_columns([4, 4, 17, 13, 12, 8, 2, 4].map(group).into(), count);
            let sizes: Vec<usize> = columns.iter().flatten().map(|group| group.lines.len()).collect();
            assert_eq!(sizes, [4, 4, 17, 13, 12, 8, 2, 4]);
            let heights: Vec<usize> =
                columns.iter().map(|column| column.iter().map(|group| group.lines.len() + 2).sum()).collect();
            assert!(heights.iter().all(|height| *height <= 80 / count + 12), "{heights:?}");
        }
        assert_eq!(in_columns(Vec::new(), 2).len(), 2);
    }
}
