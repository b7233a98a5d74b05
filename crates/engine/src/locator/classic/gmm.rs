//! Mixtures of Gaussians over colour and texture, after `GrabCut` (Rother, Kolmogorov & Blake 2004), which has colour alone.

use super::frame::Frame;

/// [`Lab`](super::frame::Lab), and how lively the surroundings are ([`Frame::texture`]).
pub(super) type Feature = [f32; 4];

const DIMENSIONS: usize = 4;
/// Maximum number of samples for fitting a mixture; more only take longer.
const MOST_SAMPLES: usize = 12_000;
/// Added to the variances, so that flat areas do not make needles: the spread of 8-bit noise.
const REGULARISATION: f32 = 2e-4;

/// The features of every pixel.
pub(super) fn features(frame: &Frame) -> Vec<Feature> {
    frame.lab.iter().zip(frame.texture()).map(|(&[l, a, b], texture)| [l, a, b, texture]).collect()
}

#[derive(Clone, Copy)]
struct Gaussian {
    mean: Feature,
    /// Lower triangle of the covariance's Cholesky factor; the diagonal is inverted, to spare divisions.
    factor: [Feature; DIMENSIONS],
    /// Logarithm of weight / sqrt(det(covariance)).
    log_scale: f32,
}

/// A distribution of features.
pub(super) struct Mixture(Vec<Gaussian>);

impl Mixture {
    /// Fits at most `components` Gaussians; `None` without samples.
    pub(super) fn fit(samples: impl Iterator<Item = Feature> + Clone, components: usize) -> Option<Self> {
        let count = samples.clone().count();
        let samples: Vec<Feature> = samples.step_by(count.div_ceil(MOST_SAMPLES).max(1)).collect();
        if samples.is_empty() {
            return None;
        }
        let mut clusters = k_means(&samples, components);
        let mixture = Self::of_clusters(&samples, &clusters, components);
        // Once more by likelihood: k-means knows no elongated clusters, and shading makes such.
        for (cluster, sample) in clusters.iter_mut().zip(&samples) {
            *cluster = mixture.likeliest(sample);
        }
        Some(Self::of_clusters(&samples, &clusters, components))
    }

    fn of_clusters(samples: &[Feature], clusters: &[usize], components: usize) -> Self {
        let mut groups = vec![Vec::new(); components];
        for (sample, &cluster) in samples.iter().zip(clusters) {
            groups[cluster].push(*sample);
        }
        let total = samples.len() as f32;
        Self(groups.iter().filter(|g| !g.is_empty()).map(|g| Gaussian::fit(g, g.len() as f32 / total)).collect())
    }

    fn likeliest(&self, feature: &Feature) -> usize {
        let density = |&i: &usize| self.0[i].log_density(feature);
        (0..self.0.len()).max_by(|i, j| density(i).total_cmp(&density(j))).unwrap_or(0)
    }

    /// Negative logarithm of the density, up to a constant common to all mixtures.
    pub(super) fn cost(&self, feature: &Feature) -> f32 {
        let density: f32 = self.0.iter().map(|gaussian| gaussian.log_density(feature).exp()).sum();
        -density.max(1e-12).ln()
    }
}

impl Gaussian {
    fn fit(samples: &[Feature], weight: f32) -> Self {
        let n = samples.len() as f32;
        let mut mean = [0.0; DIMENSIONS];
        for sample in samples {
            for i in 0..DIMENSIONS {
                mean[i] += sample[i] / n;
            }
        }
        let mut covariance = [[0.0; DIMENSIONS]; DIMENSIONS];
        for sample in samples {
            for i in 0..DIMENSIONS {
                for j in 0..=i {
                    covariance[i][j] += (sample[i] - mean[i]) * (sample[j] - mean[j]) / n;
                }
            }
        }
        let mut factor = [[0.0; DIMENSIONS]; DIMENSIONS];
        let mut log_scale = weight.ln();
        for i in 0..DIMENSIONS {
            for j in 0..=i {
                let sum: f32 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
                if i == j {
                    let root = (covariance[i][i] + REGULARISATION - sum).max(1e-9).sqrt();
                    log_scale -= root.ln();
                    factor[i][i] = 1.0 / root;
                } else {
                    factor[i][j] = (covariance[i][j] - sum) * factor[j][j];
                }
            }
        }
        Self { mean, factor, log_scale }
    }

    fn log_density(&self, feature: &Feature) -> f32 {
        let mut solved = [0.0; DIMENSIONS];
        let mut square = 0.0;
        for i in 0..DIMENSIONS {
            let sum: f32 = (0..i).map(|k| self.factor[i][k] * solved[k]).sum();
            solved[i] = (feature[i] - self.mean[i] - sum) * self.factor[i][i];
            square += solved[i] * solved[i];
        }
        self.log_scale - 0.5 * square
    }
}

fn squared_distance(p: &Feature, q: &Feature) -> f32 {
    p.iter().zip(q).map(|(p, q)| (p - q) * (p - q)).sum()
}

/// The cluster of each sample; starts from distant samples, so that nothing is left to chance.
fn k_means(samples: &[Feature], count: usize) -> Vec<usize> {
    let n = samples.len() as f32;
    let mut mean = [0.0; DIMENSIONS];
    for sample in samples {
        for i in 0..DIMENSIONS {
            mean[i] += sample[i] / n;
        }
    }
    let mut centres = vec![mean];
    let mut nearest: Vec<f32> = samples.iter().map(|sample| squared_distance(sample, &mean)).collect();
    while centres.len() < count {
        let far = (0..samples.len()).max_by(|&i, &j| nearest[i].total_cmp(&nearest[j])).unwrap_or(0);
        centres.push(samples[far]);
        for (near, sample) in nearest.iter_mut().zip(samples) {
            *near = near.min(squared_distance(sample, &samples[far]));
        }
    }
    let mut clusters = vec![0; samples.len()];
    for _ in 0..8 {
        for (cluster, sample) in clusters.iter_mut().zip(samples) {
            let away = |&i: &usize| squared_distance(sample, &centres[i]);
            *cluster = (0..count).min_by(|i, j| away(i).total_cmp(&away(j))).unwrap_or(0);
        }
        let mut sums = vec![([0.0_f32; DIMENSIONS], 0.0_f32); count];
        for (&cluster, sample) in clusters.iter().zip(samples) {
            let (sum, members) = &mut sums[cluster];
            for i in 0..DIMENSIONS {
                sum[i] += sample[i];
            }
            *members += 1.0;
        }
        for (centre, (sum, members)) in centres.iter_mut().zip(sums) {
            if members > 0.0 {
                *centre = sum.map(|value| value / members);
            }
        }
    }
    clusters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixture_prefers_the_colours_it_was_fitted_to() {
        let warm = (0..500).map(|i| [0.6 + 0.0002 * (i % 50) as f32, 0.3, 0.2 + 0.0004 * (i % 20) as f32, 0.1]);
        let cold = (0..500).map(|i| [0.5 + 0.0002 * (i % 50) as f32, -0.1, -0.4, 0.1]);
        let (warm, cold) = (Mixture::fit(warm, 5).unwrap(), Mixture::fit(cold, 5).unwrap());
        let red = [0.605, 0.3, 0.204, 0.1];
        assert!(warm.cost(&red) + 3.0 < cold.cost(&red), "{} and {}", warm.cost(&red), cold.cost(&red));
    }

    #[test]
    fn colours_that_are_alike_are_told_apart_by_their_texture() {
        let of = |texture: f32| (0..500).map(move |i| [0.5 + 0.001 * (i % 40) as f32, 0.0, 0.1, texture]);
        let (smooth, lively) = (Mixture::fit(of(0.05), 5).unwrap(), Mixture::fit(of(0.3), 8).unwrap());
        let sample = [0.52, 0.0, 0.1, 0.28];
        assert!(lively.cost(&sample) + 3.0 < smooth.cost(&sample));
    }

    #[test]
    fn one_colour_many_times_stays_finite() {
        let flat = Mixture::fit(std::iter::repeat_n([0.5, 0.0, 0.0, 0.0], 100), 5).unwrap();
        assert!(flat.cost(&[0.5, 0.0, 0.0, 0.0]).is_finite() && flat.cost(&[1.0; 4]).is_finite());
        assert!(Mixture::fit(std::iter::empty(), 5).is_none());
    }
}
