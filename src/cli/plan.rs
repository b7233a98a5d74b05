//! `tie-studio plan`: instructions become plan files.

use super::args::PlanArgs;
use super::failure::{Failure, Outcome, guarded, one_line};
use super::inputs::{Photos, instruction, read_photo, read_text};
use super::outputs::{check_output, print};
use super::progress::Console;
use crate::files::write_atomic;
use serde::Serialize;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tie_core::{Plan, Raster};
use tie_engine::{Cancel, EngineError, JobCx, PlanRequest, Planner, Registry};

pub(super) fn plan(
    args: &PlanArgs,
    registry: &Registry,
    cancel: &Cancel,
    console: &Console,
) -> Result<Outcome, Failure> {
    let names = registry.planner_names();
    let planner = registry.planner(args.planner.as_deref().or(names.first().copied()).unwrap_or_default())?;
    if let Some(output) = &args.output {
        let inputs: Vec<&Path> = [&args.image, &args.batch].into_iter().flatten().map(AsRef::as_ref).collect();
        check_output(output, &inputs)?;
    }
    if let Some(batch) = &args.batch {
        return plan_batch(batch, args.output.as_deref(), planner, cancel, console);
    }
    let instruction = instruction(args.instruction.as_deref().unwrap_or_default())?;
    let photo = args.image.as_deref().map(|path| read_photo(path, console)).transpose()?;
    let image = photo.map(|photo| Arc::new(photo.raster));
    let request = PlanRequest { instruction, image: image.as_ref() };
    let plan = console.during("plan", cancel, |cx| guarded("planner", || planner.plan(request, cx)))?;
    write_result(args.output.as_deref(), &plan.to_json())?;
    Ok(told(&plan, "", console))
}

/// Names what of the instruction is in no step, behind a prefix that says whose it is.
pub(super) fn told(plan: &Plan, whose: &str, console: &Console) -> Outcome {
    let Some(words) = plan.left_out() else { return Outcome::Done };
    console.line(&format!("{whose}not understood: {words}; rephrase it, or give it as a separate instruction."));
    Outcome::InPart
}

/// One line of the input.
struct Request {
    /// A string or a number, returned unchanged.
    id: Value,
    /// Absent or no text: the line cannot be planned, but is answered.
    instruction: Option<String>,
    image: Option<PathBuf>,
}

/// One line of the output.
#[derive(Serialize)]
struct Answer {
    id: Value,
    plan: Option<Plan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

fn plan_batch(
    path: &Path,
    output: Option<&Path>,
    planner: &dyn Planner,
    cancel: &Cancel,
    console: &Console,
) -> Result<Outcome, Failure> {
    let text = read_text(path, "batch")?;
    let requests = requests(&text).map_err(|(line, problem)| {
        Failure::Usage(format!(
            "line {line} of {} {problem}: each line must look like {{\"id\": 1, \"instruction\": \"remove the spoon\"}}.",
            path.display()
        ))
    })?;
    let mut answers = String::new();
    let mut outcome = Outcome::Done;
    let mut photos = Photos::beside(path, console);
    for request in requests {
        let Request { id, instruction, image } = request;
        let image = image.as_deref().filter(|_| planner.looks()).map(|name| photos.open(name)).transpose();
        let planned = image.and_then(|image| {
            Ok(console.during("plan", cancel, |cx| answer(planner, instruction.as_deref(), image, cx))?)
        });
        let answer = match planned {
            Ok(plan) => {
                if told(&plan, &format!("{id}: "), console) == Outcome::InPart {
                    outcome = Outcome::InPart;
                }
                Answer { id, plan: Some(plan), error: None }
            }
            Err(Failure::Interrupted) => return Err(Failure::Interrupted),
            Err(Failure::Usage(sentence) | Failure::Engine(sentence)) => {
                let sentence = one_line(&sentence);
                console.line(&format!("{id}: not planned: {sentence}"));
                outcome = Outcome::InPart;
                Answer { id, plan: None, error: Some(sentence) }
            }
        };
        // Answers hold only strings and numbers, so serialising cannot fail.
        answers += &serde_json::to_string(&answer).map_err(|error| Failure::Engine(error.to_string()))?;
        answers.push('\n');
    }
    write_result(output, &answers)?;
    Ok(outcome)
}

fn answer(
    planner: &dyn Planner,
    instruction: Option<&str>,
    image: Option<&Arc<Raster>>,
    cx: &JobCx<'_>,
) -> Result<Plan, EngineError> {
    cx.check()?;
    let empty = || EngineError::Unsuitable("The line has no \"instruction\", or an empty one.".to_owned());
    let instruction = instruction.map(str::trim).filter(|text| !text.is_empty()).ok_or_else(empty)?;
    guarded("planner", || planner.plan(PlanRequest { instruction, image }, cx))
}

/// All lines that are not blank, or the number of the first broken one and what is wrong with it.
fn requests(text: &str) -> Result<Vec<Request>, (usize, String)> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(index, line)| request(line).map_err(|problem| (index + 1, problem))).collect()
}

fn request(line: &str) -> Result<Request, String> {
    let value: Value = serde_json::from_str(line).map_err(|error| format!("is not valid JSON ({error})"))?;
    match value.get("id") {
        Some(id @ (Value::String(_) | Value::Number(_))) => {
            let instruction = value.get("instruction").and_then(Value::as_str).map(str::to_owned);
            let image = value.get("image").and_then(Value::as_str).map(PathBuf::from);
            Ok(Request { id: id.clone(), instruction, image })
        }
        Some(_) => Err("has an \"id\" that is neither text nor a number".to_owned()),
        None => Err("has no \"id\"".to_owned()),
    }
}

/// To the file in full or not at all, or to standard output.
fn write_result(path: Option<&Path>, text: &str) -> Result<(), Failure> {
    let Some(path) = path else {
        return print(text);
    };
    Ok(write_atomic(path, text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kept_as_they_are_and_blank_lines_are_passed_over() {
        let text = "{\"id\": \"a7\", \"instruction\": \"x\"}\n\n  {\"id\": 12.50, \"instruction\": 3, \"more\": []}\n";
        let requests = requests(text).ok().unwrap();
        let ids: Vec<String> = requests.iter().map(|request| request.id.to_string()).collect();
        assert_eq!(ids, ["\"a7\"", "12.5"]);
        assert_eq!(requests[1].instruction, None);
    }

    #[test]
    fn a_broken_line_is_named_by_its_number() {
        let problem = |line: &str| requests(&format!("{{\"id\": 1}}\n{line}")).err().unwrap();
        assert_eq!(problem("{\"instruction\": \"x\"}"), (2, "has no \"id\"".to_owned()));
        assert_eq!(problem("{\"id\": null}").1, "has an \"id\" that is neither text nor a number");
        assert!(problem("{\"id\": 1").1.starts_with("is not valid JSON"));
    }
}
