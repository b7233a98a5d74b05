//! A question as `llava_v1` asks it.

use crate::llama::Tokenizer;
use crate::{ModelError, Result};

/// Placeholder for the image in the text.
const PICTURE: &str = "<image>";

/// The tokens that mean more than words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    /// `[SEG]`.
    pub mask: u32,
    /// Ends an answer.
    pub end: u32,
}

impl Tokens {
    /// Looks them up in a vocabulary.
    ///
    /// # Errors
    /// [`ModelError::Unsupported`] if it is not LISA's.
    pub fn of(tokenizer: &Tokenizer) -> Result<Self> {
        let missing = |name: &str| ModelError::Unsupported(format!("its vocabulary has no {name}, so it is not LISA"));
        for name in ["<im_start>", "<im_end>"] {
            tokenizer.special(name).ok_or_else(|| missing(name))?;
        }
        let mask = tokenizer.special("[SEG]").ok_or_else(|| missing("[SEG]"))?;
        Ok(Self { mask, end: tokenizer.end() })
    }
}

/// The tokens before and after a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Ids of the text before the picture, the token that starts a text first.
    pub before: Vec<u32>,
    /// Ids of the text after the picture; empty if the text names no picture.
    pub after: Vec<u32>,
}

/// The text of a conversation about an image in `LLaVA`'s first format: questions, each but the last with its answer.
pub fn llava_v1(earlier: &[(&str, &str)], question: &str) -> String {
    const SYSTEM: &str = "A chat between a curious human and an artificial intelligence assistant. The assistant gives \
                          helpful, detailed, and polite answers to the human's questions.";
    let answered = earlier.iter().map(|(question, answer)| (question, format!(" {}</s>", harmless(answer))));
    let turns = answered.chain([(&question, String::new())]).enumerate().map(|(turn, (question, answer))| {
        let picture = if turn == 0 { "<im_start><image><im_end>\n" } else { "" };
        format!(" USER: {picture}{} ASSISTANT:{answer}", harmless(question))
    });
    std::iter::once(SYSTEM.to_owned()).chain(turns).collect()
}

/// The user's words, made free of special tokens.
fn harmless(text: &str) -> String {
    let special = ["<image>", "<im_start>", "<im_end>", "<im_patch>", "[SEG]", "<s>", "</s>", "<unk>"];
    special.iter().fold(text.to_owned(), |text, token| text.replace(token, " "))
}

impl Prompt {
    /// The tokens of a text with a picture in it.
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`] if the text cannot be split into tokens.
    pub fn new(text: &str, tokenizer: &Tokenizer) -> Result<Self> {
        let (before, after) = text.split_once(PICTURE).unwrap_or((text, ""));
        let mut first = vec![tokenizer.start()];
        first.extend(tokenizer.encode(before)?);
        Ok(Self { before: first, after: tokenizer.encode(after)? })
    }
}
