//! Text to tokens: the byte-pair encoding of CLIP, from the files `vocab.json` and `merges.txt`.

use crate::weights::{read_json, read_text};
use crate::{ModelError, Result};
use serde::Deserialize;
use std::path::Path;
use tokenizers::models::bpe::{BPE, Merges, Vocab};
use tokenizers::normalizers::replace::ReplacePattern;
use tokenizers::normalizers::{Lowercase, NFC, Replace, Sequence as Normalizers};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence as PreTokenizers;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{AddedToken, SplitDelimiterBehavior};

/// What counts as a word; everything between is dropped.
const WORDS: &str = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

/// `tokenizer_config.json` and `special_tokens_map.json`; a folder may have one or both.
#[derive(Debug, Default, Deserialize)]
struct Special {
    bos_token: Option<Token>,
    eos_token: Option<Token>,
    pad_token: Option<Token>,
    unk_token: Option<Token>,
    model_max_length: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Token {
    Plain(String),
    Described { content: String },
}

impl Token {
    fn text(self) -> String {
        match self {
            Self::Plain(text) | Self::Described { content: text } => text,
        }
    }
}

/// A text as tokens, as many as the model takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Start, text, end and padding: always as many ids as the model takes, 77 where the files name no length.
    pub ids: Vec<u32>,
    /// 1 for the text with its start and end, 0 for padding.
    pub attention_mask: Vec<u8>,
    /// Whether the text was too long, and its end was left out.
    pub is_truncated: bool,
}

/// Turns text into tokens.
#[derive(Debug, Clone)]
pub struct Tokenizer {
    words: tokenizers::Tokenizer,
    start: u32,
    end: u32,
    padding: u32,
    length: usize,
}

impl Tokenizer {
    /// Reads the folder `tokenizer` of a checkpoint.
    ///
    /// # Errors
    /// [`ModelError`] if a file is missing or is not what it should be.
    pub fn open(folder: &Path) -> Result<Self> {
        let vocabulary: Vocab = read_json(&folder.join("vocab.json"))?;
        let merges_file = folder.join("merges.txt");
        let merges = read_merges(&read_text(&merges_file)?).ok_or_else(|| ModelError::Damaged {
            path: merges_file.clone(),
            reason: "a line is not a pair".to_owned(),
        })?;
        let map: Special = read_if_there(&folder.join("special_tokens_map.json"))?;
        let config: Special = read_if_there(&folder.join("tokenizer_config.json"))?;
        let named =
            |a: Option<Token>, b: Option<Token>, default: &str| a.or(b).map_or_else(|| default.to_owned(), Token::text);
        let start = named(map.bos_token, config.bos_token, "<|startoftext|>");
        let end = named(map.eos_token, config.eos_token, "<|endoftext|>");
        let unknown = named(map.unk_token, config.unk_token, &end);
        let padding = named(map.pad_token, config.pad_token, &end);
        // A length of 10³⁰ stands for none.
        let length = config.model_max_length.filter(|length| *length < 1e6).map_or(77, |length| length as usize);

        let id = |token: &str| {
            vocabulary.get(token).copied().ok_or_else(|| ModelError::Damaged {
                path: folder.join("vocab.json"),
                reason: format!("it has no {token}"),
            })
        };
        let (start_id, end_id, padding_id) = (id(&start)?, id(&end)?, id(&padding)?);
        let words = word_splitter(vocabulary, merges, unknown, [start, end]);
        let words = words.map_err(|error| ModelError::Damaged { path: merges_file, reason: error.to_string() })?;
        Ok(Self { words, start: start_id, end: end_id, padding: padding_id, length })
    }

    /// Start, text, end and padding; of a text that is too long, what fits before the end.
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`] if the text cannot be split into tokens.
    pub fn encode(&self, text: &str) -> Result<Tokens> {
        let encoding = self.words.encode(text, false);
        let encoding =
            encoding.map_err(|error| ModelError::Unsuitable(format!("The text cannot be read ({error}).")))?;
        let room = self.length.saturating_sub(2);
        let mut ids = vec![self.start];
        ids.extend(encoding.get_ids().iter().take(room));
        ids.push(self.end);
        let mut attention_mask = vec![1; ids.len()];
        ids.resize(self.length, self.padding);
        attention_mask.resize(self.length, 0);
        Ok(Tokens { ids, attention_mask, is_truncated: encoding.len() > room })
    }
}

fn read_if_there(path: &Path) -> Result<Special> {
    if path.exists() { read_json(path) } else { Ok(Special::default()) }
}

/// Pairs in the order of their rank; the first line may say which version this is.
fn read_merges(text: &str) -> Option<Merges> {
    let lines = text.lines().filter(|line| !line.starts_with("#version") && !line.trim().is_empty());
    lines.map(|line| line.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()))).collect()
}

/// Lower-case words as bytes, those as pairs, each word's last with a mark; texts get no start and no end.
fn word_splitter(
    vocabulary: Vocab,
    merges: Merges,
    unknown: String,
    special: [String; 2],
) -> tokenizers::Result<tokenizers::Tokenizer> {
    let pairs = BPE::builder().vocab_and_merges(vocabulary, merges).unk_token(unknown);
    let mut splitter = tokenizers::Tokenizer::new(pairs.end_of_word_suffix("</w>".to_owned()).build()?);
    let spaces = Replace::new(ReplacePattern::Regex(r"\s+".to_owned()), " ")?;
    splitter.with_normalizer(Some(Normalizers::new(vec![NFC.into(), spaces.into(), Lowercase.into()])))?;
    let words = Split::new(SplitPattern::Regex(WORDS.to_owned()), SplitDelimiterBehavior::Removed, true)?;
    let bytes = ByteLevel::new(false, true, false);
    splitter.with_pre_tokenizer(Some(PreTokenizers::new(vec![words.into(), bytes.into()])));
    splitter.add_special_tokens(special.map(|text| AddedToken::from(text, true).normalized(false)))?;
    Ok(splitter)
}
