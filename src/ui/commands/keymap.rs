//! Which keys do what: the defaults of the list of actions, changed by your own shortcuts.

use super::actions::{ACTIONS, Action};
use crate::text::tr;
use eframe::egui::{self, Event, Key, KeyboardShortcut, Modifiers};
use std::collections::BTreeMap;

/// A person's own shortcuts as they stand in the settings: by the action's name; `None` where an action has no key.
pub type Overrides = BTreeMap<String, Option<String>>;

const CTRL: Modifiers = Modifiers::COMMAND;

/// Second shortcuts that people's hands know.
const ALIASES: &[(Action, KeyboardShortcut)] = &[
    (Action::Redo, KeyboardShortcut::new(CTRL, Key::Y)),
    (Action::ZoomIn, KeyboardShortcut::new(CTRL, Key::Equals)),
    (Action::Instruction, KeyboardShortcut::new(Modifiers::NONE, Key::Slash)),
];

/// All shortcuts in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    /// One for each action that has a key, in the order of the list.
    shortcuts: Vec<(Action, KeyboardShortcut)>,
    aliases: Vec<(Action, KeyboardShortcut)>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::new(&Overrides::new())
    }
}

impl Keymap {
    /// Unreadable keys count as not set; of two actions with the same keys, the first in the list gets them.
    pub fn new(overrides: &Overrides) -> Self {
        let mut shortcuts: Vec<(Action, KeyboardShortcut)> = Vec::new();
        for info in ACTIONS {
            let own = overrides.get(info.action.name());
            let shortcut = match own.map(|keys| keys.as_deref().map(parse)) {
                Some(None) => None,
                Some(Some(Some(keys))) => Some(keys),
                None | Some(Some(None)) => info.shortcut,
            };
            if let Some(shortcut) = shortcut.filter(|shortcut| shortcuts.iter().all(|(_, taken)| taken != shortcut)) {
                shortcuts.push((info.action, shortcut));
            }
        }
        let is_free = |shortcut: &KeyboardShortcut| shortcuts.iter().all(|(_, taken)| taken != shortcut);
        let aliases = ALIASES
            .iter()
            .filter(|(action, shortcut)| !overrides.contains_key(action.name()) && is_free(shortcut))
            .copied()
            .collect();
        Self { shortcuts, aliases }
    }

    /// The keys of an action, if it has any.
    pub fn shortcut(&self, action: Action) -> Option<KeyboardShortcut> {
        self.shortcuts.iter().find(|(other, _)| *other == action).map(|(_, shortcut)| *shortcut)
    }

    /// The keys of an action as they are shown; empty if it has none.
    pub fn text(&self, action: Action, ctx: &egui::Context) -> String {
        self.shortcut(action).map_or_else(String::new, |shortcut| shown(shortcut, ctx))
    }

    /// The action that these keys do now.
    pub fn action_of(&self, shortcut: KeyboardShortcut) -> Option<Action> {
        self.shortcuts.iter().chain(&self.aliases).find(|(_, taken)| *taken == shortcut).map(|(action, _)| *action)
    }

    /// Takes the pressed shortcuts out of the input, in the order pressed: while a text field has the focus, only those
    /// that no text field uses; while a menu is open, only those with modifiers; and Esc only if there is something to
    /// cancel.
    pub fn pressed(&self, ctx: &egui::Context, can_cancel: bool) -> Vec<Action> {
        let typing = ctx.text_edit_focused();
        let on_widget = ctx.memory(|memory| memory.focused().is_some());
        let in_menu = egui::Popup::is_any_open(ctx);
        let is_usable = |shortcut: KeyboardShortcut| {
            let is_taken = (typing && text_field_uses(shortcut))
                || (on_widget && widget_uses(shortcut))
                || (in_menu && shortcut.modifiers.is_none());
            !is_taken && (can_cancel || shortcut.logical_key != Key::Escape)
        };
        let mut pressed = Vec::new();
        ctx.input_mut(|input| {
            input.events.retain(|event| {
                let Some((action, repeat)) = self.meant_by(event, is_usable) else {
                    return true;
                };
                if !repeat || repeats(action) {
                    pressed.push(action);
                }
                false
            });
        });
        pressed
    }

    /// The action for a key event, and whether the key is held rather than pressed again.
    fn meant_by(&self, event: &Event, is_usable: impl Fn(KeyboardShortcut) -> bool) -> Option<(Action, bool)> {
        let Event::Key { key, physical_key, pressed: true, repeat, modifiers } = event else {
            return None;
        };
        let all = || self.shortcuts.iter().chain(&self.aliases).filter(|(_, shortcut)| is_usable(*shortcut));
        let matches = |shortcut: &KeyboardShortcut| modifiers.matches_logically(shortcut.modifiers);
        // egui lets Ctrl+S match inside Ctrl+Shift+S: the shortcut with most modifiers is meant.
        let by_name =
            all().filter(|(_, s)| s.logical_key == *key && matches(s)).max_by_key(|(_, s)| modifier_count(*s));
        // Many keyboards have brackets on the third level only: there the keys at their usual place count.
        let by_place = || {
            all()
                .filter(|(_, s)| is_bracket(s.logical_key) && Some(s.logical_key) == *physical_key && matches(s))
                .max_by_key(|(_, s)| modifier_count(*s))
        };
        by_name.or_else(by_place).map(|(action, _)| (*action, *repeat))
    }
}

fn modifier_count(shortcut: KeyboardShortcut) -> u8 {
    let modifiers = shortcut.modifiers;
    u8::from(modifiers.command) + u8::from(modifiers.shift) + u8::from(modifiers.alt)
}

const fn is_bracket(key: Key) -> bool {
    matches!(key, Key::OpenBracket | Key::CloseBracket)
}

/// Actions that repeat while their key is held.
const fn repeats(action: Action) -> bool {
    matches!(
        action,
        Action::Undo
            | Action::Redo
            | Action::SmallerBrush
            | Action::LargerBrush
            | Action::SofterBrush
            | Action::HarderBrush
            | Action::ZoomIn
            | Action::ZoomOut
            | Action::NextCandidate
            | Action::PreviousCandidate
            | Action::NextStep
            | Action::PreviousStep
            | Action::GrowMask
            | Action::ShrinkMask
            | Action::MoveStepUp
            | Action::MoveStepDown
    )
}

fn is_function_key(key: Key) -> bool {
    let name = key.name();
    name.len() > 1 && name.starts_with('F') && name[1..].chars().all(|c| c.is_ascii_digit())
}

/// Plain keys type, and these edit.
fn text_field_uses(shortcut: KeyboardShortcut) -> bool {
    let edits = matches!(shortcut.logical_key, Key::Z | Key::Y | Key::A | Key::C | Key::V | Key::X);
    if shortcut.modifiers.command { edits } else { !is_function_key(shortcut.logical_key) }
}

/// A focused button takes Enter, a focused slider the arrows.
fn widget_uses(shortcut: KeyboardShortcut) -> bool {
    let keys = [Key::Enter, Key::Space, Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown];
    shortcut.modifiers.is_none() && keys.contains(&shortcut.logical_key)
}

/// Why an action cannot have these keys, if so.
pub fn refusal(shortcut: KeyboardShortcut) -> Option<&'static str> {
    let plain = shortcut.modifiers.is_none();
    match shortcut.logical_key {
        Key::Escape => Some(tr!("keys-reserved-escape")),
        Key::Tab => Some(tr!("keys-reserved-tab")),
        Key::Space | Key::Backslash if plain => Some(tr!("keys-reserved-held")),
        Key::C | Key::X | Key::V | Key::A if shortcut.modifiers == CTRL => Some(tr!("keys-reserved-text")),
        Key::Copy | Key::Cut | Key::Paste => Some(tr!("keys-reserved-text")),
        _ => None,
    }
}

/// The keys of an event that could become a shortcut; modifiers alone cannot.
pub fn shortcut_of(event: &Event) -> Option<KeyboardShortcut> {
    let Event::Key { key, pressed: true, repeat: false, modifiers, .. } = event else {
        return None;
    };
    let is_modifier = ["Shift", "Control", "Alt", "Super", "Meta"].iter().any(|name| key.name().starts_with(name));
    let command = if modifiers.command { CTRL } else { Modifiers::NONE };
    let kept = Modifiers { alt: modifiers.alt, shift: modifiers.shift, ..Modifiers::NONE };
    (!is_modifier).then(|| KeyboardShortcut::new(command.plus(kept), *key))
}

/// Gives an action these keys or none, and takes them from `from`; defaults are not stored.
pub fn bind(overrides: &mut Overrides, action: Action, keys: Option<KeyboardShortcut>, from: Option<Action>) {
    let mut set = |action: Action, keys: Option<KeyboardShortcut>| {
        if action.info().is_some_and(|info| info.shortcut == keys) {
            overrides.remove(action.name());
        } else {
            overrides.insert(action.name().to_owned(), keys.map(format));
        }
    };
    // Where only the second shortcut is taken, the action keeps its first.
    if let Some(from) = from.filter(|from| *from != action) {
        let is_alias = ALIASES.iter().any(|(other, alias)| *other == from && Some(*alias) == keys);
        if !is_alias {
            set(from, None);
        }
    }
    set(action, keys);
}

/// Keys as they are shown: with the system's own signs on a Mac, as in the settings elsewhere.
pub fn shown(shortcut: KeyboardShortcut, ctx: &egui::Context) -> String {
    if ctx.os().is_mac() { ctx.format_shortcut(&shortcut) } else { format(shortcut) }
}

/// Keys as they stand in the settings: "Ctrl+Shift+P", "[".
pub fn format(shortcut: KeyboardShortcut) -> String {
    let modifiers = shortcut.modifiers;
    let held = [(modifiers.command, "Ctrl+"), (modifiers.alt, "Alt+"), (modifiers.shift, "Shift+")];
    let mut text: String = held.iter().filter(|(is_held, _)| *is_held).map(|(_, name)| *name).collect();
    let symbol = shortcut.logical_key.symbol_or_name();
    let is_one_sign = symbol.len() == 1 && symbol.is_ascii() && symbol != "+";
    text += if is_one_sign { symbol } else { shortcut.logical_key.name() };
    text
}

/// Reads keys from the settings.
pub fn parse(text: &str) -> Option<KeyboardShortcut> {
    let mut modifiers = Modifiers::NONE;
    let mut rest = text.trim();
    loop {
        let (held, behind) = [("Ctrl+", CTRL), ("Cmd+", CTRL), ("Alt+", Modifiers::ALT), ("Shift+", Modifiers::SHIFT)]
            .into_iter()
            .find_map(|(name, modifier)| Some((modifier, rest.strip_prefix(name)?)))
            .unwrap_or((Modifiers::NONE, rest));
        if behind.len() == rest.len() {
            break;
        }
        (modifiers, rest) = (modifiers.plus(held), behind);
    }
    Key::from_name(rest).map(|key| KeyboardShortcut::new(modifiers, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: Key, modifiers: Modifiers) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
    }

    fn meant(keymap: &Keymap, event: &Event) -> Option<Action> {
        keymap.meant_by(event, |_| true).map(|(action, _)| action)
    }

    const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

    #[test]
    fn keys_are_written_and_read_again() {
        for key in Key::ALL {
            for modifiers in [Modifiers::NONE, CTRL, CTRL_SHIFT, Modifiers::ALT] {
                let shortcut = KeyboardShortcut::new(modifiers, *key);
                assert_eq!(parse(&format(shortcut)), Some(shortcut), "{}", format(shortcut));
            }
        }
        assert_eq!(format(KeyboardShortcut::new(CTRL_SHIFT, Key::P)), "Ctrl+Shift+P");
        assert_eq!(format(KeyboardShortcut::new(Modifiers::NONE, Key::OpenBracket)), "[");
        for nonsense in ["", "Ctrl+", "Hyper+P", "Ctrl+Shift"] {
            assert_eq!(parse(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn no_two_actions_share_a_default() {
        for (index, info) in ACTIONS.iter().enumerate() {
            let Some(shortcut) = info.shortcut else { continue };
            let taken = ACTIONS[..index].iter().any(|other| other.shortcut == Some(shortcut))
                || ALIASES.iter().any(|(_, alias)| *alias == shortcut);
            assert!(!taken, "{:?}: {}", info.action, format(shortcut));
            let is_cancel = info.action == Action::Cancel;
            assert!(is_cancel || refusal(shortcut).is_none(), "{:?} uses reserved keys", info.action);
        }
    }

    #[test]
    fn the_shortcut_with_most_modifiers_is_meant() {
        let keymap = Keymap::default();
        assert_eq!(meant(&keymap, &key(Key::S, CTRL)), Some(Action::Save));
        assert_eq!(meant(&keymap, &key(Key::S, CTRL_SHIFT)), Some(Action::SaveAs));
        assert_eq!(meant(&keymap, &key(Key::Y, CTRL)), Some(Action::Redo));
        assert_eq!(meant(&keymap, &key(Key::B, CTRL)), None, "a plain key is not meant with Ctrl");
    }

    #[test]
    fn brackets_work_at_their_place_on_keyboards_that_have_other_signs_there() {
        let keymap = Keymap::default();
        let german = |modifiers| Event::Key {
            key: Key::Exclamationmark,
            physical_key: Some(Key::OpenBracket),
            pressed: true,
            repeat: false,
            modifiers,
        };
        assert_eq!(meant(&keymap, &german(Modifiers::NONE)), Some(Action::SmallerBrush));
        assert_eq!(meant(&keymap, &german(Modifiers::SHIFT)), Some(Action::SofterBrush));
        // With Shift the key's own sign is another even where the brackets are printed on it.
        let american = Event::Key {
            key: Key::CloseCurlyBracket,
            physical_key: Some(Key::CloseBracket),
            pressed: true,
            repeat: false,
            modifiers: Modifiers::SHIFT,
        };
        assert_eq!(meant(&keymap, &american), Some(Action::HarderBrush));
        // A sign that means something itself goes first.
        let dvorak = Event::Key {
            key: Key::F,
            physical_key: Some(Key::OpenBracket),
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        assert_eq!(meant(&keymap, &dvorak), Some(Action::FitMask));
    }

    #[test]
    fn own_keys_replace_the_default_and_taking_them_leaves_the_other_without() {
        let mut own = Overrides::new();
        let b = KeyboardShortcut::new(Modifiers::NONE, Key::B);
        let holder = Keymap::new(&own).action_of(b);
        assert_eq!(holder, Some(Action::BrushTool));
        bind(&mut own, Action::EraserTool, Some(b), holder);
        let keymap = Keymap::new(&own);
        assert_eq!(keymap.shortcut(Action::EraserTool), Some(b));
        assert_eq!(keymap.shortcut(Action::BrushTool), None);
        assert_eq!(meant(&keymap, &key(Key::E, Modifiers::NONE)), None, "the old key is free");
        // Back to the defaults, one by one: nothing stays stored.
        for action in [Action::EraserTool, Action::BrushTool] {
            bind(&mut own, action, action.info().unwrap().shortcut, None);
        }
        assert!(own.is_empty());
    }

    #[test]
    fn a_second_shortcut_can_be_taken_and_the_first_stays() {
        let mut own = Overrides::new();
        let y = KeyboardShortcut::new(CTRL, Key::Y);
        bind(&mut own, Action::Locate, Some(y), Keymap::default().action_of(y));
        let keymap = Keymap::new(&own);
        assert_eq!(keymap.action_of(y), Some(Action::Locate));
        assert_eq!(keymap.shortcut(Action::Redo), Some(KeyboardShortcut::new(CTRL_SHIFT, Key::Z)));
    }

    #[test]
    fn nonsense_in_the_settings_leaves_the_default() {
        let own: Overrides = [("open".to_owned(), Some("Blub+7".to_owned())), ("fly".to_owned(), None)].into();
        assert_eq!(Keymap::new(&own), Keymap::default());
    }

    #[test]
    fn typing_a_letter_never_triggers_a_shortcut_but_planning_works_from_the_text_field() {
        let uses = |action: Action| Keymap::default().shortcut(action).is_some_and(text_field_uses);
        for action in [Action::BrushTool, Action::Approve, Action::NewSeed, Action::Undo, Action::SmallerBrush] {
            assert!(uses(action), "{action:?}");
        }
        for action in [Action::PlanOrRun, Action::Save, Action::Open, Action::Keys, Action::Settings] {
            assert!(!uses(action), "{action:?}");
        }
    }
}
