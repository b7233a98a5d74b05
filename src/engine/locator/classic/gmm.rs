//! Mixtures of Gaussians over colours, as in `GrabCut` (Rother, Kolmogorov & Blake 2004).

use super::frame::{Lab, distance};

/// Components of a mixture, as the paper uses.
const COMPONENTS: usize = 5;
/// Most samples a mixture is fitted to; more change nothing but the time.
const MOST_SAMPLES: usize = 12_000;
/// Added to the variances, so that flat areas do not make needles: the spread of 8-bit noise.
const REGULARISATION: f32 = 2e-4;

#[derive(Clone, Copy)]
struct Gaussian {
    mean: Lab,
    /// Inverse covariance: xx, xy, xz, yy, yz, zz.
    inverse: [f32; 6],
    /// Logarithm of weight / sqrt(det(covariance)).
    log_scale: f32,
}

/// A colour distribution.
pub struct Mixture(Vec<Gaussian>);

impl Mixture {
    /// Fits to the colours; `None` without any.
    pub fn fit(colours: impl Iterator<Item = Lab> + Clone) -> Option<Self> {
        let count = colours.clone().count();
        let samples: Vec<Lab> = colours.step_by(count.div_ceil(MOST_SAMPLES).max(1)).collect();
        if samples.is_empty() {
            return None;
        }
        let clusters = k_means(&samples);
        let mut groups = vec![Vec::new(); COMPONENTS];
        for (sample, cluster) in samples.iter().zip(clusters) {
            groups[cluster].push(*sample);
        }
        let total = samples.len() as f32;
        Some(Self(groups.iter().filter(|g| !g.is_empty()).map(|g| Gaussian::fit(g, g.len() as f32 / total)).collect()))
    }

    /// Negative logarithm of the density, up to a constant common to all mixtures.
    pub fn cost(&self, colour: Lab) -> f32 {
        let density: f32 = self.0.iter().map(|gaussian| gaussian.log_density(colour).exp()).sum();
        -density.max(1e-12).ln()
    }
}

impl Gaussian {
    fn fit(colours: &[Lab], weight: f32) -> Self {
        let n = colours.len() as f32;
        let mut mean = [0.0; 3];
        for colour in colours {
            for i in 0..3 {
                mean[i] += colour[i] / n;
            }
        }
        let mut c = [REGULARISATION, 0.0, 0.0, REGULARISATION, 0.0, REGULARISATION];
        for colour in colours {
            let d = [colour[0] - mean[0], colour[1] - mean[1], colour[2] - mean[2]];
            let products = [d[0] * d[0], d[0] * d[1], d[0] * d[2], d[1] * d[1], d[1] * d[2], d[2] * d[2]];
            for (sum, product) in c.iter_mut().zip(products) {
                *sum += product / n;
            }
        }
        let [xx, xy, xz, yy, yz, zz] = c;
        let cofactors = [
            yy * zz - yz * yz,
            xz * yz - xy * zz,
            xy * yz - xz * yy,
            xx * zz - xz * xz,
            xy * xz - xx * yz,
            xx * yy - xy * xy,
        ];
        let determinant = (xx * cofactors[0] + xy * cofactors[1] + xz * cofactors[2]).max(1e-14);
        Self { mean, inverse: cofactors.map(|k| k / determinant), log_scale: weight.ln() - 0.5 * determinant.ln() }
    }

    fn log_density(&self, colour: Lab) -> f32 {
        let d = [colour[0] - self.mean[0], colour[1] - self.mean[1], colour[2] - self.mean[2]];
        let [xx, xy, xz, yy, yz, zz] = self.inverse;
        let square = d[0] * (xx * d[0] + 2.0 * (xy * d[1] + xz * d[2]))
            + d[1] * (yy * d[1] + 2.0 * yz * d[2])
            + zz * d[2] * d[2];
        self.log_scale - 0.5 * square
    }
}

/// The cluster of each sample; starts from samples far from each other, so that nothing is left to chance.
fn k_means(samples: &[Lab]) -> Vec<usize> {
    let n = samples.len() as f32;
    let mean = samples.iter().fold([0.0; 3], |m, s| [m[0] + s[0] / n, m[1] + s[1] / n, m[2] + s[2] / n]);
    let mut centres = vec![mean];
    let mut nearest: Vec<f32> = samples.iter().map(|&s| distance(s, mean)).collect();
    while centres.len() < COMPONENTS {
        let far = (0..samples.len()).max_by(|&i, &j| nearest[i].total_cmp(&nearest[j])).unwrap_or(0);
        centres.push(samples[far]);
        for (near, &s) in nearest.iter_mut().zip(samples) {
            *near = near.min(distance(s, samples[far]));
        }
    }
    let mut clusters = vec![0; samples.len()];
    for _ in 0..8 {
        for (cluster, &s) in clusters.iter_mut().zip(samples) {
            let order = |&i: &usize, &j: &usize| distance(s, centres[i]).total_cmp(&distance(s, centres[j]));
            *cluster = (0..COMPONENTS).min_by(order).unwrap_or(0);
        }
        let mut sums = [[0.0_f32; 4]; COMPONENTS];
        for (&cluster, s) in clusters.iter().zip(samples) {
            for (sum, value) in sums[cluster].iter_mut().zip([s[0], s[1], s[2], 1.0]) {
                *sum += value;
            }
        }
        for (centre, s) in centres.iter_mut().zip(sums) {
            if s[3] > 0.0 {
                *centre = [s[0] / s[3], s[1] / s[3], s[2] / s[3]];
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
        let warm = (0..500).map(|i| [0.6 + 0.0002 * (i % 50) as f32, 0.3, 0.2 + 0.0004 * (i % 20) as f32]);
        let cold = (0..500).map(|i| [0.5 + 0.0002 * (i % 50) as f32, -0.1, -0.4]);
        let (warm, cold) = (Mixture::fit(warm).unwrap(), Mixture::fit(cold).unwrap());
        let red = [0.605, 0.3, 0.204];
        assert!(warm.cost(red) + 3.0 < cold.cost(red), "{} and {}", warm.cost(red), cold.cost(red));
    }

    #[test]
    fn one_colour_many_times_stays_finite() {
        let flat = Mixture::fit(std::iter::repeat_n([0.5, 0.0, 0.0], 100)).unwrap();
        assert!(flat.cost([0.5, 0.0, 0.0]).is_finite() && flat.cost([1.0, 1.0, 1.0]).is_finite());
        assert!(Mixture::fit(std::iter::empty()).is_none());
    }
}
