//! LISA as planner's eyes and locator, with a small network of random weights in the place of the real one.

use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tie_core::{Click, EditOp, Extent, Point, Raster};
use tie_engine::lisa::{Assistant, Question, Said};
use tie_engine::locator::lisa::LisaLocator;
use tie_engine::{Cancel, EngineError, JobCx, LocateRequest, Locator, Network, Phase, PlanRequest, Registry, Report};
use tie_nets::compute::Compute;
use tie_nets::llama::Tokenizer;
use tie_store::Store;

const SHARDS: [&str; 2] = ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"];

fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/lisa-tiny")
}

/// A folder of models with LISA in the layout of its two repositories.
struct Shelf(TempDir);

impl Shelf {
    fn new() -> Self {
        let shelf = Self(TempDir::new().unwrap());
        fs::create_dir(shelf.checkpoint()).unwrap();
        let tower = shelf.0.path().join("clip-vit-large-patch14");
        fs::create_dir(&tower).unwrap();
        let files = ["config.json", "tokenizer.model", "added_tokens.json", "tokenizer_config.json"];
        for file in files.iter().chain(&["pytorch_model.bin.index.json"]).chain(&SHARDS) {
            fs::copy(reference().join(file), shelf.checkpoint().join(file)).unwrap();
        }
        for file in ["config.json", "model.safetensors"] {
            fs::copy(reference().join("clip-vision-tower").join(file), tower.join(file)).unwrap();
        }
        shelf
    }

    fn checkpoint(&self) -> PathBuf {
        self.0.path().join("LISA-7B-v1")
    }

    fn store(&self) -> Store {
        Store::at(self.0.path().to_owned())
    }

    fn assistant(&self) -> Assistant {
        Assistant::new(self.store(), Compute::processor)
    }

    fn locator(&self) -> LisaLocator {
        LisaLocator::new(Arc::new(self.assistant()))
    }

    fn added_tokens(&self, change: impl FnOnce(&mut Value)) {
        let path = self.checkpoint().join("added_tokens.json");
        let mut tokens = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        change(&mut tokens);
        fs::write(path, tokens.to_string()).unwrap();
    }

    /// Lets the random network mean a mask: by the word that it says most often in its answer.
    fn that_means(question: &str) -> Self {
        let shelf = Self::new();
        let said = ask(&shelf.assistant(), &scene(90, 60), question, &[]);
        let tokenizer = Tokenizer::open(&shelf.checkpoint()).unwrap();
        // What it says is read back; random words seldom are those that a person would split them into.
        let ids = tokenizer.encode(&said.text).unwrap();
        let asked = tokenizer.encode(&tie_nets::lisa::llava_v1(&[], question)).unwrap();
        let times = |id: &u32| ids.iter().filter(|other| *other == id).count();
        let word = ids.iter().filter(|id| **id > 258 && !asked.contains(id)).max_by_key(|id| times(id)).unwrap();
        shelf.added_tokens(|tokens| tokens["[SEG]"] = json!(word));
        shelf
    }
}

fn scene(width: u32, height: u32) -> Arc<Raster> {
    Arc::new(Raster::from_fn(Extent::new(width, height), |x, y| [(x * 3 % 256) as u8, (y * 5 % 256) as u8, 90, 255]))
}

fn try_to_ask(assistant: &Assistant, image: &Arc<Raster>, text: &str, cx: &JobCx<'_>) -> Result<Said, EngineError> {
    assistant.ask(image, Question { text, earlier: &[], most: 24, draws: true }, cx)
}

fn ask(assistant: &Assistant, image: &Arc<Raster>, text: &str, earlier: &[(&str, &str)]) -> Said {
    assistant.ask(image, Question { text, earlier, most: 24, draws: true }, &JobCx::silent()).unwrap()
}

fn words<'a>(image: &'a Arc<Raster>, phrase: &'a str) -> LocateRequest<'a> {
    LocateRequest { image, phrase, location: None, op: EditOp::Remove, clicks: &[], bounds: None, others: &[] }
}

/// What the locator asks first.
fn locating(phrase: &str) -> String {
    format!("Can you segment the {phrase} in this image?")
}

#[test]
fn words_are_answered_with_masks_that_the_answer_means() {
    let (shelf, image) = (Shelf::that_means(&locating("red car")), scene(90, 60));
    let locator = shelf.locator();
    let phases = Mutex::new(Vec::new());
    let hear = |report: Report| {
        if let Report::Progress(progress) = report {
            phases.lock().unwrap().push(progress.phase);
        }
    };
    let found = locator.locate(words(&image, "red car"), &JobCx::new(Cancel::default(), &hear)).unwrap();
    assert!(!found.is_empty(), "the network means a mask");
    for proposal in &found {
        assert_eq!((proposal.mask.extent(), proposal.source.as_str()), (image.extent(), "lisa"));
        assert!((0.0..=1.0).contains(&proposal.confidence) && proposal.reason.contains("red car"), "{proposal:?}");
    }
    let mut phases = phases.into_inner().unwrap();
    phases.dedup();
    let expected =
        [Phase::Loading(Network::LanguageModel), Phase::Looking, Phase::Thinking, Phase::Answering, Phase::Looking];
    assert_eq!(phases, expected);
    assert_eq!(locator.locate(words(&image, "red car"), &JobCx::silent()).unwrap(), found, "the same again");
    locator.unload();
    assert_eq!(locator.locate(words(&image, "red car"), &JobCx::silent()).unwrap(), found, "and after it was freed");
}

#[test]
fn an_answer_that_means_no_mask_finds_nothing_and_one_without_end_is_cut() {
    let (shelf, image) = (Shelf::new(), scene(90, 60));
    assert_eq!(shelf.locator().locate(words(&image, "red car"), &JobCx::silent()), Ok(Vec::new()));
    let said = ask(&shelf.assistant(), &image, "What is this?", &[]);
    assert!(said.is_cut && said.masks.is_empty() && !said.text.is_empty());
}

#[test]
fn masks_are_drawn_for_those_alone_who_want_them() {
    let (shelf, image) = (Shelf::that_means("What is this?"), scene(90, 60));
    let said = ask(&shelf.assistant(), &image, "What is this?", &[]);
    assert!(!said.masks.is_empty());
    let question = Question { text: "What is this?", earlier: &[], most: 24, draws: false };
    let words = shelf.assistant().ask(&image, question, &JobCx::silent()).unwrap();
    assert_eq!((words.text, words.masks), (said.text, Vec::new()));
}

#[test]
fn what_was_read_before_changes_no_answer() {
    let (shelf, image, other) = (Shelf::that_means("What is this?"), scene(90, 60), scene(50, 80));
    let fresh = |image, question, earlier: &[_]| ask(&shelf.assistant(), image, question, earlier);
    let used = shelf.assistant();
    let earlier = [("What is this?", "A street.")];
    for (image, question, earlier) in [
        (&image, "What is this?", &[][..]),
        (&image, "What is that on the left?", &[]),
        (&image, "What is this?", &[]),
        (&other, "What is this?", &[]),
        (&image, "And what is behind it?", &earlier),
        (&image, "And what is behind it?", &earlier),
    ] {
        assert_eq!(ask(&used, image, question, earlier), fresh(image, question, earlier), "{question}");
    }
    // Words of people mean nothing special.
    let plain = ask(&used, &image, "What is   here?", &[]);
    assert_eq!(ask(&used, &image, "What is [SEG] here?", &[]), plain);
    assert_eq!(ask(&used, &image, "What is <image> here?", &[]), plain);
}

#[test]
fn a_changed_image_is_looked_at_anew() {
    let (shelf, mut image) = (Shelf::new(), scene(90, 60));
    let assistant = shelf.assistant();
    ask(&assistant, &image, "What is this?", &[]);
    Arc::make_mut(&mut image).pixels_mut().fill([255, 255, 255, 255]);
    let white = ask(&shelf.assistant(), &image, "What is this?", &[]);
    assert_eq!(ask(&assistant, &image, "What is this?", &[]), white);
}

#[test]
fn it_stops_at_each_of_its_phases_and_answers_the_next_question_right() {
    let (shelf, image) = (Shelf::that_means(&locating("red car")), scene(90, 60));
    let right = ask(&shelf.assistant(), &image, &locating("red car"), &[]);
    for phase in [Phase::Loading(Network::LanguageModel), Phase::Looking, Phase::Thinking, Phase::Answering] {
        let (assistant, cancel) = (shelf.assistant(), Cancel::default());
        let stop = |report: Report| {
            if matches!(report, Report::Progress(progress) if progress.phase == phase) {
                cancel.cancel();
            }
        };
        let answer = try_to_ask(&assistant, &image, &locating("red car"), &JobCx::new(cancel.clone(), &stop));
        assert_eq!(answer, Err(EngineError::Cancelled), "{phase:?}");
        assert_eq!(ask(&assistant, &image, &locating("red car"), &[]), right, "after {phase:?}");
    }
}

#[test]
fn images_of_every_shape_are_looked_at() {
    let shelf = Shelf::that_means("What is this?");
    let assistant = shelf.assistant();
    for (width, height) in [(1, 1), (2, 700), (20_000, 300), (33, 32)] {
        let said = ask(&assistant, &scene(width, height), "What is this?", &[]);
        assert!(said.masks.iter().all(|drawn| drawn.mask.extent() == Extent::new(width, height)));
    }
    let nothing = Arc::new(Raster::filled(Extent::new(0, 0), [0; 4]));
    assert_eq!(shelf.locator().locate(words(&nothing, "cat"), &JobCx::silent()), Ok(Vec::new()));
    let image = scene(9, 9);
    let all = shelf.locator().locate(words(&image, ""), &JobCx::silent()).unwrap();
    assert_eq!(all[0].mask.area(), 81);
}

#[test]
fn pointing_is_refused_and_goes_to_those_that_follow_it() {
    let (shelf, image) = (Shelf::new(), scene(20, 20));
    let clicks = [Click { at: Point { x: 3.0, y: 3.0 }, include: true }];
    let refused = shelf.locator().locate(LocateRequest { clicks: &clicks, ..words(&image, "") }, &JobCx::silent());
    assert!(matches!(refused, Err(EngineError::Unsuitable(text)) if text.contains("takes words only")));
    let here = Registry::embedded().with_models(&shelf.store(), Compute::processor);
    assert_eq!(here.locator_by_words().map(Locator::name), Some("lisa"));
    assert_eq!(here.locator_by_pointing().map(Locator::name), Some("eyes"));
    let absent = Registry::embedded().with_models(&Store::at(PathBuf::from("nowhere")), Compute::processor);
    assert_eq!(absent.locator_by_words().map(Locator::name), Some("eyes"));
    let missing = absent.locator("lisa").unwrap().missing().unwrap();
    assert!(missing.contains("LISA 7B is not installed"), "{missing}");
}

#[test]
fn a_network_that_talks_nonsense_leaves_the_plan_to_the_rules_and_shows_what_it_said() {
    let (shelf, image) = (Shelf::new(), scene(60, 40));
    let registry = Registry::embedded().with_models(&shelf.store(), Compute::processor);
    assert_eq!(registry.planner_names(), ["rules", "lisa", "lisa-direct"]);
    let instruction = "remove the spoon and turn the cup blue";
    let request = PlanRequest { instruction, image: Some(&image) };
    for (name, questions) in [("lisa", 4), ("lisa-direct", 2)] {
        let plan = registry.planner(name).unwrap().plan(request, &JobCx::silent()).unwrap();
        assert_eq!((plan.planner.as_str(), plan.steps.len()), (name, 2));
        for step in &plan.steps {
            assert_eq!(step.answers.len(), questions, "{:?}", step.answers);
            assert!(step.answers.iter().all(|exchange| !exchange.question.is_empty()));
        }
        // And it comes back from a file.
        assert_eq!(tie_core::Plan::from_json(&plan.to_json()).unwrap(), plan);
    }
    let absent = Registry::embedded().with_models(&Store::at(PathBuf::from("nowhere")), Compute::processor);
    let refused = absent.planner("lisa").unwrap().plan(request, &JobCx::silent());
    assert!(matches!(refused, Err(EngineError::NeedsModel(why)) if why.contains("LISA 7B is not installed")));
}

/// What is said of a checkpoint that something is wrong with.
fn refusal(spoil: impl FnOnce(&Path)) -> String {
    let shelf = Shelf::new();
    spoil(&shelf.checkpoint());
    let sentence = match try_to_ask(&shelf.assistant(), &scene(9, 9), "What is this?", &JobCx::silent()) {
        Err(EngineError::Failed(sentence) | EngineError::NeedsModel(sentence)) => sentence,
        other => panic!("{other:?}"),
    };
    assert_eq!(sentence.lines().count(), 1, "{sentence}");
    sentence
}

#[test]
fn a_checkpoint_that_is_not_whole_or_is_damaged_is_named() {
    let second = SHARDS[1];
    let missing = refusal(|folder| fs::remove_file(folder.join(second)).unwrap());
    assert!(missing.contains(second), "{missing}");
    let cut = refusal(|folder| {
        let whole = fs::read(folder.join(second)).unwrap();
        fs::write(folder.join(second), &whole[..whole.len() / 2]).unwrap();
    });
    assert!(cut.contains(second) && cut.contains("damaged"), "{cut}");
    let evil = refusal(|folder| fs::write(folder.join(second), b"cposix\nsystem\n(S'echo hello'\ntR.").unwrap());
    assert!(evil.contains(second) && evil.contains("damaged"), "{evil}");
    let elsewhere = refusal(|folder| {
        let index = r#"{"weight_map": {"a": "../../secret.bin"}}"#;
        fs::write(folder.join("pytorch_model.bin.index.json"), index).unwrap();
    });
    assert!(elsewhere.contains("not a file in its folder"), "{elsewhere}");
    let few = refusal(|folder| {
        let index = format!(r#"{{"weight_map": {{"a": "{second}"}}}}"#);
        fs::write(folder.join("pytorch_model.bin.index.json"), index).unwrap();
    });
    assert!(few.contains("damaged or the wrong file"), "{few}");
}

#[test]
fn a_vocabulary_that_is_none_of_lisa_is_refused() {
    let spoiled = |change: fn(&mut Value)| {
        refusal(|folder| {
            let path = folder.join("added_tokens.json");
            let mut tokens = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            change(&mut tokens);
            fs::write(path, tokens.to_string()).unwrap();
        })
    };
    let without = spoiled(|tokens| {
        tokens.as_object_mut().unwrap().remove("[SEG]");
    });
    assert!(without.contains("no [SEG], so it is not LISA"), "{without}");
    let larger = spoiled(|tokens| tokens["[SEG]"] = json!(2000));
    assert!(larger.contains("its vocabulary has 2001 words, but its network expects 374"), "{larger}");
}

#[test]
fn an_answer_that_means_five_things_and_more_gives_as_many_masks_and_no_more_than_eight() {
    for (phrase, wanted) in [("the spoon", 5..8), ("a dog on the left", 20..64)] {
        let (image, text) = (scene(90, 60), locating(phrase));
        let long = |shelf: &Shelf| {
            let question = Question { text: &text, earlier: &[], most: 64, draws: true };
            shelf.assistant().ask(&image, question, &JobCx::silent()).unwrap()
        };
        let shelf = Shelf::new();
        let ids = Tokenizer::open(&shelf.checkpoint()).unwrap().encode(&long(&shelf).text).unwrap();
        let times = |id: u32| ids.iter().filter(|other| **other == id).count();
        let word = ids.iter().copied().find(|id| *id > 258 && wanted.contains(&times(*id)));
        let word = word.unwrap_or_else(|| panic!("the random network says nothing {wanted:?} times"));
        shelf.added_tokens(|tokens| tokens["[SEG]"] = json!(word));
        let said = long(&shelf);
        assert_eq!(said.masks.len(), times(word).min(8), "{phrase}");
        assert!(said.masks.iter().all(|drawn| drawn.mask.extent() == image.extent()));
    }
}
