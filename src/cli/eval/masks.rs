//! `tie-studio eval masks`: a locator against photographs whose objects are known, by boxes, clicks and phrases.

use super::clicks::next_click;
use super::mask_scores::{MaskScore, Summary};
use crate::cli::args::{EvalMasksArgs, Prompts};
use crate::cli::failure::{Failure, Outcome, guarded};
use crate::cli::inputs::{json_lines, read_text};
use crate::cli::outputs::{check_output, print};
use crate::cli::progress::Console;
use crate::cli::report::save_report;
use crate::files::{open_mask_of_size, open_photo};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tie_core::{Bounds, Click, EditOp, Mask, MaskProposal, Raster};
use tie_engine::{Cancel, EngineError, JobCx, LocateRequest, Locator, Registry};

/// Intersection over union from which an answer to a phrase is right.
const RIGHT: f32 = 0.5;

/// One object in a photograph.
#[derive(Debug, Deserialize)]
struct Case {
    id: serde_json::Value,
    image: PathBuf,
    /// White is the object.
    mask: PathBuf,
    /// White does not count, as along an outline that cannot be drawn exactly.
    #[serde(default, alias = "void")]
    ignore: Option<PathBuf>,
    /// What singles the object out: "red cup".
    #[serde(default)]
    phrase: Option<String>,
    #[serde(default)]
    location: Option<String>,
    /// What sort of thing it is, for a separate table: "person", "text".
    #[serde(default)]
    kind: Option<String>,
}

/// A case with its pixels.
struct Loaded {
    image: Arc<Raster>,
    truth: Mask,
    ignored: Option<Mask>,
}

/// The kind of prompt, as the table calls it.
type Prompt = String;

/// All answers to one case, by prompt: the score, the seconds it took, and the locator's confidence.
type Answers = Vec<(Prompt, MaskScore, f32, f32)>;

#[derive(Debug, Serialize)]
struct MaskReport {
    version: u32,
    locator: String,
    prompts: BTreeMap<Prompt, Summary>,
    /// Phrases by sort of thing, for the cases that name it.
    kinds: BTreeMap<String, Summary>,
    /// For phrases: how many answers remain, and are right, above each confidence.
    confidence: Vec<Level>,
    cases: Vec<CaseReport>,
}

#[derive(Debug, Serialize)]
struct CaseReport {
    id: serde_json::Value,
    iou: BTreeMap<Prompt, f32>,
    /// The locator's confidence in its answer to the phrase.
    confidence: Option<f32>,
}

/// Answers of at least a confidence.
#[derive(Clone, Copy, Debug, Serialize)]
struct Level {
    confidence: f32,
    answered: usize,
    /// Right ones among the answered.
    precision: f32,
    /// Right ones among all.
    recall: f32,
}

pub(super) fn eval_masks(
    args: &EvalMasksArgs,
    registry: &Registry,
    cancel: &Cancel,
    console: &Console,
) -> Result<Outcome, Failure> {
    if let Some(report) = &args.report {
        check_output(report, &[&args.gold])?;
    }
    let best = registry.locator_by_words().map(Locator::name);
    let locator = registry.locator(args.locator.as_deref().or(best).unwrap_or_default())?;
    let example = "{\"id\": 1, \"image\": \"a.jpg\", \"mask\": \"a.png\", \"phrase\": \"red cup\"}";
    let cases: Vec<Case> = json_lines(&args.gold, &read_text(&args.gold, "file")?, example)?;
    let folder = args.gold.parent().unwrap_or(Path::new("")).to_path_buf();
    let done = AtomicUsize::new(0);
    let failed = Mutex::new(None);
    // Whole cases side by side: a locator's own threads help little with small photographs.
    let answers: Vec<Answers> = cases
        .par_iter()
        .map(|case| {
            let broken = failed.lock().is_ok_and(|failed| failed.is_some());
            let answers = if broken { Ok(Vec::new()) } else { answers(case, &folder, args, locator, cancel) };
            console.part("masks", done.fetch_add(1, Ordering::Relaxed), cases.len());
            answers.unwrap_or_else(|failure| {
                if let Ok(mut failed) = failed.lock() {
                    failed.get_or_insert(failure);
                }
                Vec::new()
            })
        })
        .collect();
    console.finish();
    if let Ok(Some(failure)) = failed.into_inner() {
        return Err(failure);
    }
    let mut by_prompt: BTreeMap<Prompt, Vec<(MaskScore, f32)>> = BTreeMap::new();
    let mut sure = Vec::new();
    let mut by_kind: BTreeMap<String, Vec<(MaskScore, f32)>> = BTreeMap::new();
    for (case, answers) in cases.iter().zip(&answers) {
        for (prompt, score, seconds, confidence) in answers {
            by_prompt.entry(prompt.clone()).or_default().push((*score, *seconds));
            if prompt == PHRASE {
                sure.push((*confidence, score.iou() >= RIGHT));
                by_kind.entry(case.kind.clone().unwrap_or_default()).or_default().push((*score, *seconds));
            }
        }
    }
    by_kind.remove("");
    let summaries = |scores: BTreeMap<String, Vec<(MaskScore, f32)>>| -> BTreeMap<String, Summary> {
        scores.into_iter().map(|(name, scores)| (name, Summary::of(&scores))).collect()
    };
    let (prompts, kinds) = (summaries(by_prompt), summaries(by_kind));
    let levels = levels(&sure);
    let of_kinds = if kinds.is_empty() { String::new() } else { format!("\n{}", table("phrases of", &kinds)) };
    print(&(table("prompt", &prompts) + &of_kinds + &confidence_table(&levels)))?;
    if let Some(path) = &args.report {
        let cases = cases.into_iter().zip(answers).map(|(case, answers)| CaseReport {
            id: case.id,
            confidence: answers.iter().find(|(prompt, ..)| prompt == PHRASE).map(|(_, _, _, confidence)| *confidence),
            iou: answers.into_iter().map(|(prompt, score, ..)| (prompt, score.iou())).collect(),
        });
        let (locator, cases) = (locator.name().to_owned(), cases.collect());
        save_report(path, &MaskReport { version: 1, locator, prompts, kinds, confidence: levels, cases })?;
    }
    Ok(Outcome::Done)
}

const BOX: &str = "box";
const PHRASE: &str = "phrase";

fn answers(
    case: &Case,
    folder: &Path,
    args: &EvalMasksArgs,
    locator: &dyn Locator,
    cancel: &Cancel,
) -> Result<Answers, Failure> {
    if cancel.is_cancelled() {
        return Err(Failure::Interrupted);
    }
    let Loaded { image, truth, ignored } = load(case, folder)?;
    let mut answers = Vec::new();
    let ask = |phrase: &str, location: Option<&str>, clicks: &[Click], bounds: Option<Bounds>| {
        let request = LocateRequest { image: &image, phrase, location, op: EditOp::Other, clicks, bounds, others: &[] };
        let (cx, start) = (JobCx::new(cancel.clone(), &|_| {}), Instant::now());
        let found = guarded("locator", || locator.locate(request, &cx))?;
        Ok::<_, EngineError>((found.into_iter().next(), start.elapsed().as_secs_f32()))
    };
    let empty = Mask::empty(image.extent());
    let score = |found: &Option<MaskProposal>| {
        MaskScore::new(&truth, ignored.as_ref(), found.as_ref().map_or(&empty, |found| &found.mask))
    };
    let sure = |found: &Option<MaskProposal>| found.as_ref().map_or(0.0, |found| found.confidence);
    let wants = |prompts| args.prompts.is_none_or(|wanted| wanted == prompts);
    if wants(Prompts::Box) && locator.follows_pointing() {
        let (found, seconds) = ask("", None, &[], Some(truth.bounds()))?;
        answers.push((BOX.to_owned(), score(&found), seconds, sure(&found)));
    }
    if wants(Prompts::Clicks) && locator.follows_pointing() {
        let mut clicks = Vec::new();
        let mut found: Option<MaskProposal> = None;
        let mut seconds = 0.0;
        for number in 1..=args.clicks {
            let selected = found.as_ref().map_or(&empty, |found| &*found.mask);
            // What is already right stays so: a person would not click again.
            if let Some(click) = next_click(&truth, ignored.as_ref(), selected, &clicks) {
                clicks.push(click);
                (found, seconds) = ask("", None, &clicks, None)?;
            }
            let name = format!("{number} click{}", if number == 1 { "" } else { "s" });
            answers.push((name, score(&found), seconds, sure(&found)));
        }
    }
    if let Some(phrase) = case.phrase.as_deref().filter(|_| wants(Prompts::Phrase) && locator.reads_words()) {
        let (found, seconds) = ask(phrase, case.location.as_deref(), &[], None)?;
        answers.push((PHRASE.to_owned(), score(&found), seconds, sure(&found)));
    }
    Ok(answers)
}

/// Opens a case's files, whose names are seen from the folder of the cases.
fn load(case: &Case, folder: &Path) -> Result<Loaded, Failure> {
    let image = open_photo(&folder.join(&case.image))?.raster;
    let mask = |path: &PathBuf| open_mask_of_size(&folder.join(path), image.extent());
    let truth = mask(&case.mask)?;
    if truth.bounds().is_empty() {
        let name = case.mask.display();
        return Err(Failure::Usage(format!("{name} is all black, so there is nothing to find: white is the object.")));
    }
    let ignored = case.ignore.as_ref().map(mask).transpose()?;
    Ok(Loaded { image: Arc::new(image), truth, ignored })
}

fn levels(sure: &[(f32, bool)]) -> Vec<Level> {
    if sure.is_empty() {
        return Vec::new();
    }
    let level = |tenth: u8| {
        let confidence = f32::from(tenth) / 10.0;
        let answered: Vec<_> = sure.iter().filter(|(sure, _)| *sure > 0.0 && *sure >= confidence).collect();
        let right = answered.iter().filter(|(_, right)| *right).count() as f32;
        let precision = right / answered.len().max(1) as f32;
        Level { confidence, answered: answered.len(), precision, recall: right / sure.len() as f32 }
    };
    (0..10).map(level).filter(|level| level.answered > 0).collect()
}

fn table(title: &str, prompts: &BTreeMap<Prompt, Summary>) -> String {
    let mut text = format!(
        "{:10}{:>7}{:>8}{:>8}{:>10}{:>9}{:>9}{:>9}{:>10}\n",
        title, "cases", "gIoU", "cIoU", "outline F", "IoU≥0.5", "IoU≥0.75", "IoU≥0.9", "median s"
    );
    for (prompt, summary) in prompts {
        let _ = writeln!(
            text,
            "{prompt:10}{:>7}{:>8.3}{:>8.3}{:>10.3}{:>9.3}{:>9.3}{:>9.3}{:>10.2}",
            summary.cases,
            summary.mean_iou,
            summary.cumulative_iou,
            summary.outline,
            summary.at_50,
            summary.at_75,
            summary.at_90,
            summary.median_seconds
        );
    }
    text
}

fn confidence_table(levels: &[Level]) -> String {
    if levels.is_empty() {
        return String::new();
    }
    let mut text = "\nphrases     answered  precision  recall   (right: IoU ≥ 0.5)\n".to_owned();
    for level in levels {
        let Level { confidence, answered, precision, recall } = level;
        let _ = writeln!(text, "sure ≥ {confidence:.1}  {answered:>8}  {precision:>9.3}  {recall:>6.3}");
    }
    text
}
