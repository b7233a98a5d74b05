//! Command-line arguments, and one-sentence errors for wrong ones.

use super::model_args::{DiffusionArgs, ModelDirs, ModelsCommand};
use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory as _, Parser, Subcommand};
use std::ffi::OsString;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use tie_core::{BlendSettings, Bounds, Click, Offset, Placement, Point};

const EXIT_CODES: &str = "Exit codes:\n  0    all done\n  2    wrong arguments, or a file that cannot be read or written\n  3    partly done: some steps were skipped, each named with its reason\n  4    an engine failed\n  130  interrupted\n\nResults are saved with codes 0 and 3 only. White in a mask means \"repaint\".";

/// Edits a photo by instruction, several changes at once. Without a command, the editor opens.
#[derive(Debug, Parser)]
#[command(name = "tie-studio", version, args_conflicts_with_subcommands = true, after_help = EXIT_CODES)]
pub struct Args {
    // No doc comment: clap would take it for help, and each command has its own.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Photo to open in the editor.
    pub image: Option<PathBuf>,

    #[command(flatten)]
    pub models: ModelDirs,

    /// Opens the work of a window that was lost; what the program starts itself with.
    #[arg(long, value_name = "FOLDER", hide = true)]
    pub restore: Option<PathBuf>,
}

/// A command that runs without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Edit a photo by instruction or from a plan.
    Edit(EditArgs),
    /// Turn instructions into plans (JSON).
    Plan(PlanArgs),
    /// Find a region by words, points or a box and save it as a mask.
    Locate(LocateArgs),
    /// Repaint the white area of a mask.
    Inpaint(InpaintArgs),
    /// List, download, verify and delete models.
    #[command(subcommand)]
    Models(ModelsCommand),
    /// Score a planner or a locator against known answers.
    #[command(subcommand)]
    Eval(EvalCommand),
    /// Show what this computer supports.
    Doctor,
}

impl Command {
    /// The device to run on.
    pub fn device(&self) -> DeviceArgs {
        match self {
            Self::Edit(args) => args.device.clone(),
            Self::Plan(args) => args.device.clone(),
            Self::Inpaint(args) => args.device.clone(),
            Self::Locate(args) => args.device.clone(),
            Self::Eval(EvalCommand::Plan(args)) => args.device.clone(),
            Self::Eval(EvalCommand::Masks(args)) => args.device.clone(),
            _ => DeviceArgs::default(),
        }
    }
}

/// Arguments of `edit`.
#[derive(Debug, clap::Args)]
pub struct EditArgs {
    /// Photo to edit. It is never overwritten.
    pub image: PathBuf,
    /// What to change: "remove the spoon and turn the cup blue".
    #[arg(required_unless_present = "plan")]
    pub instruction: Option<String>,
    /// Where to save the result (.png, .jpg or .webp).
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Plan file to use instead of an instruction.
    #[arg(long, value_name = "FILE", conflicts_with = "instruction")]
    pub plan: Option<PathBuf>,
    /// Planner to use [default: the best available].
    #[arg(long, value_name = "NAME")]
    pub planner: Option<String>,
    /// Locator to use [default: the best available].
    #[arg(long, value_name = "NAME")]
    pub locator: Option<String>,
    /// Inpainter to use where it can do the step [default: the best available].
    #[arg(long, value_name = "NAME")]
    pub inpainter: Option<String>,
    /// Random seed. Use the same seed to get the same result again.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Correct a step's region with a point in image pixels: "2:120,80" includes it in step 2, "2:120,80,-" excludes it.
    /// Repeatable. A plan with one step needs no step number.
    #[arg(long = "point", value_name = "[STEP:]X,Y[,-]", value_parser = step_click, allow_hyphen_values = true)]
    pub points: Vec<ForStep<Click>>,
    /// Correct a step's region with a box: two corners in image pixels. A plan file can name a mask instead ("mask": "spoon.png").
    #[arg(long = "box", value_name = "[STEP:]X0,Y0,X1,Y1", value_parser = step_bounds, allow_hyphen_values = true)]
    pub boxes: Vec<ForStep<Bounds>>,
    /// Also run steps whose region is uncertain. Otherwise they are skipped, each with a reason.
    #[arg(long)]
    pub accept_unsure: bool,
    /// Folder for the masks that were found: 1-remove-spoon-A.png, B, C and so on, best first, and
    /// 1-remove-spoon-used.png for the one that was used. Written even if no step runs.
    #[arg(long, value_name = "DIR")]
    pub masks: Option<PathBuf>,
    /// Where to save a report of each step (JSON). Written even if the edit fails.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    pub device: DeviceArgs,
    #[command(flatten)]
    pub diffusion: DiffusionArgs,
}

/// A correction of one step of a plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ForStep<T> {
    /// The step's number in the plan; may be left out where there is one step.
    pub step: Option<u32>,
    pub value: T,
}

/// Arguments of `plan`.
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// What to change: "remove the spoon and turn the cup blue".
    #[arg(required_unless_present = "batch")]
    pub instruction: Option<String>,
    /// Photo, for planners that look at it.
    #[arg(long, value_name = "FILE")]
    pub image: Option<PathBuf>,
    /// Instructions, one per line: {"id": …, "instruction": "…"}, plus "image" (a path relative to this file) for planners
    /// that look at the photo.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["instruction", "image"])]
    pub batch: Option<PathBuf>,
    /// Planner to use [default: the best available].
    #[arg(long, value_name = "NAME")]
    pub planner: Option<String>,
    /// Where to save the plan (JSON) or the batch's plans (JSON, one per line) [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub device: DeviceArgs,
}

/// Arguments of `locate`.
#[derive(Debug, clap::Args)]
pub struct LocateArgs {
    /// Photo to search.
    pub image: PathBuf,
    /// What to find: "red cup on the left".
    #[arg(required_unless_present_any = ["points", "bounds"])]
    pub phrase: Option<String>,
    /// A point in image pixels to include, or with ",-" to exclude. Repeatable.
    #[arg(long = "point", value_name = "X,Y[,-]", value_parser = click, allow_hyphen_values = true)]
    pub points: Vec<Click>,
    /// A box around the region, two corners in image pixels.
    #[arg(long = "box", value_name = "X0,Y0,X1,Y1", value_parser = bounds, allow_hyphen_values = true)]
    pub bounds: Option<Bounds>,
    /// Locator to use [default: the best available].
    #[arg(long, value_name = "NAME")]
    pub locator: Option<String>,
    /// Where to save the mask (.png).
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Where to save a report of what was found (JSON).
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    pub device: DeviceArgs,
}

/// Arguments of `inpaint`.
#[derive(Debug, clap::Args)]
pub struct InpaintArgs {
    /// Photo to edit. It is never overwritten.
    pub image: PathBuf,
    /// Mask of the photo's size: white is repainted.
    #[arg(long, value_name = "FILE")]
    pub mask: PathBuf,
    /// Mask of the photo's size: nothing is copied from its white areas, such as other objects of the same kind.
    #[arg(long, value_name = "FILE")]
    pub avoid: Option<PathBuf>,
    /// Mask of the photo's size: everything is copied from its white areas.
    #[arg(long, value_name = "FILE")]
    pub only_from: Option<PathBuf>,
    /// What to paint; for adjust, a colour or a change such as "dark blue" or "warmer"; for typeset, the new text.
    #[arg(long, value_name = "TEXT")]
    pub prompt: Option<String>,
    /// Negative prompt: what to keep out of the result, for engines that use prompts.
    #[arg(long, value_name = "TEXT")]
    pub negative: Option<String>,
    /// Inpainter to use.
    #[arg(long, value_name = "NAME", default_value = "exemplar")]
    pub engine: String,
    /// Random seed. Use the same seed to get the same result again.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    #[command(flatten)]
    pub device: DeviceArgs,
    #[command(flatten)]
    pub diffusion: DiffusionArgs,
    /// Grow the mask by this many pixels before repainting, and fade the edge.
    #[arg(long, value_name = "PIXELS", default_value_t = 0.0, value_parser = within("a number of pixels", BlendSettings::LENGTHS))]
    pub grow: f32,
    /// For clone: how far to move the masked object, in pixels right and down.
    #[arg(long, value_name = "X,Y", value_parser = offset, allow_hyphen_values = true)]
    pub offset: Option<Offset>,
    /// For clone: scale of the pasted object, 0.1 to 2.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = within("a number", Placement::SCALES), requires = "offset")]
    pub scale: f32,
    /// For clone: paste a copy and keep the original.
    #[arg(long, requires = "offset")]
    pub copy: bool,
    /// Where to save the result (.png, .jpg or .webp).
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

/// The device to run on, and where its models are.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct DeviceArgs {
    /// Where to compute. By default, fills run on the CPU, which gives the same pixels on every computer, and models run on a
    /// supported graphics card if there is one.
    #[arg(long, value_enum, value_name = "DEVICE")]
    pub device: Option<Device>,
    #[command(flatten)]
    pub dirs: ModelDirs,
}

/// The device that runs fills and models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Device {
    Cpu,
    /// The first graphics card, or a software renderer.
    Gpu,
}

/// What to score.
#[derive(Debug, Subcommand)]
pub enum EvalCommand {
    /// A planner, on instructions with known answers.
    Plan(EvalPlanArgs),
    /// A locator, on photos with known objects: with boxes, simulated clicks and phrases.
    Masks(EvalMasksArgs),
}

/// Arguments of `eval plan`.
#[derive(Debug, clap::Args)]
pub struct EvalPlanArgs {
    /// Instructions with their edits, one per line:
    /// {"id": …, "source": …, "instruction": …, "edits": [{"text": …, "op": …, "target": …, "new": …}]}, plus "image" (a path
    /// relative to this file) for planners that look at the photo.
    #[arg(long, value_name = "FILE")]
    pub gold: PathBuf,
    /// Engine to score [default: the best available].
    #[arg(long, value_name = "NAME", conflicts_with = "plans")]
    pub planner: Option<String>,
    /// Score these existing plans ("plan --batch") instead.
    #[arg(long, value_name = "FILE")]
    pub plans: Option<PathBuf>,
    /// Only sources whose name starts with this.
    #[arg(long, value_name = "PREFIX", default_value = "")]
    pub only: String,
    /// Show this many instructions with the mistakes in their plans.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub misses: usize,
    /// Show how often steps are right, by confidence.
    #[arg(long)]
    pub calibration: bool,
    /// Where to save the scores (JSON).
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    pub device: DeviceArgs,
}

/// How to point at the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Prompts {
    Box,
    Clicks,
    Phrase,
}

/// Arguments of `eval masks`.
#[derive(Debug, clap::Args)]
pub struct EvalMasksArgs {
    /// Objects, one per line: {"id": …, "image": FILE, "mask": FILE} and optionally "phrase", "location", "ignore" (a mask of
    /// pixels that don't count) and "kind" (for a table per kind). Paths are relative to this file.
    #[arg(long, value_name = "FILE")]
    pub gold: PathBuf,
    /// Engine to score [default: the best available].
    #[arg(long, value_name = "NAME")]
    pub locator: Option<String>,
    /// Only this type of prompt.
    #[arg(long, value_name = "KIND")]
    pub prompts: Option<Prompts>,
    /// Maximum clicks; each goes to the centre of the largest error.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub clicks: u32,
    /// Where to save the scores (JSON).
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    pub device: DeviceArgs,
}

/// Numbers separated by commas, all finite.
fn numbers(text: &str) -> Option<Vec<f32>> {
    text.split(',').map(|part| part.trim().parse().ok().filter(|number: &f32| number.is_finite())).collect()
}

fn click(text: &str) -> Result<Click, String> {
    let (point, include) = text.strip_suffix(",-").map_or((text, true), |point| (point, false));
    match numbers(point).as_deref() {
        Some(&[x, y]) => Ok(Click { at: Point::new(x, y), include }),
        _ => Err("a point is two numbers such as 120,80, or 120,80,- for one outside the region".to_owned()),
    }
}

/// Reads what follows a step number and a colon, or the whole text.
fn for_step<T>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<ForStep<T>, String> {
    let Some((step, rest)) = text.split_once(':') else {
        return Ok(ForStep { step: None, value: read(text)? });
    };
    let step = step.trim().parse().ok().filter(|step| *step > 0);
    let step = step.ok_or_else(|| "put a step number before the colon, as in 2:120,80".to_owned())?;
    Ok(ForStep { step: Some(step), value: read(rest)? })
}

fn step_click(text: &str) -> Result<ForStep<Click>, String> {
    for_step(text, click)
}

fn step_bounds(text: &str) -> Result<ForStep<Bounds>, String> {
    for_step(text, bounds)
}

/// The same range as in the editor's inspector.
fn offset(text: &str) -> Result<Offset, String> {
    let parts: Vec<_> = text.split(',').map(|part| part.trim().parse::<i16>()).collect();
    match parts.as_slice() {
        [Ok(x), Ok(y)] => Ok(Offset::new(i32::from(*x), i32::from(*y))),
        _ => Err("give two whole numbers such as -120,0, in pixels to the right and down".to_owned()),
    }
}

/// Reads a number in a range; `what` says which kind of number it is.
pub(super) fn within<T>(
    what: &'static str,
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
where
    T: FromStr + PartialOrd + Display + Clone + Send + Sync + 'static,
{
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("it takes {what} from {} to {}", range.start(), range.end()))
    }
}

fn bounds(text: &str) -> Result<Bounds, String> {
    let box_of = |corners: &[f32]| match *corners {
        [x0, y0, x1, y1] => Some(Bounds::covering(Point::new(x0, y0), Point::new(x1, y1))),
        _ => None,
    };
    numbers(text)
        .and_then(|corners| box_of(&corners))
        .filter(|bounds| !bounds.is_empty())
        .ok_or_else(|| "a box is two opposite corners, four numbers such as 40,30,200,180".to_owned())
}

/// The names of all commands, for messages.
pub(super) fn command_names() -> String {
    let command = Args::command();
    let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    names.join(", ")
}

/// The error in one sentence, without the usage that clap prints below it.
pub(super) fn as_sentence(error: &clap::Error, arguments: &[OsString]) -> String {
    // A misspelt command is taken for a photo, so clap rejects what follows it for the wrong reason.
    let after_photograph = error.get(ContextKind::InvalidSubcommand).is_some()
        || (error.kind() == ErrorKind::UnknownArgument && error.get(ContextKind::SuggestedSubcommand).is_none());
    let first = arguments.get(1).map(|name| name.to_string_lossy());
    if let Some(name) = first
        && after_photograph
        && !name.starts_with('-')
        && Args::command().find_subcommand(&*name).is_none()
    {
        return format!("there is no command \"{name}\": the commands are {}.", command_names());
    }
    let text = error.render().to_string();
    let first = text.split("\n\n").next().unwrap_or(&text);
    let what = first.strip_prefix("error: ").unwrap_or(first).trim_end_matches('.');
    format!("{what}; see \"tie-studio --help\".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(arguments: &[&str]) -> String {
        let arguments: Vec<OsString> = [&["tie-studio"], arguments].concat().into_iter().map(OsString::from).collect();
        let error = Args::try_parse_from(&arguments).unwrap_err();
        as_sentence(&error, &arguments).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_arguments_are_declared_without_contradiction() {
        Args::command().debug_assert();
    }

    #[test]
    fn points_and_boxes_are_read_in_image_pixels() {
        assert_eq!(click("12,7.5").unwrap(), Click { at: Point::new(12.0, 7.5), include: true });
        assert_eq!(click("12, 7,-").unwrap(), Click { at: Point::new(12.0, 7.0), include: false });
        assert_eq!(bounds("30,20,10,5.5").unwrap(), Bounds::new(10, 5, 20, 15));
        for wrong in ["", "1", "1,2,3", "a,b", "nan,1", "1,inf", "1,2,+"] {
            assert!(click(wrong).is_err(), "{wrong}");
        }
        for wrong in ["1,2,3", "5,5,5,9", "1,2,3,nan", "1,2,3,4,5"] {
            assert!(bounds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_said_about_a_step_begins_with_its_number() {
        let at = Click { at: Point::new(12.0, 7.0), include: false };
        assert_eq!(step_click("3:12,7,-").unwrap(), ForStep { step: Some(3), value: at });
        assert_eq!(step_click("12,7,-").unwrap(), ForStep { step: None, value: at });
        assert_eq!(step_bounds("1: 30,20,10,5").unwrap().value, Bounds::new(10, 5, 20, 15));
        for wrong in ["0:1,2", "x:1,2", ":1,2", "-1:1,2", "1:2:3,4", "1:", "1:5"] {
            assert!(step_click(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_one_sentence() {
        let sentence = refusal(&["locate", "a.png", "--point", "here", "-o", "m.png"]);
        assert!(sentence.contains("a point is two numbers such as 120,80"), "{sentence}");
        let sentence = refusal(&["edit", "a.png", "-o", "b.png"]);
        assert!(sentence.contains("<INSTRUCTION>"), "{sentence}");
        assert!(!sentence.contains("Usage"), "{sentence}");
    }

    #[test]
    fn a_misspelt_command_is_answered_with_the_commands() {
        for arguments in [&["edti", "a.png", "remove it"][..], &["edti", "a.png"], &["edti", "-o", "b.png"]] {
            let sentence = refusal(arguments);
            assert_eq!(
                sentence,
                "there is no command \"edti\": the commands are edit, plan, locate, inpaint, models, eval, doctor.",
                "{arguments:?}"
            );
        }
        assert!(!refusal(&["edit", "a.png", "x", "-o", "b.png", "--sed", "4"]).contains("no command"));
        assert!(!refusal(&["--wrong"]).contains("no command"));
    }

    #[test]
    fn a_name_alone_is_a_photograph_for_the_editor() {
        let args = Args::try_parse_from(["tie-studio", "cup.png"]).unwrap();
        assert!(args.command.is_none() && args.image.is_some());
    }
}
