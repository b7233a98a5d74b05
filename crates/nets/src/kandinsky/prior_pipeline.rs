//! From a prompt to image embeddings: `KandinskyV22PriorPipeline`, in two parts so that the text encoder can be dropped
//! before the prior is loaded.

use super::prior::{Prior, TextCondition};
use crate::clip::{TextEncoder, Tokenizer};
use crate::schedulers::{Noise, SchedulerConfig};
use crate::{Result, Watch, check_numbers, guided};
use candle_core::Tensor;

/// The inputs of the prior.
#[derive(Debug, Clone)]
pub struct PriorInput {
    /// The result of [`encode_prompt`].
    pub text: EncodedPrompt,
    /// Steps of the prior; at least 2 with the checkpoint's unCLIP scheduler.
    pub steps: usize,
    /// How far to go from the negative prompt to the prompt and beyond; up to 1, the negative prompt is not used.
    pub guidance: f64,
    /// The noise to begin with: `(prompts, embedding)`.
    pub latents: Tensor,
}

/// A prompt and its negative prompt, encoded.
#[derive(Debug, Clone)]
pub struct EncodedPrompt {
    /// The prompt, followed by the negative prompt if one is given.
    wanted: TextCondition,
    /// The unconditional text for each of those.
    unwanted: TextCondition,
}

/// The embeddings that steer the decoder, and those to steer away from.
#[derive(Debug, Clone)]
pub struct ImageEmbeddings {
    /// `(1, embedding)`.
    pub image: Tensor,
    /// `(1, embedding)`; `None` without a negative prompt, when CLIP's embedding of an empty image takes its place.
    pub negative: Option<Tensor>,
}

impl EncodedPrompt {
    /// The number of embeddings that are made at once.
    ///
    /// # Errors
    /// Never for the result of [`encode_prompt`].
    pub fn count(&self) -> Result<usize> {
        Ok(self.wanted.text_embeds.dim(0)?)
    }
}

/// Encodes a prompt, and a negative prompt if there is one; an empty one is one.
///
/// # Errors
/// If a text cannot be split into tokens.
pub fn encode_prompt(
    tokenizer: &Tokenizer,
    encoder: &TextEncoder,
    prompt: &str,
    negative: Option<&str>,
) -> Result<EncodedPrompt> {
    let wanted: Vec<&str> = std::iter::once(prompt).chain(negative).collect();
    let unwanted = vec![negative.unwrap_or_default(); wanted.len()];
    Ok(EncodedPrompt { wanted: encode(tokenizer, encoder, &wanted)?, unwanted: encode(tokenizer, encoder, &unwanted)? })
}

fn encode(tokenizer: &Tokenizer, encoder: &TextEncoder, texts: &[&str]) -> Result<TextCondition> {
    let tokens = texts.iter().map(|text| tokenizer.encode(text)).collect::<Result<Vec<_>>>()?;
    let ids: Vec<Vec<u32>> = tokens.iter().map(|tokens| tokens.ids.clone()).collect();
    let output = encoder.forward(&ids)?;
    let masks: Vec<Tensor> = tokens
        .into_iter()
        .map(|tokens| Tensor::new(tokens.attention_mask, output.text_embeds.device()))
        .collect::<candle_core::Result<_>>()?;
    Ok(TextCondition {
        text_embeds: output.text_embeds,
        last_hidden_state: output.last_hidden_state,
        attention_mask: Tensor::stack(&masks, 0)?,
    })
}

/// Image embeddings of an encoded prompt.
///
/// # Errors
/// If the number of steps does not suit the scheduler, and the errors of `watch`.
pub fn embed_prompt(
    prior: &Prior,
    scheduler: &SchedulerConfig,
    input: &PriorInput,
    noise: &mut Noise<'_>,
    watch: &mut Watch<'_>,
) -> Result<ImageEmbeddings> {
    let PriorInput { text, steps, guidance, latents } = input;
    let mut sampler = scheduler.sampler(*steps)?;
    let times = sampler.timesteps().to_vec();
    let is_guided = *guidance > 1.0;
    let condition = if is_guided { joined(&text.unwanted, &text.wanted)? } else { text.wanted.clone() };
    let mut latents = latents.clone();
    watch(0, times.len(), &latents)?;
    for (index, time) in times.iter().enumerate() {
        let prediction = if is_guided {
            let both = prior.forward(&Tensor::cat(&[&latents, &latents], 0)?, *time as f64, &condition)?;
            guided(&both, *guidance)?
        } else {
            prior.forward(&latents, *time as f64, &condition)?
        };
        latents = sampler.step(index, &prediction, &latents, noise)?;
        watch(index + 1, times.len(), &latents)?;
    }
    let embeddings = prior.post_process(&latents)?;
    check_numbers(&embeddings)?;
    let count = text.count()?;
    Ok(ImageEmbeddings {
        image: embeddings.narrow(0, 0, 1)?,
        negative: (count > 1).then(|| embeddings.narrow(0, 1, 1)).transpose()?,
    })
}

fn joined(a: &TextCondition, b: &TextCondition) -> Result<TextCondition> {
    let cat = |a: &Tensor, b: &Tensor| Tensor::cat(&[a, b], 0);
    Ok(TextCondition {
        text_embeds: cat(&a.text_embeds, &b.text_embeds)?,
        last_hidden_state: cat(&a.last_hidden_state, &b.last_hidden_state)?,
        attention_mask: cat(&a.attention_mask, &b.attention_mask)?,
    })
}
