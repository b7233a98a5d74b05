//! Decodes a large image in tiles, so that memory does not grow with it.

use crate::Result;
use candle_core::{DType, Tensor};

/// How latents are cut into tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tiling {
    /// Latents along each side of a tile.
    pub side: usize,
    /// Latents that neighbours share, at least; the tiles fade into each other there.
    pub overlap: usize,
}

impl Default for Tiling {
    /// Tiles of 768² pixels where a latent stands for 8².
    fn default() -> Self {
        Self { side: 96, overlap: 16 }
    }
}

/// The image `(1, channels, h · factor, w · factor)` in 32-bit floats from latents `(1, _, h, w)`. Calls `decode` for
/// one tile after another, or once if everything fits into one.
///
/// Norms see only one tile, so tiles differ a little in tone: hence the overlap.
///
/// # Errors
/// The errors of `decode`, which is called before each tile and may check there whether to continue.
pub fn decode_tiled(
    latents: &Tensor,
    tiling: Tiling,
    mut decode: impl FnMut(&Tensor) -> Result<Tensor>,
) -> Result<Tensor> {
    let (_, _, height, width) = latents.dims4()?;
    if height <= tiling.side && width <= tiling.side {
        return Ok(decode(latents)?.to_dtype(DType::F32)?);
    }
    let (rows, columns) = (cuts(height, tiling), cuts(width, tiling));
    let (tile_height, tile_width) = (tiling.side.min(height), tiling.side.min(width));
    let mut all: Option<Canvas> = None;
    for &top in &rows {
        for &left in &columns {
            let part = latents.narrow(2, top, tile_height)?.narrow(3, left, tile_width)?.contiguous()?;
            let tile = decode(&part)?;
            let factor = tile.dim(2)? / tile_height;
            let channels = tile.dim(1)?;
            let canvas = all.get_or_insert_with(|| Canvas::new(channels, height * factor, width * factor));
            canvas.add(&tile, top * factor, left * factor, tiling.overlap * factor)?;
        }
    }
    all.unwrap_or_else(|| Canvas::new(0, 0, 0)).finish(latents)
}

/// Where tiles begin along a side, evenly spaced.
fn cuts(length: usize, tiling: Tiling) -> Vec<usize> {
    let Some(rest) = length.checked_sub(tiling.side).filter(|rest| *rest > 0) else {
        return vec![0];
    };
    let stride = tiling.side.saturating_sub(tiling.overlap).max(1);
    let count = rest.div_ceil(stride);
    (0..=count).map(|i| rest * i / count).collect()
}

/// Sums of tiles and of their weights.
struct Canvas {
    channels: usize,
    height: usize,
    width: usize,
    sums: Vec<f32>,
    weights: Vec<f32>,
}

impl Canvas {
    fn new(channels: usize, height: usize, width: usize) -> Self {
        let (sums, weights) = (vec![0.0; channels * height * width], vec![0.0; height * width]);
        Self { channels, height, width, sums, weights }
    }

    fn add(&mut self, tile: &Tensor, top: usize, left: usize, overlap: usize) -> Result<()> {
        let (_, _, height, width) = tile.dims4()?;
        let values = tile.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
        let (down, along) = (ramp(height, overlap), ramp(width, overlap));
        for (y, row) in down.iter().enumerate() {
            for (x, column) in along.iter().enumerate() {
                let weight = row * column;
                let place = (top + y) * self.width + left + x;
                self.weights[place] += weight;
                for channel in 0..self.channels {
                    self.sums[channel * self.height * self.width + place] +=
                        weight * values[(channel * height + y) * width + x];
                }
            }
        }
        Ok(())
    }

    fn finish(self, like: &Tensor) -> Result<Tensor> {
        let area = (self.height * self.width).max(1);
        let values: Vec<f32> = self.sums.iter().enumerate().map(|(i, sum)| sum / self.weights[i % area]).collect();
        Ok(Tensor::from_vec(values, (1, self.channels, self.height, self.width), like.device())?)
    }
}

/// Weights along a side: falling towards its ends, never quite to 0, so that pixels under only one tile are that
/// tile's.
fn ramp(length: usize, overlap: usize) -> Vec<f32> {
    let reach = overlap.min(length / 2).max(1) as f32;
    (0..length).map(|i| ((i.min(length - 1 - i) as f32 + 0.5) / reach).min(1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelError;
    use candle_core::Device;

    const TILING: Tiling = Tiling { side: 6, overlap: 2 };

    /// A decoder without context: the tiles must give exactly what the whole gives.
    fn enlarge(latents: &Tensor) -> Result<Tensor> {
        let (_, _, height, width) = latents.dims4()?;
        Ok(latents.narrow(1, 0, 3)?.upsample_nearest2d(2 * height, 2 * width)?)
    }

    #[test]
    fn tiles_join_to_what_the_whole_would_give() {
        for (height, width) in [(6, 6), (7, 6), (5, 23), (16, 13), (30, 4)] {
            let latents = Tensor::randn(0.0_f32, 1.0, (1, 4, height, width), &Device::Cpu).unwrap();
            let mut largest = 0;
            let tiled = decode_tiled(&latents, TILING, |tile| {
                largest = largest.max(tile.dim(2).unwrap()).max(tile.dim(3).unwrap());
                enlarge(tile)
            });
            let difference = (tiled.unwrap() - enlarge(&latents).unwrap()).unwrap().abs().unwrap().max_all().unwrap();
            assert!(difference.to_scalar::<f32>().unwrap() < 1e-5, "{height} × {width}");
            assert!(largest <= TILING.side, "{height} × {width}: a tile of {largest}");
        }
    }

    #[test]
    fn neighbours_share_at_least_the_overlap_and_reach_the_end() {
        for length in 7..80 {
            let cuts = cuts(length, TILING);
            assert_eq!(cuts.last(), Some(&(length - TILING.side)));
            assert!(
                cuts.windows(2).all(|pair| pair[1] - pair[0] <= TILING.side - TILING.overlap),
                "{length}: {cuts:?}"
            );
        }
    }

    #[test]
    fn a_decoder_that_stops_stops_all() {
        let latents = Tensor::zeros((1, 4, 20, 20), DType::F32, &Device::Cpu).unwrap();
        let mut asked = 0;
        let stopped = decode_tiled(&latents, TILING, |tile| {
            asked += 1;
            if asked == 3 { Err(ModelError::Cancelled) } else { enlarge(tile) }
        });
        assert!(matches!(stopped, Err(ModelError::Cancelled)) && asked == 3);
    }
}
