//! Reads a command's inputs.

use super::failure::Failure;
use super::progress::Console;
use crate::files::{Photo, open_photo};
use serde::de::DeserializeOwned;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tie_core::{Bounds, Extent, Plan, Raster};

/// Opens a photo and prints its notes.
pub(super) fn read_photo(path: &Path, console: &Console) -> Result<Photo, Failure> {
    let photo = open_photo(path)?;
    if photo.raster.extent().is_empty() {
        return Err(Failure::Usage(format!("{} has no pixels: choose another photo.", path.display())));
    }
    for note in &photo.notes {
        console.line(&format!("note: {note}"));
    }
    Ok(photo)
}

/// Reads a text file; `what` names it in the message.
pub(super) fn read_text(path: &Path, what: &str) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        Failure::Usage(format!("the {what} {} cannot be read ({error}): check the name and the file.", path.display()))
    })
}

/// The photographs that the lines of a file name, as seen from its folder.
pub(super) struct Photos<'a> {
    folder: PathBuf,
    /// Lines about the same photograph often follow each other.
    last: Option<(PathBuf, Arc<Raster>)>,
    console: &'a Console,
}

impl<'a> Photos<'a> {
    pub(super) fn beside(file: &Path, console: &'a Console) -> Self {
        Self { folder: file.parent().unwrap_or(Path::new("")).to_path_buf(), last: None, console }
    }

    pub(super) fn open(&mut self, name: &Path) -> Result<&Arc<Raster>, Failure> {
        let photo = match self.last.take() {
            Some((last, raster)) if last == name => raster,
            _ => Arc::new(read_photo(&self.folder.join(name), self.console)?.raster),
        };
        Ok(&self.last.insert((name.to_owned(), photo)).1)
    }
}

/// Reads JSON, one value a line; `example` is a line as it should be.
pub(super) fn json_lines<T: DeserializeOwned>(path: &Path, text: &str, example: &str) -> Result<Vec<T>, Failure> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            serde_json::from_str(line).map_err(|error| {
                let (number, file) = (index + 1, path.display());
                Failure::Usage(format!(
                    "line {number} of {file} cannot be used ({error}): each line must look like {example}."
                ))
            })
        })
        .collect()
}

/// Reads a plan file.
pub(super) fn read_plan(path: &Path) -> Result<Plan, Failure> {
    Plan::from_json(&read_text(path, "plan")?).map_err(|error| {
        Failure::Usage(format!(
            "the plan {} cannot be used because {error}: correct it, or make a new one with \"tie-studio plan\".",
            path.display()
        ))
    })
}

/// The part of a box that is inside the image.
pub(super) fn inside(bounds: Bounds, extent: Extent) -> Result<Bounds, Failure> {
    let part = bounds.clamp(extent);
    if part.is_empty() {
        let (right, bottom) = (bounds.right(), bounds.bottom());
        return Err(Failure::Usage(format!(
            "the box {},{},{right},{bottom} is outside the image, which is {extent} pixels: coordinates start at 0,0 in the top left corner.",
            bounds.x, bounds.y
        )));
    }
    Ok(part)
}

/// The trimmed instruction, if it is not empty.
pub(super) fn instruction(text: &str) -> Result<&str, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::Usage(
            "the instruction is empty: say what to change, for example \"remove the spoon\".".to_owned(),
        ));
    }
    Ok(text)
}
