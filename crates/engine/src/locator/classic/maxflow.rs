//! Minimum cut on a grid of pixels, each joined to its eight neighbours.
//!
//! The algorithm is Boykov & Kolmogorov, "An experimental comparison of min-cut/max-flow algorithms for energy
//! minimization in vision" (2004): two search trees, grown from source and sink, that are repaired after each augmentation.
//! Capacities are whole numbers, so that the result is exact and the same everywhere.

use crate::{EngineError, JobCx};
use std::collections::VecDeque;

/// Steps to the eight neighbours; direction `d` and `d ^ 1` are opposite.
pub(super) const STEPS: [(i32, i32); 8] = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (-1, 1), (1, -1)];

const TERMINAL: u8 = 8;
const ORPHAN: u8 = 9;
const NO_PARENT: u8 = 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tree {
    Free,
    Source,
    Sink,
}

/// The graph while its maximum flow is sought.
pub(super) struct GridCut {
    width: usize,
    height: usize,
    /// Residual capacity from each pixel in each direction.
    capacity: Vec<[i32; 8]>,
    /// Residual capacity from the source if positive, to the sink if negative.
    terminal: Vec<i32>,
    tree: Vec<Tree>,
    parent: Vec<u8>,
    active: VecDeque<u32>,
    queued: Vec<bool>,
    orphans: Vec<u32>,
}

impl GridCut {
    /// `terminal[i]` is how much pixel `i` prefers the source side (negative: the sink side).
    pub(super) fn new(width: usize, height: usize, terminal: Vec<i32>) -> Self {
        let count = width * height;
        debug_assert_eq!(terminal.len(), count);
        Self {
            width,
            height,
            capacity: vec![[0; 8]; count],
            terminal,
            tree: vec![Tree::Free; count],
            parent: vec![NO_PARENT; count],
            active: VecDeque::new(),
            queued: vec![false; count],
            orphans: Vec::new(),
        }
    }

    /// The neighbour of pixel `i` in direction `d`, `None` over the rim.
    pub(super) fn neighbour(&self, i: usize, d: usize) -> Option<usize> {
        let (dx, dy) = STEPS[d];
        let (x, y) = ((i % self.width) as i32 + dx, (i / self.width) as i32 + dy);
        let inside = x >= 0 && y >= 0 && x < self.width as i32 && y < self.height as i32;
        inside.then(|| y as usize * self.width + x as usize)
    }

    /// Joins pixel `i` and its neighbour in direction `d` with the same capacity both ways.
    pub(super) fn join(&mut self, i: usize, d: usize, capacity: i32) {
        if let Some(j) = self.neighbour(i, d) {
            self.capacity[i][d] = capacity;
            self.capacity[j][d ^ 1] = capacity;
        }
    }

    /// Finds the cut; true for the pixels on the source side.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`].
    pub(super) fn solve(mut self, cx: &JobCx<'_>) -> Result<Vec<bool>, EngineError> {
        for i in 0..self.tree.len() {
            if self.terminal[i] != 0 {
                self.tree[i] = if self.terminal[i] > 0 { Tree::Source } else { Tree::Sink };
                self.parent[i] = TERMINAL;
                self.activate(i);
            }
        }
        let mut rounds = 0_u32;
        while let Some(i) = self.active.pop_front() {
            let i = i as usize;
            self.queued[i] = false;
            // A node stays active until no path through it is left.
            while self.tree[i] != Tree::Free {
                rounds = rounds.wrapping_add(1);
                if rounds.is_multiple_of(4096) {
                    cx.check()?;
                }
                let Some((from, d)) = self.grow(i) else { break };
                self.augment(from, d);
                self.adopt();
            }
        }
        Ok(self.tree.iter().map(|&tree| tree == Tree::Source).collect())
    }

    fn activate(&mut self, i: usize) {
        if !self.queued[i] {
            self.queued[i] = true;
            self.active.push_back(i as u32);
        }
    }

    /// Residual capacity between `i` and its neighbour `j` in direction `d`, in the sense in which `tree` hands on flow.
    fn residual(&self, tree: Tree, i: usize, d: usize, j: usize) -> i32 {
        if tree == Tree::Source { self.capacity[i][d] } else { self.capacity[j][d ^ 1] }
    }

    /// Takes free neighbours into the tree of `i`; where the trees meet, the arc from source side to sink side.
    fn grow(&mut self, i: usize) -> Option<(usize, usize)> {
        let tree = self.tree[i];
        for d in 0..8 {
            let Some(j) = self.neighbour(i, d) else { continue };
            if self.residual(tree, i, d, j) == 0 {
                continue;
            }
            if self.tree[j] == Tree::Free {
                self.tree[j] = tree;
                self.parent[j] = (d ^ 1) as u8;
                self.activate(j);
            } else if self.tree[j] != tree {
                return Some(if tree == Tree::Source { (i, d) } else { (j, d ^ 1) });
            }
        }
        None
    }

    /// Pushes as much as fits through the path over the arc (`from`, `d`).
    fn augment(&mut self, from: usize, d: usize) {
        let Some(to) = self.neighbour(from, d) else { return };
        let mut flow = self.capacity[from][d];
        flow = flow.min(self.bottleneck(from)).min(self.bottleneck(to));
        self.capacity[from][d] -= flow;
        self.capacity[to][d ^ 1] += flow;
        self.push(from, flow);
        self.push(to, flow);
    }

    fn bottleneck(&self, mut i: usize) -> i32 {
        let tree = self.tree[i];
        let mut least = i32::MAX;
        loop {
            let d = self.parent[i] as usize;
            if d >= 8 {
                return least.min(self.terminal[i].abs());
            }
            let Some(j) = self.neighbour(i, d) else { return 0 };
            // The parent hands on to the child in the source tree, the child to the parent in the sink tree.
            least = least.min(if tree == Tree::Source { self.capacity[j][d ^ 1] } else { self.capacity[i][d] });
            i = j;
        }
    }

    fn push(&mut self, mut i: usize, flow: i32) {
        let source = self.tree[i] == Tree::Source;
        loop {
            let d = self.parent[i] as usize;
            if d >= 8 {
                self.terminal[i] += if source { -flow } else { flow };
                if self.terminal[i] == 0 {
                    self.orphan(i);
                }
                return;
            }
            let Some(j) = self.neighbour(i, d) else { return };
            let (give, take) = if source { ((j, d ^ 1), (i, d)) } else { ((i, d), (j, d ^ 1)) };
            self.capacity[give.0][give.1] -= flow;
            self.capacity[take.0][take.1] += flow;
            if self.capacity[give.0][give.1] == 0 {
                self.orphan(i);
            }
            i = j;
        }
    }

    fn orphan(&mut self, i: usize) {
        self.parent[i] = ORPHAN;
        self.orphans.push(i as u32);
    }

    /// Finds new parents for orphans; those without one become free.
    fn adopt(&mut self) {
        while let Some(i) = self.orphans.pop() {
            let i = i as usize;
            let tree = self.tree[i];
            let mut found: Option<(usize, u32)> = None;
            for d in 0..8 {
                let Some(j) = self.neighbour(i, d) else { continue };
                // The candidate hands on towards `i`: the residual seen from `j`.
                if self.tree[j] != tree || self.residual(tree, j, d ^ 1, i) == 0 {
                    continue;
                }
                if let Some(steps) = self.steps_to_terminal(j)
                    && found.is_none_or(|(_, least)| steps < least)
                {
                    found = Some((d, steps));
                }
            }
            if let Some((d, _)) = found {
                self.parent[i] = d as u8;
            } else {
                self.free(i, tree);
            }
        }
    }

    fn free(&mut self, i: usize, tree: Tree) {
        for d in 0..8 {
            let Some(j) = self.neighbour(i, d) else { continue };
            if self.tree[j] != tree {
                continue;
            }
            if self.residual(tree, j, d ^ 1, i) > 0 {
                self.activate(j);
            }
            if self.parent[j] == (d ^ 1) as u8 {
                self.orphan(j);
            }
        }
        self.tree[i] = Tree::Free;
        self.parent[i] = NO_PARENT;
    }

    /// Length of the way to the terminal, `None` if it ends at an orphan.
    fn steps_to_terminal(&self, mut i: usize) -> Option<u32> {
        let mut steps = 0;
        loop {
            match self.parent[i] {
                TERMINAL => return Some(steps),
                d if d < 8 => i = self.neighbour(i, d as usize)?,
                _ => return None,
            }
            steps += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn energy(width: usize, height: usize, terminal: &[i32], joins: &[i32], source: &[bool]) -> i64 {
        let grid = GridCut::new(width, height, terminal.to_vec());
        let mut sum = 0;
        for i in 0..source.len() {
            let paid = if source[i] { (-terminal[i]).max(0) } else { terminal[i].max(0) };
            sum += i64::from(paid);
            for (n, d) in [0, 2, 4, 6].into_iter().enumerate() {
                if let Some(j) = grid.neighbour(i, d) {
                    sum += i64::from(joins[i * 4 + n]) * i64::from(source[i] != source[j]);
                }
            }
        }
        sum
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_other_labelling_of_a_small_grid_is_cheaper(
            (width, height) in (1_usize..5, 1_usize..4),
            terminal in proptest::collection::vec(-9_i32..10, 12),
            joins in proptest::collection::vec(0_i32..6, 48),
        ) {
            let count = width * height;
            let mut grid = GridCut::new(width, height, terminal[..count].to_vec());
            for i in 0..count {
                for (n, d) in [0, 2, 4, 6].into_iter().enumerate() {
                    grid.join(i, d, joins[i * 4 + n]);
                }
            }
            let cut = grid.solve(&JobCx::silent()).unwrap();
            let found = energy(width, height, &terminal[..count], &joins, &cut);
            let best = (0_u32..1 << count).map(|bits| {
                let labels: Vec<bool> = (0..count).map(|i| bits >> i & 1 == 1).collect();
                energy(width, height, &terminal[..count], &joins, &labels)
            }).min().unwrap();
            prop_assert_eq!(found, best);
        }
    }

    #[test]
    fn a_cancelled_cut_stops() {
        let cancel = crate::Cancel::default();
        cancel.cancel();
        let cx = JobCx::new(cancel, &|_| {});
        let (width, height) = (200, 200);
        let terminal = (0..width * height)
            .map(|i| if i % width == 0 { 9 } else { -i32::from(i % width == width - 1) * 9 })
            .collect();
        let mut grid = GridCut::new(width, height, terminal);
        for i in 0..width * height {
            grid.join(i, 0, 3);
        }
        assert_eq!(grid.solve(&cx), Err(EngineError::Cancelled));
    }
}
