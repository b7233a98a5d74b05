//! Text to tokens as the slow tokenizer of the transformers library for Llama does it, from sentencepiece's `tokenizer.model`.

use crate::weights::{damaged, read_json};
use crate::{ModelError, Result};
use prost::Message;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use tokenizers::models::bpe::{BPE, Merges, Vocab};
use tokenizers::normalizers::{Prepend, Replace, Sequence};

/// Stands for a space in a piece of text.
const SPACE: char = '▁';

/// The fields of sentencepiece's `ModelProto` that are used here.
#[derive(Clone, PartialEq, Message)]
struct Model {
    #[prost(message, repeated, tag = "1")]
    pieces: Vec<Piece>,
    #[prost(message, optional, tag = "2")]
    trainer_spec: Option<TrainerSpec>,
    #[prost(message, optional, tag = "3")]
    normalizer_spec: Option<NormalizerSpec>,
}

#[derive(Clone, PartialEq, Message)]
struct Piece {
    #[prost(string, tag = "1")]
    piece: String,
    #[prost(float, tag = "2")]
    score: f32,
    #[prost(enumeration = "Kind", optional, tag = "3")]
    kind: Option<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
enum Kind {
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Byte = 6,
    Unused = 5,
}

#[derive(Clone, PartialEq, Message)]
struct TrainerSpec {
    /// 1 unigram, 2 byte pairs.
    #[prost(int32, optional, tag = "3")]
    model_type: Option<i32>,
    #[prost(bool, optional, tag = "35")]
    byte_fallback: Option<bool>,
}

#[derive(Clone, PartialEq, Message)]
struct NormalizerSpec {
    #[prost(bytes = "vec", optional, tag = "2")]
    precompiled_charsmap: Option<Vec<u8>>,
    #[prost(bool, optional, tag = "3")]
    add_dummy_prefix: Option<bool>,
    #[prost(bool, optional, tag = "4")]
    remove_extra_whitespaces: Option<bool>,
}

/// The fields of `tokenizer_config.json` that are used here.
#[derive(Debug, Default, Deserialize)]
struct TokenizerConfig {
    /// Written since version 4.34 of the transformers library.
    added_tokens_decoder: Option<HashMap<String, Added>>,
}

#[derive(Debug, Deserialize)]
struct Added {
    content: String,
    #[serde(default)]
    lstrip: bool,
    #[serde(default)]
    rstrip: bool,
}

/// A token that is matched literally in a text, before all others.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Special {
    content: String,
    id: u32,
    /// Whether it swallows the space before and after it.
    strips: [bool; 2],
}

/// Turns text into tokens and back.
#[derive(Debug, Clone)]
pub struct Tokenizer {
    words: tokenizers::Tokenizer,
    /// The longest first.
    specials: Vec<Special>,
    /// The text of each token that stands for text, by its id; a byte where it stands for one.
    pieces: Vec<Meaning>,
    start: u32,
    end: u32,
}

#[derive(Debug, Clone)]
enum Meaning {
    Text(String),
    Byte(u8),
}

impl Tokenizer {
    /// Reads `tokenizer.model` from a checkpoint's folder, and `added_tokens.json` and `tokenizer_config.json` if they
    /// exist.
    ///
    /// A checkpoint without `added_tokens_decoder` is older than version 4.34 of the transformers library, and so are its tokens:
    /// its added tokens swallow the space around them.
    ///
    /// # Errors
    /// [`ModelError`] if a file is missing or is not what it should be.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("tokenizer.model");
        let bytes = std::fs::read(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ModelError::Missing(path.clone()),
            _ => ModelError::Unreadable { path: path.clone(), reason: error.to_string() },
        })?;
        let model = Model::decode(bytes.as_slice()).map_err(|error| damaged(&path, &error))?;
        model.check().map_err(|reason| damaged(&path, &reason))?;
        let added: BTreeMap<String, u32> = read_if_there(&folder.join("added_tokens.json"))?;
        let config: TokenizerConfig = read_if_there(&folder.join("tokenizer_config.json"))?;
        let words = splitter(&model).map_err(|error| damaged(&path, &error))?;

        let is_control = |piece: &&Piece| matches!(piece.kind(), Kind::Unknown | Kind::Control);
        let mut pieces: Vec<Meaning> = model.pieces.iter().map(Piece::meaning).collect();
        let id_of = |content: &str| model.pieces.iter().position(|piece| piece.piece == content).map(|id| id as u32);
        let mut specials: Vec<Special> = model
            .pieces
            .iter()
            .filter(is_control)
            .filter_map(|piece| {
                Some(Special { content: piece.piece.clone(), id: id_of(&piece.piece)?, strips: [false; 2] })
            })
            .collect();
        let described = config.added_tokens_decoder.unwrap_or_default();
        let is_old = described.is_empty();
        let described: HashMap<&str, &Added> =
            described.values().map(|token| (token.content.as_str(), token)).collect();
        for (content, id) in added {
            let strips = match described.get(content.as_str()) {
                Some(token) => [token.lstrip, token.rstrip],
                None => [is_old; 2],
            };
            // Ids may come in any order, but none may be far beyond the others.
            let known = pieces.len().max(id as usize + 1);
            if known > pieces.len() + 10_000 {
                return Err(damaged(&folder.join("added_tokens.json"), &format!("{content} is token {id}")));
            }
            pieces.resize(known, Meaning::Text(String::new()));
            pieces[id as usize] = Meaning::Text(content.clone());
            specials.retain(|special| special.content != content);
            specials.push(Special { content, id, strips });
        }
        specials.retain(|special| !special.content.is_empty());
        specials.sort_by_key(|special| std::cmp::Reverse(special.content.len()));
        let known = |name: &str| id_of(name).ok_or_else(|| damaged(&path, &format!("it has no {name}")));
        Ok(Self { words, specials, pieces, start: known("<s>")?, end: known("</s>")? })
    }

    /// The number of tokens.
    pub const fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Always false: every vocabulary has `<s>` and `</s>`.
    pub const fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The token that every text begins with.
    pub const fn start(&self) -> u32 {
        self.start
    }

    /// The token that ends an answer.
    pub const fn end(&self) -> u32 {
        self.end
    }

    /// The token that stands for exactly this text, and not for what the text would be split into.
    pub fn special(&self, content: &str) -> Option<u32> {
        self.specials.iter().find(|special| special.content == content).map(|special| special.id)
    }

    /// The tokens of a text, without the one it begins with.
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`] if the text cannot be split into tokens.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        let mut ids = Vec::new();
        let (mut rest, mut swallows) = (text, false);
        loop {
            let next = self.next_special(rest);
            let (mut before, after) = match next {
                Some((at, special)) => (&rest[..at], Some((special, &rest[at + special.content.len()..]))),
                None => (rest, None),
            };
            if swallows {
                before = before.trim_start();
            }
            if after.is_some_and(|(special, _)| special.strips[0]) {
                before = before.trim_end();
            }
            if !before.is_empty() {
                let encoding = self.words.encode(before, false);
                let encoding =
                    encoding.map_err(|error| ModelError::Unsuitable(format!("The text cannot be read ({error}).")))?;
                ids.extend_from_slice(encoding.get_ids());
            }
            let Some((special, after)) = after else { return Ok(ids) };
            ids.push(special.id);
            (rest, swallows) = (after, special.strips[1]);
        }
    }

    /// The first special token of a text, the longest where several begin.
    fn next_special<'t>(&'t self, text: &str) -> Option<(usize, &'t Special)> {
        let found = self.specials.iter().filter_map(|special| Some((text.find(&special.content)?, special)));
        found.min_by_key(|(at, special)| (*at, std::cmp::Reverse(special.content.len())))
    }

    /// The text of tokens; special ones are written out. Bytes that form no letter become a question mark.
    pub fn decode(&self, ids: &[u32]) -> String {
        let mut bytes = Vec::new();
        for id in ids {
            match self.pieces.get(*id as usize) {
                Some(Meaning::Text(text)) => bytes.extend_from_slice(text.replace(SPACE, " ").as_bytes()),
                Some(Meaning::Byte(byte)) => bytes.push(*byte),
                None => {}
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        text.strip_prefix(' ').unwrap_or(&text).to_owned()
    }
}

impl Model {
    /// Checks what the rest of this module assumes.
    fn check(&self) -> std::result::Result<(), String> {
        if self.pieces.is_empty() {
            return Err("it has no tokens".to_owned());
        }
        let trainer = self.trainer_spec.clone().unwrap_or_default();
        if trainer.model_type != Some(2) || trainer.byte_fallback != Some(true) {
            return Err("it is not a byte-pair encoding with byte fallback".to_owned());
        }
        let spec = self.normalizer_spec.clone().unwrap_or_default();
        let changes_text = spec.precompiled_charsmap.is_some_and(|map| !map.is_empty());
        if changes_text || spec.remove_extra_whitespaces != Some(false) || spec.add_dummy_prefix == Some(false) {
            return Err("it treats spaces or letters differently from Llama's".to_owned());
        }
        Ok(())
    }
}

impl Piece {
    fn meaning(&self) -> Meaning {
        let byte = self.piece.strip_prefix("<0x").and_then(|hex| u8::from_str_radix(hex.strip_suffix('>')?, 16).ok());
        match byte {
            Some(byte) if self.kind() == Kind::Byte => Meaning::Byte(byte),
            _ => Meaning::Text(self.piece.clone()),
        }
    }
}

/// Merges pairs by the score of what they make, as sentencepiece does; a text begins with a space.
fn splitter(model: &Model) -> tokenizers::Result<tokenizers::Tokenizer> {
    let vocabulary: HashMap<&str, u32> =
        model.pieces.iter().enumerate().map(|(id, piece)| (piece.piece.as_str(), id as u32)).collect();
    let mut merges = Vec::new();
    for piece in model.pieces.iter().filter(|piece| matches!(piece.kind(), Kind::Normal | Kind::UserDefined)) {
        let splits = piece.piece.char_indices().skip(1).map(|(at, _)| piece.piece.split_at(at));
        let parts = splits.filter_map(|(a, b)| Some(((vocabulary.get(a)?, vocabulary.get(b)?), (a, b))));
        let mut parts: Vec<_> = parts.collect();
        parts.sort_by_key(|(ids, _)| *ids);
        merges.extend(parts.into_iter().map(|(_, (a, b))| (piece.score, (a.to_owned(), b.to_owned()))));
    }
    // Stable: among equals the order of the pieces counts.
    merges.sort_by(|a, b| b.0.total_cmp(&a.0));
    let merges: Merges = merges.into_iter().map(|(_, pair)| pair).collect();
    let unknown = model.pieces.iter().find(|piece| piece.kind() == Kind::Unknown);
    let vocabulary: Vocab = vocabulary.into_iter().map(|(piece, id)| (piece.to_owned(), id)).collect();
    let mut pairs = BPE::builder().vocab_and_merges(vocabulary, merges).byte_fallback(true).fuse_unk(true);
    if let Some(unknown) = unknown {
        pairs = pairs.unk_token(unknown.piece.clone());
    }
    let mut splitter = tokenizers::Tokenizer::new(pairs.build()?);
    let spaces = Replace::new(" ", SPACE.to_string())?;
    splitter.with_normalizer(Some(Sequence::new(vec![Prepend::new(SPACE.to_string()).into(), spaces.into()])))?;
    Ok(splitter)
}

fn read_if_there<T: Default + for<'d> Deserialize<'d>>(path: &Path) -> Result<T> {
    if path.exists() { read_json(path) } else { Ok(T::default()) }
}
