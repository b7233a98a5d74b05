//! The engines with a diffusion model, from a model folder to candidates: tiny random weights, the real way.

use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};
use tie_core::{
    Bounds, Candidate, Diffusion, EditOp, Extent, Mask, Method, Prompt, Raster, Recipe, Sampling, SubTask,
    compose::BlendSettings,
};
use tie_engine::pipeline::{self, Run};
use tie_engine::{Amount, Cancel, EngineError, JobCx, Network, Phase, Progress, Registry, Report};
use tie_nets::compute::Compute;
use tie_store::Store;

const ENGINE: &str = "kandinsky-2.2";
const SMALL: &str = "sd-inpaint";
const ENGINES: [&str; 2] = [ENGINE, SMALL];
const EXTENT: Extent = Extent::new(150, 110);
const HOLE: Bounds = Bounds::new(40, 30, 50, 40);

/// Stable Diffusion under the name of its repository.
static RENAMED: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&reference().join("sd15-inpaint"), &folder.path().join("stable-diffusion-inpainting"));
    folder
});

fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference")
}

fn models() -> Store {
    Store::default().with_given(vec![reference(), RENAMED.path().to_owned()])
}

fn registry() -> Registry {
    Registry::embedded().with_models(&models(), Compute::processor)
}

fn photo() -> Raster {
    Raster::from_fn(EXTENT, |x, y| [(x * 2 % 256) as u8, (y * 2 % 256) as u8, ((x * y) % 256) as u8, 255])
}

fn recipe(seed: u64) -> Recipe {
    let diffusion = Diffusion {
        sampling: Sampling::Own,
        steps: 3,
        guidance: 4.0,
        strength: 1.0,
        resolution: 64,
        match_colours: true,
    };
    Recipe {
        seed,
        candidates: 2,
        blend: BlendSettings { grow: 6.0, feather: 4.0 },
        ..Recipe::new(ENGINE, Method::Diffusion(diffusion))
    }
}

/// The same for each engine.
fn of_each(recipe: &Recipe) -> [Recipe; 2] {
    ENGINES.map(|engine| Recipe { engine: engine.to_owned(), ..recipe.clone() })
}

/// Words to paint by, and words to keep away from.
fn words(text: &str, negative: &str) -> Prompt {
    Prompt { text: text.to_owned(), negative: negative.to_owned() }
}

fn run_with(
    registry: &Registry,
    recipe: &Recipe,
    prompt: &Prompt,
    cx: &JobCx<'_>,
) -> Result<Vec<Candidate>, EngineError> {
    let (image, mask) = (photo(), Mask::rectangle(EXTENT, HOLE));
    let run = Run { prompt, ..Run::new(&image, &mask, recipe) };
    pipeline::inpaint(registry.inpainter(&recipe.engine).unwrap(), run, cx)
}

fn run(registry: &Registry, recipe: &Recipe, cx: &JobCx<'_>) -> Result<Vec<Candidate>, EngineError> {
    run_with(registry, recipe, &words("a red cat", ""), cx)
}

fn candidates(recipe: &Recipe) -> Vec<Candidate> {
    run(&registry(), recipe, &JobCx::silent()).unwrap()
}

#[test]
fn a_prompt_gives_candidates_that_differ_and_changes_nothing_outside_the_blend_mask() {
    for recipe in of_each(&recipe(5)) {
        let made = candidates(&recipe);
        assert_eq!(made.len(), 2);
        assert_ne!(made[0].patch, made[1].patch, "another seed is another picture");
        for candidate in &made {
            assert_eq!(candidate.changed.outside, 0);
            assert!(candidate.changed.inside > 1000, "{:?}", candidate.changed);
            assert!(candidate.bounds.encloses(HOLE));
        }
    }
}

#[test]
fn a_candidates_own_recipe_gives_it_again_whatever_was_made_before() {
    // With the networks and embeddings of other runs in memory.
    let registry = registry();
    for recipe in of_each(&recipe(5)) {
        let made = candidates(&recipe);
        let again = candidates(&Recipe { candidates: 1, ..made[1].recipe.clone() });
        assert_eq!(again[0].patch, made[1].patch);
        run_with(&registry, &recipe, &words("a blue vase", ""), &JobCx::silent()).unwrap();
        let later = run(&registry, &made[0].recipe, &JobCx::silent()).unwrap();
        assert_eq!(later[0].patch, made[0].patch);
        registry.unload();
        assert_eq!(run(&registry, &made[0].recipe, &JobCx::silent()).unwrap()[0].patch, made[0].patch);
    }
}

#[test]
fn prompt_negative_prompt_guidance_steps_and_strength_all_count() {
    let base = Recipe { candidates: 1, ..recipe(1) };
    of_each(&base).iter().for_each(everything_counts);
}

/// For a recipe with one candidate.
fn everything_counts(base: &Recipe) {
    let own = *base.diffusion().unwrap();
    let with = |diffusion| Recipe { method: Method::Diffusion(diffusion), ..base.clone() };
    let first = candidates(base)[0].patch.clone();
    for (what, prompt) in [("prompt", words("a blue vase", "")), ("negative prompt", words("a red cat", "blurry"))] {
        let other = run_with(&registry(), base, &prompt, &JobCx::silent()).unwrap();
        assert_ne!(other[0].patch, first, "the {what} makes no difference to {}", base.engine);
    }
    for (what, other) in [
        ("guidance", with(Diffusion { guidance: 9.0, ..own })),
        ("no guidance", with(Diffusion { guidance: 1.0, ..own })),
        ("sampling", with(Diffusion { sampling: Sampling::DpmSolver, ..own })),
        ("steps", with(Diffusion { steps: 5, ..own })),
        ("strength", with(Diffusion { strength: 0.5, ..own })),
        ("resolution", with(Diffusion { resolution: 128, ..own })),
        ("colours", with(Diffusion { match_colours: false, ..own })),
    ] {
        assert_ne!(candidates(&other)[0].patch, first, "{what} makes no difference to {}", base.engine);
    }
}

/// What a run said, in order.
fn reports(recipe: &Recipe) -> (Vec<Progress>, usize) {
    reports_of(recipe, &words("a red cat", ""))
}

fn reports_of(recipe: &Recipe, prompt: &Prompt) -> (Vec<Progress>, usize) {
    let said = Mutex::new((Vec::new(), 0));
    let listen = |report| match report {
        Report::Progress(progress) => said.lock().unwrap().0.push(progress),
        Report::Note(note) => panic!("{note}"),
        Report::Preview { .. } => said.lock().unwrap().1 += 1,
    };
    run_with(&registry(), recipe, prompt, &JobCx::new(Cancel::default(), &listen)).unwrap();
    said.into_inner().unwrap()
}

#[test]
fn every_phase_says_how_far_it_is_and_prior_and_decoder_are_loaded_once() {
    let (said, _) = reports(&recipe(5));
    let mut phases: Vec<Phase> = said.iter().map(|progress| progress.phase).collect();
    phases.dedup();
    assert_eq!(
        phases,
        [
            Phase::Loading(Network::ImageEncoder),
            Phase::Loading(Network::TextEncoder),
            Phase::Imagining,
            Phase::Loading(Network::Prior),
            Phase::Imagining,
            Phase::Loading(Network::Autoencoder),
            Phase::Loading(Network::Unet),
            Phase::Encoding,
            Phase::Denoising,
            Phase::Decoding,
            Phase::Encoding,
            Phase::Denoising,
            Phase::Decoding,
        ]
    );
    let amount = |phase| said.iter().filter(|one| one.phase == phase).filter_map(|one| one.amount).collect::<Vec<_>>();
    assert_eq!(amount(Phase::Denoising)[3], Amount::Steps { done: 3, of: 3 });
    assert_eq!(amount(Phase::Imagining).last(), Some(&Amount::Steps { done: 50, of: 50 }));
    assert!(matches!(amount(Phase::Loading(Network::Unet))[0], Amount::Bytes { done, of } if done > 0 && of >= done));
    let (said, _) = reports(&Recipe { engine: SMALL.to_owned(), ..recipe(5) });
    let mut phases: Vec<Phase> = said.iter().map(|progress| progress.phase).collect();
    phases.dedup();
    let loading = [Network::TextEncoder, Network::Autoencoder, Network::Unet].map(Phase::Loading);
    let work = [Phase::Encoding, Phase::Denoising, Phase::Decoding];
    assert_eq!(phases, [&loading[..], &work, &work].concat());
    // A negative prompt takes the place of the embedding of no image.
    let (said, _) = reports_of(&recipe(5), &words("a red cat", "blurry"));
    assert!(said.iter().all(|progress| progress.phase != Phase::Loading(Network::ImageEncoder)));
}

#[test]
fn a_run_stops_in_every_phase_and_the_next_one_works() {
    let registry = registry();
    let [large, small] = of_each(&recipe(5));
    let stops = [
        Phase::Loading(Network::ImageEncoder),
        Phase::Loading(Network::TextEncoder),
        Phase::Loading(Network::Prior),
        Phase::Imagining,
        Phase::Loading(Network::Autoencoder),
        Phase::Loading(Network::Unet),
        Phase::Encoding,
        Phase::Denoising,
        Phase::Decoding,
    ];
    let small_stops = stops[4..].iter().copied().chain([Phase::Loading(Network::TextEncoder)]);
    let cases = stops.into_iter().map(|stop| (&large, stop)).chain(small_stops.map(|stop| (&small, stop)));
    for (recipe, stop) in cases {
        registry.unload();
        let cancel = Cancel::default();
        let later = Mutex::new(Vec::new());
        let listen = |report| {
            if let Report::Progress(progress) = report {
                if cancel.is_cancelled() {
                    later.lock().unwrap().push(progress.phase);
                } else if progress.phase == stop {
                    cancel.cancel();
                }
            }
        };
        let ended = run(&registry, recipe, &JobCx::new(cancel.clone(), &listen));
        assert_eq!(ended.err(), Some(EngineError::Cancelled), "{stop:?}");
        let later = later.into_inner().unwrap();
        assert!(later.len() <= 1, "after {stop:?} it went on with {later:?}");
    }
    assert!([large, small].iter().all(|recipe| run(&registry, recipe, &JobCx::silent()).is_ok()));
}

#[test]
fn without_its_model_the_engine_is_not_offered_and_the_step_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let without = Registry::embedded().with_models(&Store::at(folder.path().to_owned()), Compute::processor);
    let task = SubTask::new(1, EditOp::Add, "rug").becomes("a cat");
    let Err(EngineError::NeedsModel(sentence)) = without.recipe_for(&task, 1) else {
        panic!("nothing here can add a cat");
    };
    assert_eq!(
        sentence,
        "Painting a cat needs a generative model. Kandinsky 2.2 inpainting is not installed: download it (15.9 GB), or choose the folder that contains it."
    );
    let error = run(&without, &recipe(1), &JobCx::silent()).unwrap_err();
    assert!(matches!(&error, EngineError::NeedsModel(sentence) if sentence.contains("download it")), "{error:?}");
    let with = registry().recipe_for(&task, 1).unwrap();
    assert_eq!((with.engine.as_str(), with.diffusion().map(|own| own.steps)), (ENGINE, Some(50)));
    // The smaller model paints where it is the only one.
    let small = Registry::embedded().with_models(&Store::at(RENAMED.path().to_owned()), Compute::processor);
    let recipe = small.recipe_for(&task, 1).unwrap();
    assert_eq!((recipe.engine.as_str(), recipe.diffusion().map(|own| own.steps)), (SMALL, Some(20)));
    // What needs no model is done without one.
    assert_eq!(registry().recipe_for(&SubTask::new(1, EditOp::Remove, "cup"), 1).unwrap().engine, "exemplar");
}

#[test]
fn a_damaged_model_is_one_sentence_and_other_engines_go_on() {
    let folder = tempfile::tempdir().unwrap();
    copy(&reference(), folder.path());
    let unet = folder.path().join("kandinsky-2-2-decoder-inpaint/unet/diffusion_pytorch_model.safetensors");
    let whole = std::fs::read(&unet).unwrap();
    std::fs::write(&unet, &whole[..whole.len() / 2]).unwrap();
    let broken = Registry::embedded().with_models(&Store::at(folder.path().to_owned()), Compute::processor);
    let error = run(&broken, &recipe(1), &JobCx::silent()).unwrap_err().to_string();
    assert!(error.contains("damaged") && error.contains("diffusion_pytorch_model.safetensors"), "{error}");
    assert!(!error.contains('\n'), "{error}");
    std::fs::write(&unet, whole).unwrap();
    assert!(run(&broken, &recipe(1), &JobCx::silent()).is_ok(), "a model that is repaired works");
}

/// Copies the two repositories.
fn copy(from: &Path, to: &Path) {
    for name in ["kandinsky-2-2-decoder-inpaint", "kandinsky-2-2-prior"] {
        copy_folder(&from.join(name), &to.join(name));
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn masks_and_photographs_of_every_shape_are_painted() {
    let registry = registry();
    let one = Recipe { candidates: 1, ..recipe(5) };
    for (width, height, hole) in [
        (1, 1, Bounds::new(0, 0, 1, 1)),
        (1, 90, Bounds::new(0, 20, 1, 30)),
        (400, 3, Bounds::new(10, 0, 100, 3)),
        (64, 64, Bounds::new(0, 0, 64, 64)),
        (90, 70, Bounds::new(50, 40, 1, 1)),
    ] {
        let extent = Extent::new(width, height);
        let image = Raster::filled(extent, [90, 120, 40, 128]);
        let mask = Mask::rectangle(extent, hole);
        for one in of_each(&one) {
            let engine = registry.inpainter(&one.engine).unwrap();
            let made = pipeline::inpaint(engine, Run::new(&image, &mask, &one), &JobCx::silent()).unwrap();
            assert_eq!(made[0].changed.outside, 0, "{extent}");
            assert!(made[0].changed.inside > 0, "{extent}: nothing was painted");
        }
    }
}

#[test]
fn a_model_in_16_bit_floats_is_found_first_and_paints_nearly_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, own, wide) = (folder.path().join("hub"), folder.path().join("own"), folder.path().join("wide"));
    // In 32-bit floats, as the real ones are.
    copy(&reference(), &wide);
    let weights = "kandinsky-2-2-decoder-inpaint/unet/diffusion_pytorch_model.safetensors";
    let mut tensors = candle_core::safetensors::load(wide.join(weights), &candle_core::Device::Cpu).unwrap();
    for tensor in tensors.values_mut() {
        *tensor = (tensor.to_dtype(candle_core::DType::F32).unwrap() * 1.0001).unwrap();
    }
    candle_core::safetensors::save(&tensors, wide.join(weights)).unwrap();
    let store = Store::in_cache(hub, own.clone());
    let mut given = store.with_given(vec![wide.clone()]);
    let model = tie_store::model(ENGINE).unwrap();
    let made = given.convert(model, &|_, _, _| true).unwrap();
    assert!(made.iter().all(|folder| folder.starts_with(&own)), "{made:?}");
    let size = |root: &Path| std::fs::metadata(root.join(weights)).unwrap().len() as f64;
    let share = size(&own.join("models")) / size(&wide);
    assert!((0.45..0.65).contains(&share), "{share}");
    // Without the original.
    given = store.with_given(Vec::new());
    let halved = Registry::embedded().with_models(&given, Compute::processor);
    let one = Recipe { candidates: 1, ..recipe(5) };
    let (rough, exact) = (run(&halved, &one, &JobCx::silent()).unwrap(), candidates(&one));
    let differences = rough[0].patch.bytes().iter().zip(exact[0].patch.bytes()).map(|(a, b)| a.abs_diff(*b));
    let mean = differences.map(f64::from).sum::<f64>() / exact[0].patch.bytes().len() as f64;
    assert!(mean < 3.0, "{mean}");
    // Asked again, it is there already; a copy that was stopped is not found.
    assert_eq!(given.convert(model, &|_, _, _| true).unwrap(), made);
    let checked = given.verify(model, &mut |_| true).unwrap();
    assert!(checked.iter().all(|file| file.verdict.is_good()), "{checked:?}");
    assert!(given.cached_bytes(model) > 500_000);
    given.remove(model).unwrap();
    assert!(given.cached_bytes(model) == 0 && made.iter().all(|folder| !folder.exists()));
    let stopped = store.with_given(vec![wide]).convert(model, &|_, _, _| false);
    assert_eq!(stopped, Err(tie_store::StoreError::Cancelled));
    assert!(given.find(ENGINE).is_err());
}
