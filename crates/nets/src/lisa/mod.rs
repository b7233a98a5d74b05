//! LISA (Lai et al. 2023, arXiv 2308.00692): a language model that looks at an image and answers in words; where it
//! says `[SEG]` it means a mask, which Segment Anything draws from its state.
//!
//! `LLaVA`'s one linear projector between CLIP's image tower and Llama; the tower has its own checkpoint. Names are
//! those of the published checkpoints.

mod prompt;

pub use prompt::{Prompt, Tokens, llava_v1};

use super::clip::VisionModel;
use super::llama::{self, Cache, GoOn, Llama};
use super::ops::{Linear, WeightType};
use super::sam::{self, Sam};
use super::{ModelError, Result, check_numbers};
use candle_core::{DType, IndexOp, Module, Tensor};
use candle_nn::VarBuilder;
use serde::Deserialize;

/// `config.json` of a checkpoint.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Sizes of the language model; in the file they stand beside the other fields.
    #[serde(flatten)]
    pub llama: llama::Config,
    /// Width of the states of CLIP's tower.
    pub mm_hidden_size: usize,
    /// Index of the tower's state that is used.
    #[serde(default = "second_to_last")]
    pub mm_vision_select_layer: i64,
}

const fn second_to_last() -> i64 {
    -2
}

/// The whole network.
#[derive(Debug, Clone)]
pub struct Lisa {
    tower: VisionModel,
    mm_projector: Linear,
    llama: Llama,
    text_hidden_fcs: [Linear; 2],
    sam: Sam,
    select_layer: i64,
}

/// An answer in words, and prompts for its masks.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Without the token that ends it.
    pub tokens: Vec<u32>,
    /// Prompts `(n, 1, width)` for Segment Anything, one for each of the `n` masks in the answer; `None` without masks.
    pub prompts: Option<Tensor>,
    /// Whether it was cut at its greatest length.
    pub is_cut: bool,
}

impl Lisa {
    /// Loads a checkpoint and a tower, with the linear layers of the language model quantised. Segment Anything
    /// computes in 32 bits, because its embedding overflows in 16.
    ///
    /// # Errors
    /// If weights are missing or have another shape.
    pub fn new(config: &Config, kept: WeightType, weights: VarBuilder<'_>, tower: VisionModel) -> Result<Self> {
        let (model, width) = (weights.pp("model"), config.llama.hidden_size);
        let exact = model.clone().set_dtype(DType::F32);
        let (visual, fcs) = (exact.pp("visual_model"), exact.pp("text_hidden_fcs.0"));
        let sam_config = sam::Config::read(&visual)?;
        Ok(Self {
            tower,
            mm_projector: Linear::new([config.mm_hidden_size, width], model.pp("mm_projector"))?,
            llama: Llama::new(&config.llama, kept, weights)?,
            text_hidden_fcs: [
                Linear::new([width, width], fcs.pp("0"))?,
                Linear::new([width, sam_config.decoder.width], fcs.pp("2"))?,
            ],
            sam: Sam::new(&sam_config, visual)?,
            select_layer: config.mm_vision_select_layer,
        })
    }

    /// The language model by itself, for text without a picture.
    pub const fn llama(&self) -> &Llama {
        &self.llama
    }

    /// Segment Anything, which encodes the image and draws masks from [`Answer::prompts`].
    pub const fn sam(&self) -> &Sam {
        &self.sam
    }

    /// Pixels along each side of what the language model sees.
    pub const fn side(&self) -> usize {
        self.tower.side()
    }

    /// The tower's features of normalised pixels `(1, 3, side, side)`: `(1, patches, width of the tower)`.
    ///
    /// # Errors
    /// If the shape does not fit.
    pub fn features(&self, pixels: &Tensor) -> Result<Tensor> {
        let states = self.tower.hidden_state(pixels, self.select_layer)?;
        Ok(states.i((.., 1..))?.contiguous()?)
    }

    /// A picture in the place of words, `(1, patches, width)`, from normalised pixels `(1, 3, side, side)`.
    ///
    /// # Errors
    /// See [`features`](Self::features).
    pub fn look(&self, pixels: &Tensor) -> Result<Tensor> {
        Ok(self.mm_projector.forward(&self.features(pixels)?)?)
    }

    /// A question with its picture as vectors `(1, tokens, width)`.
    ///
    /// # Errors
    /// If a token is not in the vocabulary.
    pub fn embed(&self, prompt: &Prompt, picture: &Tensor) -> Result<Tensor> {
        let (before, after) = (self.llama.embed(&prompt.before)?, self.llama.embed(&prompt.after)?);
        Ok(Tensor::cat(&[&before, picture, &after], 1)?)
    }

    /// The likeliest answer to a question, up to a maximum number of tokens. The beginning of the question that the
    /// cache remembers is not read again. `listen` gets each token and returns whether to continue.
    ///
    /// # Errors
    /// See [`Llama::generate`].
    pub fn answer(
        &self,
        question: &Tensor,
        tokens: Tokens,
        most: usize,
        cache: &mut Cache,
        go_on: &GoOn<'_>,
        listen: &mut dyn FnMut(u32) -> Result<bool>,
    ) -> Result<Answer> {
        let known = cache.tokens();
        let unread = question.dim(1)?.checked_sub(known).filter(|unread| *unread > 0);
        let unread = unread.ok_or_else(|| ModelError::Unsuitable("There is no question to answer.".to_owned()))?;
        let question = question.narrow(1, known, unread)?;
        let mut meant = Vec::new();
        let mut hear = |chosen: &llama::Chosen| {
            if chosen.token == tokens.mask {
                // A mask is drawn from the state by which `[SEG]` was chosen.
                meant.push(chosen.hidden.to_dtype(DType::F32)?);
            }
            Ok(chosen.token != tokens.end && listen(chosen.token)?)
        };
        let chosen = self.llama.generate(&question, most, cache, go_on, &mut hear)?;
        let is_cut = chosen.len() == most && chosen.last().is_some_and(|last| last.token != tokens.end);
        let words = chosen.into_iter().map(|chosen| chosen.token).filter(|token| *token != tokens.end).collect();
        let prompts = if meant.is_empty() { None } else { Some(self.prompts(&Tensor::stack(&meant, 0)?)?) };
        Ok(Answer { tokens: words, prompts, is_cut })
    }

    /// Prompts `(n, 1, width of the decoder)` for Segment Anything from the states `(n, width)` by which `[SEG]` was
    /// chosen.
    ///
    /// # Errors
    /// If the shape does not fit, or the weights are damaged.
    pub fn prompts(&self, states: &Tensor) -> Result<Tensor> {
        let [first, second] = &self.text_hidden_fcs;
        let prompts = second.forward(&first.forward(&states.to_dtype(DType::F32)?)?.relu()?)?.unsqueeze(1)?;
        check_numbers(&prompts)?;
        Ok(prompts)
    }
}
