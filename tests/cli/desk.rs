//! A folder with a photograph, and the program run in it.

use image::{GrayImage, Luma, Rgb, RgbImage};
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;
use tie_core::{Mask, Raster};
use tie_engine::{Cancel, Registry};
use tie_studio::{cli, files};

/// What a run left behind.
pub(crate) struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    /// The one sentence of a failure.
    #[track_caller]
    pub(crate) fn sentence(&self, code: i32) -> &str {
        assert_eq!(self.code, code, "{}", self.err);
        assert_eq!(self.out, "", "nothing but results belongs on standard output");
        let lines: Vec<&str> = self.err.lines().filter(|line| !line.starts_with("note: ")).collect();
        let [line] = lines.as_slice() else { panic!("not one line: {}", self.err) };
        assert!(line.starts_with("error: ") && line.ends_with('.'), "{line}");
        assert!(!line.contains("panicked"), "{line}");
        line
    }
}

pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tie-studio"));
    command.env_remove("RUST_LOG").stdin(Stdio::null());
    // The models that whoever runs the tests has are no part of them.
    let nowhere = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-models");
    command.env("HF_HUB_CACHE", &nowhere).env("XDG_CACHE_HOME", nowhere);
    for name in ["HF_ENDPOINT", "HF_TOKEN", "HF_HUB_OFFLINE", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
    command
}

/// Runs the program in a folder.
pub(crate) fn run_in(folder: &Path, arguments: &[&str]) -> Run {
    let output = program().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// A folder with `photo.png`: a red ball on a grey wall with a faint pattern.
pub(crate) struct Desk(pub TempDir);

pub(crate) const BALL: (i32, i32, i32) = (44, 34, 13);

pub(crate) fn in_ball(x: u32, y: u32, margin: i32) -> bool {
    let (dx, dy) = (x as i32 - BALL.0, y as i32 - BALL.1);
    dx * dx + dy * dy <= (BALL.2 + margin).pow(2)
}

pub(crate) fn photo() -> RgbImage {
    RgbImage::from_fn(110, 70, |x, y| {
        let grain = ((x * 7 + y * 13) % 11) as u8;
        if in_ball(x, y, 0) { Rgb([200 + grain, 20 + grain, 25]) } else { Rgb([150 + grain, 152 + grain, 155]) }
    })
}

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        photo().save(desk.path("photo.png")).unwrap();
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        run_in(self.0.path(), arguments)
    }

    /// The small LISA in a folder of models.
    #[cfg(unix)]
    pub(crate) fn borrow_lisa(&self, folder: &str) {
        let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/lisa-tiny");
        fs::create_dir(self.path(folder)).unwrap();
        let link = |from: &Path, name: &str| std::os::unix::fs::symlink(from, self.path(folder).join(name)).unwrap();
        link(&reference, "LISA-7B-v1");
        link(&reference.join("clip-vision-tower"), "clip-vit-large-patch14");
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.path(name)).unwrap()).unwrap()
    }

    pub(crate) fn pixels(&self, name: &str) -> Raster {
        files::open_photo(&self.path(name)).unwrap().raster
    }

    pub(crate) fn mask(&self, name: &str) -> Mask {
        files::open_mask_of_size(&self.path(name), self.pixels("photo.png").extent()).unwrap()
    }

    pub(crate) fn write_mask(&self, name: &str, coverage: impl Fn(u32, u32) -> u8) {
        GrayImage::from_fn(110, 70, |x, y| Luma([coverage(x, y)])).save(self.path(name)).unwrap();
    }

    /// Names of all files, to see that nothing was left behind.
    pub(crate) fn files(&self) -> Vec<String> {
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().to_string_lossy().into_owned();
        let mut names: Vec<String> = fs::read_dir(self.0.path()).unwrap().map(name).collect();
        names.sort();
        names
    }

    /// Runs a command in this process with engines made for the purpose.
    pub(crate) fn run_with(&self, registry: &Registry, arguments: &[&str]) -> u8 {
        let arguments = arguments.iter().map(|argument| match argument.strip_prefix('@') {
            Some(name) => self.path(name).into_os_string(),
            None => OsStr::new(argument).to_owned(),
        });
        let arguments = [OsStr::new("tie-studio").to_owned()].into_iter().chain(arguments);
        let command = cli::parse(arguments).unwrap().command.unwrap();
        cli::run_with(command, registry, &Cancel::default())
    }
}

pub(crate) fn plan_of(steps: &str) -> String {
    format!(r#"{{"version": 1, "instruction": "by hand", "planner": "person", "steps": [{steps}]}}"#)
}

pub(crate) const REMOVE_BALL: &str = r#"{"id": 1, "op": "remove", "target": "red ball"}"#;
