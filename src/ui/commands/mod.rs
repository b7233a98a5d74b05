//! What can be done by name, and the ways to ask for it: keys, menus, the palette.

pub mod actions;
pub(super) mod buttons;
pub mod keymap;
pub(super) mod keys_window;
pub(super) mod menu;
pub(super) mod palette;
pub mod perform;
