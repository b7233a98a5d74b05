//! Keys and values of the tokens that were read.

use candle_core::{Result, Tensor};

/// The layers' memory of a text: continuing it costs only the new tokens.
#[derive(Debug, Default)]
pub struct Cache {
    layers: Vec<Option<Entry>>,
    tokens: usize,
}

/// Keys and values `(batch, heads, room, d)` of one layer.
#[derive(Debug)]
struct Entry {
    keys: Tensor,
    values: Tensor,
}

/// Tokens by which the room grows.
const STEP: usize = 256;

impl Cache {
    /// A cache that remembers no token; it takes memory as layers add to it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tokens that are remembered.
    pub const fn tokens(&self) -> usize {
        self.tokens
    }

    /// Forgets all but the first `tokens`.
    pub fn truncate(&mut self, tokens: usize) {
        self.tokens = self.tokens.min(tokens);
    }

    /// Appends keys and values `(batch, heads, tokens, d)` to a layer; returns all of its keys and values, in place.
    pub(super) fn append(&mut self, layer: usize, keys: &Tensor, values: &Tensor) -> Result<(Tensor, Tensor)> {
        if self.layers.len() <= layer {
            self.layers.resize_with(layer + 1, || None);
        }
        let (start, length) = (self.tokens, self.tokens + keys.dim(2)?);
        let room = length.div_ceil(STEP) * STEP;
        let entry = self.layers[layer].take();
        let entry = match entry {
            Some(entry) if entry.keys.dim(2)? >= length && entry.keys.dim(0)? == keys.dim(0)? => entry,
            old => Entry {
                keys: with_room(old.as_ref().map(|entry| &entry.keys), keys, start, room)?,
                values: with_room(old.as_ref().map(|entry| &entry.values), values, start, room)?,
            },
        };
        entry.keys.slice_set(&keys.contiguous()?, 2, start)?;
        entry.values.slice_set(&values.contiguous()?, 2, start)?;
        let all = (entry.keys.narrow(2, 0, length)?, entry.values.narrow(2, 0, length)?);
        self.layers[layer] = Some(entry);
        Ok(all)
    }

    /// Records that all layers have got `tokens` more tokens.
    pub(super) fn advance(&mut self, tokens: usize) {
        self.tokens += tokens;
    }
}

/// A tensor with room for `room` tokens that keeps the first `kept` of the old one.
fn with_room(old: Option<&Tensor>, like: &Tensor, kept: usize, room: usize) -> Result<Tensor> {
    let (batch, heads, _, width) = like.dims4()?;
    let new = Tensor::zeros((batch, heads, room, width), like.dtype(), like.device())?;
    if let Some(old) = old.filter(|_| kept > 0) {
        new.slice_set(&old.narrow(2, 0, kept)?.contiguous()?, 2, 0)?;
    }
    Ok(new)
}
