//! `tie-studio models`: the models that engines run.

use super::failure::{Failure, Outcome};
use super::model_args::{ModelArgs, ModelDirs, ModelsCommand};
use super::progress::{Console, LINES};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::Instant;
use tie_engine::{Cancel, Registry};
use tie_store::{
    Hub, Integrity, Model, PullProgress, Store, StoreError, bytes_text, model, models as catalogue, size_text,
};

/// Files that a sentence names.
const NAMED: usize = 3;

pub(super) fn models(
    command: &ModelsCommand,
    registry: &Registry,
    cancel: &Cancel,
    console: &Console,
) -> Result<Outcome, Failure> {
    let store = |dirs: &ModelDirs| match registry.store() {
        Some(store) if dirs.model_dirs.is_empty() => store.clone(),
        Some(store) => store.with_given(dirs.model_dirs.clone()),
        None => Store::new(dirs.model_dirs.clone()),
    };
    match command {
        ModelsCommand::List(dirs) => list(&store(dirs)),
        ModelsCommand::Pull(args) => pull(find(args)?, &store(&args.dirs), cancel, console),
        ModelsCommand::Verify(args) => verify(find(args)?, &store(&args.dirs), cancel, console),
        ModelsCommand::Rm(args) => remove(find(args)?, &store(&args.dirs), console),
        ModelsCommand::Convert(args) => convert(find(args)?, &store(&args.dirs), cancel, console),
        ModelsCommand::Path(args) => path(find(args)?, &store(&args.dirs)),
    }
}

fn find(args: &ModelArgs) -> Result<&'static Model, Failure> {
    model(&args.id).ok_or_else(|| Failure::Usage(StoreError::Unknown(args.id.clone()).to_string()))
}

fn list(store: &Store) -> Result<Outcome, Failure> {
    let mut text = String::new();
    for model in catalogue() {
        let state = match store.find_model(model) {
            Ok(_) => "installed",
            Err(StoreError::Incomplete { .. }) => "incomplete",
            Err(_) => "not installed",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:<20} {:<13} {}\n    {}\n    {}, licence {} ({})",
            model.id,
            state,
            model.name,
            model.purpose,
            size_text(model),
            model.licence,
            model.licence_url
        );
    }
    print(&text)
}

fn pull(model: &Model, store: &Store, cancel: &Cancel, console: &Console) -> Result<Outcome, Failure> {
    if store.find_model(model).is_ok() && store.cached_bytes(model) == 0 {
        console.line(&format!("{} is already installed, in a folder of your own.", model.name));
        return Ok(Outcome::Done);
    }
    console.line(&format!(
        "{}: {}; by downloading it, you accept its licence, {} ({})",
        model.name,
        size_text(model),
        model.licence,
        model.licence_url
    ));
    let hub = Hub::from_env(store.kept_token());
    let (mut said, mut trouble) = (Instant::now(), None);
    let mut watch = |progress: PullProgress| {
        let PullProgress { path, done, of, trouble: now } = progress;
        console.bytes(&path, done, of);
        if now != trouble {
            if let Some(sentence) = &now {
                console.line(&format!("retrying: {sentence}"));
            }
            trouble = now;
        }
        if said.elapsed() >= LINES && !console.has_bar() {
            console.line(&format!("{path}: {:.2} of {:.2} GB in total", done as f64 / 1e9, of as f64 / 1e9));
            said = Instant::now();
        }
        !cancel.is_cancelled()
    };
    store.pull(model, &hub, &mut watch).map_err(failure)?;
    console.line(&format!("{} is installed", model.name));
    Ok(Outcome::Done)
}

fn verify(model: &Model, store: &Store, cancel: &Cancel, console: &Console) -> Result<Outcome, Failure> {
    let (all, _) = model.bytes();
    let mut watch = |read| {
        console.bytes(&format!("verify {}", model.id), read, all.max(read));
        !cancel.is_cancelled()
    };
    let checked = store.verify(model, &mut watch).map_err(failure)?;
    let mut text = String::new();
    for file in &checked {
        let verdict = match &file.verdict {
            Integrity::Right => "right".to_owned(),
            Integrity::Unknown(sum) => {
                format!("present, but there is no known checksum to compare it with (SHA-256 {sum})")
            }
            Integrity::Missing => "missing".to_owned(),
            Integrity::NotNeeded => "missing, but needed only once".to_owned(),
            Integrity::WrongSize { wanted, got } => format!("wrong: {got} bytes instead of {wanted}"),
            Integrity::WrongSum { wanted, got } => format!("wrong: SHA-256 {got} instead of {wanted}"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}: {verdict}", file.path);
    }
    print(&text)?;
    let bad: Vec<&str> = checked.iter().filter(|file| !file.verdict.is_good()).map(|file| file.path.as_str()).collect();
    if bad.is_empty() {
        return Ok(Outcome::Done);
    }
    let more = if bad.len() > NAMED { " and others" } else { "" };
    Err(Failure::Engine(format!(
        "{} of the {} files of {} are missing, damaged or from another version ({}{more}): pull the model again.",
        bad.len(),
        checked.len(),
        model.name,
        bad[..bad.len().min(NAMED)].join(", ")
    )))
}

fn remove(model: &Model, store: &Store, console: &Console) -> Result<Outcome, Failure> {
    let bytes = store.cached_bytes(model);
    store.remove(model).map_err(failure)?;
    console.line(&format!("{}: {} deleted from the cache", model.name, bytes_text(bytes)));
    if store.find_model(model).is_ok() {
        console.line("note: the copy in a folder of your own was left alone.");
    }
    Ok(Outcome::Done)
}

fn convert(model: &Model, store: &Store, cancel: &Cancel, console: &Console) -> Result<Outcome, Failure> {
    let watch = |path: &str, done, of| {
        console.bytes(path, done, of);
        !cancel.is_cancelled()
    };
    let made = store.convert(model, &watch).map_err(failure)?;
    for folder in made {
        console.line(&format!("the 16-bit copy of {} is in {}", model.name, folder.display()));
    }
    Ok(Outcome::Done)
}

fn path(model: &Model, store: &Store) -> Result<Outcome, Failure> {
    let folders = store.find_model(model).map_err(failure)?;
    let mut text = String::new();
    for repository in &model.repositories {
        let folder = folders.part(&repository.part).map_err(failure)?;
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", folder.display());
    }
    print(&text)
}

fn print(text: &str) -> Result<Outcome, Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        // The reader has closed the pipe ("| head").
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Usage(format!("the output cannot be written ({error}): check where it goes.")))
        }
        _ => Ok(Outcome::Done),
    }
}

fn failure(error: StoreError) -> Failure {
    match error {
        StoreError::Cancelled => Failure::Interrupted,
        other => Failure::Engine(other.to_string()),
    }
}
