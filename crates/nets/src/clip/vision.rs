//! The image tower, with and without the projection into the space that texts share.

use super::encoder::{Encoder, Sizes, completed};
use crate::ops::Linear;
use crate::{ModelError, Result};
use candle_core::{Device, IndexOp, Module, Tensor};
use candle_nn::{Conv2d, Conv2dConfig, LayerNorm, VarBuilder, conv2d_no_bias, layer_norm};
use serde::Deserialize;
use serde_json::{Value, json};

/// `image_encoder/config.json`, or the `vision_config` in the config of both towers.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Value")]
pub struct VisionConfig {
    /// Sizes of the tower's transformer.
    pub sizes: Sizes,
    /// Pixels along each side of the square image that positions were learnt for; 224.
    pub image_size: usize,
    /// Pixels along each side of a patch; 14 in CLIP-L, 16 in `CLIPSeg`.
    pub patch_size: usize,
}

impl TryFrom<Value> for VisionConfig {
    type Error = serde_json::Error;

    fn try_from(file: Value) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct Rest {
            image_size: usize,
            patch_size: usize,
        }
        let defaults = json!({
            "hidden_size": 768, "intermediate_size": 3072, "projection_dim": 512, "num_hidden_layers": 12,
            "num_attention_heads": 12, "image_size": 224, "patch_size": 32, "hidden_act": "quick_gelu",
            "layer_norm_eps": 1e-5
        });
        let config = completed(file, "vision_config", defaults);
        let Rest { image_size, patch_size } = Rest::deserialize(&config)?;
        Ok(Self { sizes: Sizes::deserialize(config)?, image_size, patch_size })
    }
}

/// Turns images into states: `CLIPVisionModel`.
#[derive(Debug, Clone)]
pub struct VisionModel {
    class_embedding: Tensor,
    patch_embedding: Conv2d,
    position_embedding: Tensor,
    pre_layrnorm: LayerNorm,
    encoder: Encoder,
    post_layernorm: LayerNorm,
    side: usize,
}

/// Turns images into embeddings: `CLIPVisionModelWithProjection`.
#[derive(Debug, Clone)]
pub struct VisionEncoder {
    model: VisionModel,
    visual_projection: Linear,
}

impl VisionModel {
    /// # Errors
    /// If weights are missing or have another shape.
    pub fn new(config: &VisionConfig, weights: VarBuilder<'_>) -> Result<Self> {
        let Sizes { hidden_size: width, layer_norm_eps: eps, .. } = config.sizes;
        let patch = config.patch_size;
        let patches = (config.image_size / patch.max(1)).pow(2);
        let stride = Conv2dConfig { stride: patch, ..Conv2dConfig::default() };
        let model = weights.pp("vision_model");
        let embeddings = model.pp("embeddings");
        let norm = |name: &str| layer_norm(width, eps, model.pp(name));
        Ok(Self {
            class_embedding: embeddings.get(width, "class_embedding")?,
            patch_embedding: conv2d_no_bias(3, width, patch, stride, embeddings.pp("patch_embedding"))?,
            position_embedding: embeddings.pp("position_embedding").get((patches + 1, width), "weight")?,
            // Spelt like this in the checkpoints.
            pre_layrnorm: norm("pre_layrnorm")?,
            encoder: Encoder::new(config.sizes, model.pp("encoder"))?,
            post_layernorm: norm("post_layernorm")?,
            side: config.image_size,
        })
    }

    /// Pixels along each side of what the network sees.
    pub const fn side(&self) -> usize {
        self.side
    }

    /// The state `(batch, 1 + patches, width)`, the class first, of normalised pixels `(batch, 3, side, side)`: of index 0
    /// before the first layer, counted from the end where it is negative, as `hidden_states[index]`.
    ///
    /// # Errors
    /// If there is no such state, or the shapes do not fit.
    pub fn hidden_state(&self, pixels: &Tensor, index: i64) -> Result<Tensor> {
        let states = self.encoder.layers() as i64 + 1;
        let layers = if index < 0 { states + index } else { index };
        if !(0..states).contains(&layers) {
            return Err(ModelError::Unsupported(format!("it asks for state {index} of {states}")));
        }
        let mut states = self.encoder.states(&self.embed(pixels)?, layers as usize)?;
        Ok(states.swap_remove(layers as usize))
    }

    /// The states after some of the layers, counted from 0, in this order.
    ///
    /// # Errors
    /// If there is no such layer, or the shapes do not fit.
    pub fn layers(&self, pixels: &Tensor, layers: &[usize]) -> Result<Vec<Tensor>> {
        let deepest = layers.iter().copied().max().map_or(0, |layer| layer + 1);
        if deepest > self.encoder.layers() {
            return Err(ModelError::Unsupported(format!("it asks for {deepest} of {} layers", self.encoder.layers())));
        }
        let states = self.encoder.states(&self.embed(pixels)?, deepest)?;
        Ok(layers.iter().map(|layer| states[layer + 1].clone()).collect())
    }

    /// The class and the patches, with their places, normalised.
    fn embed(&self, pixels: &Tensor) -> Result<Tensor> {
        let patches = self.patch_embedding.forward(pixels)?;
        let (batch, width, height, across) = patches.dims4()?;
        let positions = self.positions(height, across)?;
        let patches = patches.flatten_from(2)?.transpose(1, 2)?;
        let class = self.class_embedding.reshape((1, 1, width))?.broadcast_as((batch, 1, width))?;
        let x = Tensor::cat(&[class.contiguous()?, patches.contiguous()?], 1)?;
        Ok(x.broadcast_add(&positions)?.apply(&self.pre_layrnorm)?)
    }

    /// The position embeddings of the class and of `height` × `across` patches, `(1 + patches, width)`: as learnt, or
    /// interpolated.
    fn positions(&self, height: usize, across: usize) -> Result<Tensor> {
        let (learnt, width) = self.position_embedding.dims2()?;
        let grid = (learnt - 1).isqrt();
        if (height, across) == (grid, grid) {
            return Ok(self.position_embedding.clone());
        }
        let table = self.position_embedding.narrow(0, 1, learnt - 1)?;
        let weights = |to: usize| cubic(grid, to, table.device())?.to_dtype(table.dtype());
        let rows = weights(height)?.matmul(&table.reshape((grid, grid * width))?)?.reshape((height, grid, width))?;
        let columns = weights(across)?.broadcast_matmul(&rows.contiguous()?)?.reshape((height * across, width))?;
        Ok(Tensor::cat(&[&self.position_embedding.narrow(0, 0, 1)?, &columns], 0)?)
    }

    /// The embedding of the whole image, `(batch, width)`: the class after the last layer, normalised.
    fn pooled(&self, pixels: &Tensor) -> Result<Tensor> {
        let x = self.encoder.forward(&self.embed(pixels)?, None)?;
        Ok(x.i((.., 0))?.contiguous()?.apply(&self.post_layernorm)?)
    }
}

impl VisionEncoder {
    /// # Errors
    /// If weights are missing or have another shape.
    pub fn new(config: &VisionConfig, weights: VarBuilder<'_>) -> Result<Self> {
        let Sizes { hidden_size: width, projection_dim, .. } = config.sizes;
        let visual_projection = Linear::without_bias([width, projection_dim], weights.pp("visual_projection"))?;
        Ok(Self { model: VisionModel::new(config, weights)?, visual_projection })
    }

    /// Embeddings `(batch, projection)` of normalised pixels `(batch, 3, side, side)`.
    ///
    /// # Errors
    /// If the shapes do not fit.
    pub fn forward(&self, pixels: &Tensor) -> Result<Tensor> {
        Ok(self.model.pooled(pixels)?.apply(&self.visual_projection)?)
    }

    /// The embedding `(1, projection)` of an empty image: of normalised pixels that are zero, a middle grey. Kandinsky
    /// steers away from it where there is no negative prompt.
    ///
    /// # Errors
    /// If the device is out of memory.
    pub fn zero_embedding(&self) -> Result<Tensor> {
        let (like, side) = (&self.model.class_embedding, self.model.side);
        self.forward(&Tensor::zeros((1, 3, side, side), like.dtype(), like.device())?)
    }
}

/// The weight of each of `from` places in each of `to` places: `(to, from)`, bicubic with a = −0.75 between centres, as
/// torch enlarges.
fn cubic(from: usize, to: usize, device: &Device) -> candle_core::Result<Tensor> {
    const A: f64 = -0.75;
    let weight = |distance: f64| match distance.abs() {
        d if d < 1.0 => ((A + 2.0) * d - (A + 3.0)) * d * d + 1.0,
        d if d < 2.0 => ((d - 5.0) * d + 8.0) * d * A - 4.0 * A,
        _ => 0.0,
    };
    let mut weights = vec![0.0_f32; to * from];
    for (place, weights) in weights.chunks_exact_mut(from.max(1)).enumerate() {
        let at = (place as f64 + 0.5) * from as f64 / to as f64 - 0.5;
        let first = at.floor() as i64 - 1;
        for tap in first..first + 4 {
            weights[tap.clamp(0, from as i64 - 1) as usize] += weight(at - tap as f64) as f32;
        }
    }
    Tensor::from_vec(weights, (to, from), device)
}
