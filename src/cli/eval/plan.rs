//! `tie-studio eval plan`: a planner against instructions whose parts are known.

use super::plan_score::{Gold, Mark, Share, marks};
use crate::cli::args::EvalPlanArgs;
use crate::cli::failure::{Failure, Outcome, guarded};
use crate::cli::inputs::{Photos, json_lines, read_text};
use crate::cli::outputs::check_output;
use crate::cli::progress::Console;
use crate::cli::report::save_report;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use tie_core::{Plan, SubTask};
use tie_engine::{Cancel, EngineError, PlanRequest, Planner, Registry};

/// All sources together.
const ALL: &str = "ALL";

/// The measures of one source, in the order in which they were met.
type Measures = Vec<(&'static str, Share)>;

/// The scores, for the report.
#[derive(Debug, Serialize)]
struct PlanScores {
    version: u32,
    planner: String,
    sources: BTreeMap<String, BTreeMap<&'static str, Share>>,
    /// How often steps of each confidence are right in everything that is scored.
    calibration: Vec<Bin>,
}

/// Steps whose confidence is in one tenth.
#[derive(Clone, Copy, Debug, Serialize)]
struct Bin {
    confidence_from: f32,
    confidence_to: f32,
    mean_confidence: f32,
    #[serde(flatten)]
    right: Share,
}

/// One line of a file with plans that were made before.
#[derive(Deserialize)]
struct Prediction {
    id: serde_json::Value,
    plan: Option<Plan>,
}

pub(super) fn eval_plan(
    args: &EvalPlanArgs,
    registry: &Registry,
    cancel: &Cancel,
    console: &Console,
) -> Result<Outcome, Failure> {
    if let Some(report) = &args.report {
        let inputs: Vec<&Path> =
            [Some(&args.gold), args.plans.as_ref()].into_iter().flatten().map(AsRef::as_ref).collect();
        check_output(report, &inputs)?;
    }
    let names = registry.planner_names();
    let planner = registry.planner(args.planner.as_deref().or(names.first().copied()).unwrap_or_default())?;
    let example = "{\"id\": 1, \"source\": \"mine\", \"instruction\": \"remove the spoon\", \"edits\": \
        [{\"text\": \"remove the spoon\", \"op\": \"delete object\", \"target\": \"spoon\", \"new\": null}]}";
    let golds: Vec<Gold> = json_lines(&args.gold, &read_text(&args.gold, "file")?, example)?;
    let golds: Vec<Gold> = golds.into_iter().filter(|gold| gold.source.starts_with(&args.only)).collect();
    let made = args.plans.as_deref().map(plans).transpose()?;
    let mut scores: BTreeMap<String, Measures> = BTreeMap::new();
    let (mut steps_seen, mut misses) = (Vec::new(), 0);
    let (mut missed, mut unplanned) = (String::new(), Vec::new());
    let mut photos = Photos::beside(&args.gold, console);
    for (index, gold) in golds.iter().enumerate() {
        console.part("plan", index, golds.len());
        let steps = if let Some(made) = &made {
            made.get(&gold.id.to_string()).cloned().unwrap_or_default()
        } else {
            let image = gold.image.as_deref().filter(|_| planner.looks());
            let image = image.map(|name| photos.open(name)).transpose()?;
            let request = PlanRequest { instruction: &gold.instruction, image };
            planned(planner, request, cancel, console)?.unwrap_or_else(|sentence| {
                unplanned.push(sentence);
                Vec::new()
            })
        };
        let marks = marks(gold, &steps);
        for mark in &marks {
            for source in [&gold.source, ALL] {
                add(scores.entry(source.to_owned()).or_default(), mark);
            }
        }
        steps_seen.extend(judged(&marks, &steps));
        let wrong: Vec<&str> = marks.iter().filter(|mark| !mark.right).map(|mark| mark.wrong.as_str()).collect();
        if !wrong.is_empty() && misses < args.misses {
            misses += 1;
            let id = gold.id.as_str().map_or_else(|| gold.id.to_string(), str::to_owned);
            let _ = writeln!(missed, "{id} | {} | {}", gold.instruction, wrong.join("; "));
        }
    }
    console.finish();
    if let Some(first) = unplanned.first() {
        console.line(&format!(
            "note: {} of {} were not planned, the first because: {first}",
            unplanned.len(),
            golds.len()
        ));
    }
    let bins = bins(&steps_seen);
    let mut text = missed;
    text += &table(&scores);
    if args.calibration {
        text += &calibration(&bins);
    }
    crate::cli::outputs::print(&text)?;
    if let Some(path) = &args.report {
        let sources = scores.into_iter().map(|(source, measures)| (source, measures.into_iter().collect())).collect();
        let planner = made.map_or_else(|| planner.name().to_owned(), |_| String::new());
        save_report(path, &PlanScores { version: 1, planner, sources, calibration: bins })?;
    }
    Ok(Outcome::Done)
}

/// Plans that were made before, by the id of their instruction.
fn plans(path: &Path) -> Result<HashMap<String, Vec<SubTask>>, Failure> {
    let made: Vec<Prediction> = json_lines(path, &read_text(path, "file")?, "{\"id\": 1, \"plan\": {…}}")?;
    Ok(made.into_iter().map(|made| (made.id.to_string(), made.plan.map_or_else(Vec::new, |plan| plan.steps))).collect())
}

/// The steps of an instruction, or why the planner does not plan it.
fn planned(
    planner: &dyn Planner,
    request: PlanRequest<'_>,
    cancel: &Cancel,
    console: &Console,
) -> Result<Result<Vec<SubTask>, String>, Failure> {
    match console.during("plan", cancel, |cx| guarded("planner", || planner.plan(request, cx))) {
        Ok(plan) => Ok(Ok(plan.steps)),
        Err(EngineError::Unsuitable(sentence)) => Ok(Err(sentence)),
        Err(error) => Err(error.into()),
    }
}

fn add(measures: &mut Measures, mark: &Mark) {
    let index = measures.iter().position(|(name, _)| *name == mark.measure).unwrap_or_else(|| {
        measures.push((mark.measure, Share::default()));
        measures.len() - 1
    });
    measures[index].1.add(mark.right);
}

/// Each step's confidence, and whether all that is scored of it is right.
fn judged(marks: &[Mark], steps: &[SubTask]) -> Vec<(f32, bool)> {
    let counted = marks.first().is_some_and(|mark| mark.right);
    let right = |index: usize| marks.iter().filter(|mark| mark.step == Some(index)).all(|mark| mark.right);
    steps.iter().enumerate().map(|(index, step)| (step.confidence, counted && right(index))).collect()
}

fn bins(steps: &[(f32, bool)]) -> Vec<Bin> {
    let bin = |tenth: usize| {
        let inside: Vec<_> = steps.iter().filter(|(sure, _)| ((sure * 10.0) as usize).min(9) == tenth).collect();
        let right = Share { right: inside.iter().filter(|(_, right)| *right).count(), of: inside.len() };
        let mean_confidence = inside.iter().map(|(sure, _)| sure).sum::<f32>() / inside.len().max(1) as f32;
        let (confidence_from, confidence_to) = (tenth as f32 / 10.0, (tenth + 1) as f32 / 10.0);
        Bin { confidence_from, confidence_to, mean_confidence, right }
    };
    (0..10).map(bin).filter(|bin| bin.right.of > 0).collect()
}

/// A line for each source, all together last.
fn table(scores: &BTreeMap<String, Measures>) -> String {
    let mut sources: Vec<(&String, &Measures)> = scores.iter().collect();
    sources.sort_by_key(|(source, _)| (source.as_str() == ALL, (*source).clone()));
    let mut text = String::new();
    for (source, measures) in sources {
        let shown: Vec<String> = measures
            .iter()
            .map(|(name, share)| format!("{name} {:5.1}% ({}/{})", share.percent(), share.right, share.of))
            .collect();
        let _ = writeln!(text, "{source:36} {}", shown.join("  "));
    }
    text
}

/// How reliable confidences are: the expected calibration error (Naeini et al. 2015) and a line for each tenth.
fn calibration(bins: &[Bin]) -> String {
    let all: usize = bins.iter().map(|bin| bin.right.of).sum();
    let gap = |bin: &Bin| {
        let off = (f64::from(bin.mean_confidence) - bin.right.percent() / 100.0).abs();
        off * bin.right.of as f64 / all.max(1) as f64
    };
    let mut text = format!("\ncalibration error {:.3} over {all} steps\n", bins.iter().map(gap).sum::<f64>());
    for bin in bins {
        let Share { right, of } = bin.right;
        let _ = writeln!(
            text,
            "confidence {:.1} to {:.1}, mean {:.2}: right {:5.1}% ({right}/{of})",
            bin.confidence_from,
            bin.confidence_to,
            bin.mean_confidence,
            bin.right.percent()
        );
    }
    text
}
