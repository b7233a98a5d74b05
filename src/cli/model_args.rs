//! The arguments about models.

use super::args::within;
use crate::domain::{Diffusion, Sampling};
use clap::Subcommand;
use std::path::PathBuf;

/// What to do with models.
#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// Say which models there are, and which of them are here.
    List(ModelDirs),
    /// Download what is missing of a model, into the cache that all programs share which use the hub.
    Pull(ModelArgs),
    /// Compare a model's files with their known sizes and checksums.
    Verify(ModelArgs),
    /// Delete a model's files from the cache; folders of your own are not touched.
    Rm(ModelArgs),
    /// Write a copy of a model in 16-bit floats, which is found before the original: half the size on the disk and in memory, and faster to load.
    Convert(ModelArgs),
    /// Say where a model's files lie, a folder a line.
    Path(ModelArgs),
}

/// Which model, and where to look.
#[derive(Debug, clap::Args)]
pub struct ModelArgs {
    /// The model, as "models list" names it.
    pub id: String,
    #[command(flatten)]
    pub dirs: ModelDirs,
}

/// Where else models lie.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ModelDirs {
    /// Folder in which models lie, each repository in a folder of its name; may be given several times.
    #[arg(long = "model-dir", value_name = "FOLDER")]
    pub model_dirs: Vec<PathBuf>,
}

/// How a diffusion model works; the engine's own way where left out.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
#[command(next_help_heading = "For engines with a diffusion model")]
pub struct DiffusionArgs {
    /// How a step follows from the one before.
    #[arg(long, value_enum, value_name = "NAME")]
    pub sampling: Option<SamplingArg>,
    /// Steps from noise to picture; more take longer and show more.
    #[arg(long, value_name = "N", value_parser = within("a whole number", Diffusion::STEPS))]
    pub steps: Option<u32>,
    /// How closely the prompt is followed, 1 to 20.
    #[arg(long, value_name = "FACTOR", value_parser = within("a number", Diffusion::GUIDANCE))]
    pub guidance: Option<f32>,
    /// How far the region goes from what it shows now, 0.05 to 1.
    #[arg(long, value_name = "SHARE", value_parser = within("a number", Diffusion::STRENGTHS))]
    pub strength: Option<f32>,
    /// About how many pixels, squared, the model sees of the region and its surroundings.
    #[arg(long, value_name = "PIXELS", value_parser = within("a whole number of pixels", Diffusion::RESOLUTIONS))]
    pub resolution: Option<u32>,
}

impl DiffusionArgs {
    /// Whether anything is said.
    pub fn is_given(&self) -> bool {
        let Self { sampling, steps, guidance, strength, resolution } = self;
        sampling.is_some() || steps.is_some() || guidance.is_some() || strength.is_some() || resolution.is_some()
    }

    /// The engine's own way, with what is said here.
    pub fn over(&self, own: Diffusion) -> Diffusion {
        Diffusion {
            sampling: match self.sampling {
                None => own.sampling,
                Some(SamplingArg::Own) => Sampling::Own,
                Some(SamplingArg::DpmSolver) => Sampling::DpmSolver,
            },
            steps: self.steps.unwrap_or(own.steps),
            guidance: self.guidance.unwrap_or(own.guidance),
            strength: self.strength.unwrap_or(own.strength),
            resolution: self.resolution.unwrap_or(own.resolution),
            match_colours: own.match_colours,
        }
    }
}

/// The domain's [`Sampling`], as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum SamplingArg {
    /// As the model's makers have set it: DDPM for Kandinsky 2.2, DDIM for Stable Diffusion.
    Own,
    /// By DPM-Solver++, which needs about 20 steps.
    DpmSolver,
}
