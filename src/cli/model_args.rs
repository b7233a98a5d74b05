//! The arguments about models.

use super::args::within;
use clap::Subcommand;
use std::path::PathBuf;
use tie_core::{Diffusion, Sampling};

/// What to do with models.
#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// List models and whether they are installed.
    List(ModelDirs),
    /// Download a model to the Hugging Face cache, or what is missing of it.
    Pull(ModelArgs),
    /// Check a model's files against known sizes and checksums.
    Verify(ModelArgs),
    /// Delete a model's cached files. Your own model folders are left alone.
    Rm(ModelArgs),
    /// Write a 16-bit copy of a model, used instead of the original: half the disk space and memory, and faster to load.
    Convert(ModelArgs),
    /// Print the folders that hold a model's files, one per line.
    Path(ModelArgs),
}

/// Which model, and where to look for it.
#[derive(Debug, clap::Args)]
pub struct ModelArgs {
    /// Model name, as shown by "models list".
    pub id: String,
    #[command(flatten)]
    pub dirs: ModelDirs,
}

/// Additional model folders.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ModelDirs {
    /// Folder with models, each repository in a subfolder of its name. Repeatable.
    #[arg(long = "model-dir", value_name = "FOLDER")]
    pub model_dirs: Vec<PathBuf>,
}

/// Settings of a diffusion model; the engine's defaults where left out.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
#[command(next_help_heading = "For engines with a diffusion model")]
pub struct DiffusionArgs {
    /// Sampler.
    #[arg(long, value_enum, value_name = "NAME")]
    pub sampling: Option<SamplingArg>,
    /// Sampling steps. More take longer and add detail.
    #[arg(long, value_name = "N", value_parser = within("a whole number", Diffusion::STEPS))]
    pub steps: Option<u32>,
    /// How closely to follow the prompt, 1 to 20.
    #[arg(long, value_name = "FACTOR", value_parser = within("a number", Diffusion::GUIDANCE))]
    pub guidance: Option<f32>,
    /// How much the content may change, 0.05 to 1. 1 ignores the current pixels.
    #[arg(long, value_name = "SHARE", value_parser = within("a number", Diffusion::STRENGTHS))]
    pub strength: Option<f32>,
    /// Working resolution of the model in pixels, for a square region.
    #[arg(long, value_name = "PIXELS", value_parser = within("a whole number of pixels", Diffusion::RESOLUTIONS))]
    pub resolution: Option<u32>,
}

impl DiffusionArgs {
    /// Whether any option is given.
    pub fn is_given(&self) -> bool {
        let Self { sampling, steps, guidance, strength, resolution } = self;
        sampling.is_some() || steps.is_some() || guidance.is_some() || strength.is_some() || resolution.is_some()
    }

    /// The engine's defaults, overridden by these options.
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
    /// The model's default: DDPM for Kandinsky 2.2, DDIM for Stable Diffusion.
    Own,
    /// DPM-Solver++, which needs about 20 steps.
    DpmSolver,
}
