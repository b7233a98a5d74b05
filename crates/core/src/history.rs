//! Undo and redo over changes of any kind, grouped per gesture and capped by memory.

use std::collections::VecDeque;
use std::sync::Arc;

/// A reversible change.
pub trait Change {
    /// Memory held, in bytes.
    fn size(&self) -> usize;
}

/// The changes of one gesture.
#[derive(Debug)]
pub struct Entry<C> {
    /// What was done, for the history list: "Brush stroke".
    pub label: String,
    /// In the order they were made; undo goes backwards.
    pub changes: Vec<C>,
    id: u64,
    size: usize,
}

/// A stack of gestures that can be undone and redone; a new gesture forgets what was undone.
#[derive(Debug)]
pub struct History<C> {
    done: VecDeque<Arc<Entry<C>>>,
    undone: Vec<Arc<Entry<C>>>,
    limit: usize,
    size: usize,
    next_id: u64,
    /// Id of the newest entry that was dropped to save memory.
    floor: u64,
}

impl<C: Change> History<C> {
    /// An empty history that keeps at most `limit` bytes of changes, but always the newest gesture.
    pub const fn new(limit: usize) -> Self {
        Self { done: VecDeque::new(), undone: Vec::new(), limit, size: 0, next_id: 1, floor: 0 }
    }

    /// Records a gesture that was made, and forgets what was undone; does nothing without changes.
    pub fn push(&mut self, label: impl Into<String>, changes: Vec<C>) {
        if changes.is_empty() {
            return;
        }
        for forgotten in self.undone.drain(..) {
            self.size -= forgotten.size;
        }
        let size = changes.iter().map(Change::size).sum();
        self.done.push_back(Arc::new(Entry { label: label.into(), changes, id: self.next_id, size }));
        self.next_id += 1;
        self.size += size;
        self.forget_oldest();
    }

    /// Changes how many bytes of changes are kept at most, and forgets the oldest gestures beyond that.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
        self.forget_oldest();
    }

    fn forget_oldest(&mut self) {
        while self.size > self.limit && self.done.len() > 1 {
            if let Some(oldest) = self.done.pop_front() {
                self.size -= oldest.size;
                self.floor = oldest.id;
            }
        }
    }

    /// Lets `edit` change the newest gesture and returns what `edit` returns.
    ///
    /// Returns `false` without calling it if there is no gesture, or if something is undone.
    pub fn amend(&mut self, edit: impl FnOnce(&mut Entry<C>) -> bool) -> bool {
        if !self.undone.is_empty() {
            return false;
        }
        let Some(entry) = self.done.back_mut().and_then(Arc::get_mut) else {
            return false;
        };
        let amended = edit(entry);
        let size = entry.changes.iter().map(Change::size).sum();
        self.size = self.size - entry.size + size;
        entry.size = size;
        amended
    }

    /// Takes one step back; `None` if there is none. The caller undoes the entry's changes, last first.
    pub fn undo(&mut self) -> Option<Arc<Entry<C>>> {
        let entry = self.done.pop_back()?;
        self.undone.push(Arc::clone(&entry));
        Some(entry)
    }

    /// Takes one step forward; `None` if there is none. The caller makes the entry's changes again, first to last.
    pub fn redo(&mut self) -> Option<Arc<Entry<C>>> {
        let entry = self.undone.pop()?;
        self.done.push_back(Arc::clone(&entry));
        Some(entry)
    }

    /// Label of the gesture that undo would take back.
    pub fn undo_label(&self) -> Option<&str> {
        self.done.back().map(|entry| entry.label.as_str())
    }

    /// Label of the gesture that redo would make again.
    pub fn redo_label(&self) -> Option<&str> {
        self.undone.last().map(|entry| entry.label.as_str())
    }

    /// The labels of all gestures, oldest first, and how many of them are not undone; the undone ones come last.
    pub fn labels(&self) -> (Vec<&str>, usize) {
        let all = self.done.iter().chain(self.undone.iter().rev()).map(|entry| entry.label.as_str());
        (all.collect(), self.done.len())
    }

    /// All gestures, oldest first; those that are undone come last.
    pub fn entries(&self) -> impl Iterator<Item = &Entry<C>> {
        self.done.iter().chain(self.undone.iter().rev()).map(|entry| &**entry)
    }

    /// Identifies the current state: equal positions mean equal states.
    pub fn position(&self) -> u64 {
        self.done.back().map_or(self.floor, |entry| entry.id)
    }

    /// Memory held by all changes, in bytes.
    pub const fn size(&self) -> usize {
        self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Bytes(usize);
    impl Change for Bytes {
        fn size(&self) -> usize {
            self.0
        }
    }

    #[test]
    fn undo_and_redo_walk_the_same_path_and_positions_name_states() {
        let mut history = History::new(1000);
        let start = history.position();
        history.push("one", vec![Bytes(1)]);
        let one = history.position();
        history.push("two", vec![Bytes(1)]);
        assert_eq!(history.undo().unwrap().label, "two");
        assert_eq!(history.position(), one);
        assert_eq!(history.redo_label(), Some("two"));
        history.undo();
        assert_eq!(history.position(), start);
        assert!(history.undo().is_none());
        assert_eq!(history.redo().unwrap().label, "one");
    }

    #[test]
    fn a_new_gesture_forgets_what_was_undone_and_never_repeats_a_position() {
        let mut history = History::new(1000);
        history.push("one", vec![Bytes(1)]);
        let one = history.position();
        history.undo();
        history.push("other", vec![Bytes(1)]);
        assert!(history.redo().is_none());
        assert_ne!(history.position(), one);
        assert_eq!(history.size(), 1);
    }

    #[test]
    fn memory_is_capped_but_the_newest_gesture_always_stays() {
        let mut history = History::new(10);
        history.push("small", vec![Bytes(4)]);
        let small = history.position();
        history.push("small", vec![Bytes(4)]);
        history.push("huge", vec![Bytes(50)]);
        assert_eq!((history.size(), history.undo_label()), (50, Some("huge")));
        history.undo();
        assert_ne!(history.position(), small, "dropped states are not the present one");
        assert!(history.undo().is_none());
    }

    #[test]
    fn a_lower_limit_forgets_the_oldest_gestures_at_once() {
        let mut history = History::new(100);
        for _ in 0..5 {
            history.push("one", vec![Bytes(10)]);
        }
        history.set_limit(25);
        assert_eq!(history.size(), 20);
        history.set_limit(1);
        assert_eq!(history.undo_label(), Some("one"), "the newest always stays");
    }

    #[test]
    fn the_newest_gesture_can_be_amended_until_something_was_undone() {
        let mut history = History::new(100);
        history.push("one", vec![Bytes(1)]);
        let grow = |history: &mut History<Bytes>| {
            history.amend(|entry| {
                entry.changes.push(Bytes(5));
                true
            })
        };
        assert!(grow(&mut history));
        assert_eq!(history.size(), 6);
        history.push("two", vec![Bytes(1)]);
        history.undo();
        assert!(!grow(&mut history));
    }

    #[test]
    fn a_gesture_that_changed_nothing_is_not_recorded() {
        let mut history: History<Bytes> = History::new(10);
        history.push("nothing", Vec::new());
        assert_eq!(history.undo_label(), None);
    }
}
