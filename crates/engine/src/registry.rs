//! The list of engines: which can do an edit, and what is missing where none can.

use super::inpainter::diffusion::{Kandinsky, StableDiffusion};
use super::inpainter::exemplar::{Exemplar, accelerator::Accelerator};
use super::inpainter::{adjust::Adjust, clone::Cloner, typeset::Typesetter};
use super::lisa::Assistant;
use super::locator::classic::Classic;
use super::locator::clipseg::TextToMask;
use super::locator::eyes::Eyes;
use super::locator::lisa::LisaLocator;
use super::locator::sam::Segmenter;
use super::planner::lisa::{Ask, LisaPlanner};
use super::planner::rules::Rules;
use super::sight::Sights;
use super::{EngineError, Inpainter, Locator, Planner};
use std::sync::Arc;
use tie_core::{BlendSettings, EditOp, Method, Recipe, SubTask};
use tie_nets::compute::Compute;
use tie_store::Store;

/// All engines of this program, each kind best first.
#[derive(Clone)]
pub struct Registry {
    planners: Vec<Arc<dyn Planner>>,
    locators: Vec<Arc<dyn Locator>>,
    inpainters: Vec<Arc<dyn Inpainter>>,
    /// Where models are looked for, if engines need some.
    store: Option<Store>,
    /// What the networks that the program carries see, for all locators.
    sights: Arc<Sights>,
}

/// No engine has the name that was asked for.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("there is no {kind} called \"{name}\"; use one of: {known}")]
pub struct UnknownEngine {
    /// "planner", "locator" or "inpainter".
    pub kind: &'static str,
    /// The name that was asked for.
    pub name: String,
    /// The names of all engines of that kind, separated by commas.
    pub known: String,
}

impl Registry {
    /// The engines that need no download, best first.
    pub fn embedded() -> Self {
        let sights = Arc::<Sights>::default();
        Self {
            planners: vec![Arc::new(Rules)],
            locators: vec![Arc::new(Eyes::new(Arc::clone(&sights))), Arc::new(Classic)],
            inpainters: built_in(&Exemplar::default()),
            store: None,
            sights,
        }
    }

    /// The same engines, with `exemplar`'s fills on a graphics card.
    #[must_use]
    pub fn accelerated(mut self, accelerator: Arc<dyn Accelerator>) -> Self {
        for engine in built_in(&Exemplar::on(accelerator)) {
            if let Some(known) = self.inpainters.iter_mut().find(|known| known.name() == engine.name()) {
                *known = engine;
            }
        }
        self
    }

    /// Adds the engines whose models are looked for in `store`; each calls `compute` for the device at first use.
    #[must_use]
    pub fn with_models(mut self, store: &Store, compute: fn() -> Compute) -> Self {
        let kandinsky: Arc<dyn Inpainter> = Arc::new(Kandinsky::new(store.clone(), compute));
        let stable_diffusion: Arc<dyn Inpainter> = Arc::new(StableDiffusion::new(store.clone(), compute));
        for engine in [kandinsky, stable_diffusion] {
            self.inpainters.retain(|known| known.name() != engine.name());
            self.inpainters.push(engine);
        }
        let segmenter: Arc<dyn Locator> = Arc::new(Segmenter::new(store.clone(), compute, Arc::clone(&self.sights)));
        let assistant = Arc::new(Assistant::new(store.clone(), compute));
        let lisa: Arc<dyn Locator> = Arc::new(LisaLocator::new(Arc::clone(&assistant)));
        let thinking: Arc<dyn Planner> = Arc::new(LisaPlanner::new(Arc::clone(&assistant) as Arc<dyn Ask>));
        for planner in [thinking, Arc::new(LisaPlanner::direct(assistant))] {
            self.planners.retain(|known| known.name() != planner.name());
            self.planners.push(planner);
        }
        let refiners = vec![Arc::clone(&segmenter), Arc::new(Classic) as Arc<dyn Locator>];
        let clipseg: Arc<dyn Locator> = Arc::new(TextToMask::new(store.clone(), compute, refiners));
        let new = [&lisa, &clipseg, &segmenter];
        self.locators.retain(|known| new.iter().all(|engine| engine.name() != known.name()));
        // Where they are here, they find more than any other.
        self.locators.insert(0, clipseg);
        self.locators.insert(0, lisa);
        self.locators.push(segmenter);
        self.store = Some(store.clone());
        self
    }

    /// Where models are looked for; `None` without [`with_models`](Self::with_models).
    pub const fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    /// Frees the memory of all models; a diffusion model that is at work keeps its own.
    pub fn unload(&self) {
        self.inpainters.iter().for_each(|engine| engine.unload());
        self.locators.iter().for_each(|engine| engine.unload());
    }

    /// Frees the memory of all other inpainters' models if this recipe needs a diffusion model: two seldom fit.
    pub fn make_room_for(&self, recipe: &Recipe) {
        if matches!(recipe.method, Method::Diffusion(_)) {
            self.inpainters.iter().filter(|other| other.name() != recipe.engine).for_each(|other| other.unload());
        }
    }

    /// Adds an inpainter and prefers it for every edit that it can do.
    #[must_use]
    pub fn with_inpainter(mut self, inpainter: Arc<dyn Inpainter>) -> Self {
        self.inpainters.insert(0, inpainter);
        self
    }

    /// Adds a locator and prefers it to all others.
    #[must_use]
    pub fn with_locator(mut self, locator: Arc<dyn Locator>) -> Self {
        self.locators.insert(0, locator);
        self
    }

    /// The planner of this name.
    ///
    /// # Errors
    /// If no planner has this name; the error lists those there are.
    pub fn planner(&self, name: &str) -> Result<&dyn Planner, UnknownEngine> {
        find(&self.planners, Planner::name, "planner", name).map(AsRef::as_ref)
    }

    /// The locator of this name.
    ///
    /// # Errors
    /// If no locator has this name; the error lists those there are.
    pub fn locator(&self, name: &str) -> Result<&dyn Locator, UnknownEngine> {
        find(&self.locators, Locator::name, "locator", name).map(AsRef::as_ref)
    }

    /// The inpainter of this name.
    ///
    /// # Errors
    /// If no inpainter has this name; the error lists those there are.
    pub fn inpainter(&self, name: &str) -> Result<&dyn Inpainter, UnknownEngine> {
        find(&self.inpainters, Inpainter::name, "inpainter", name).map(AsRef::as_ref)
    }

    /// Names of all planners, best first; never empty.
    pub fn planner_names(&self) -> Vec<&'static str> {
        self.planners.iter().map(|engine| engine.name()).collect()
    }

    /// Names of all locators, best first; never empty.
    pub fn locator_names(&self) -> Vec<&'static str> {
        self.locators.iter().map(|engine| engine.name()).collect()
    }

    /// The default locator for words: the best whose model is there.
    pub fn locator_by_words(&self) -> Option<&dyn Locator> {
        self.locators.iter().map(AsRef::as_ref).find(|engine| engine.reads_words() && engine.missing().is_none())
    }

    /// The default locator for clicks and boxes whose model is there; one that does nothing else is better at it.
    pub fn locator_by_pointing(&self) -> Option<&dyn Locator> {
        let locators = || self.locators.iter().map(AsRef::as_ref);
        let here = || locators().filter(|engine| engine.follows_pointing() && engine.missing().is_none());
        here().find(|engine| !engine.reads_words()).or_else(|| here().next())
    }

    /// The best locator that prepares a photograph as soon as it is opened (see [`Locator::looks_ahead`]).
    pub fn locator_that_looks_ahead(&self) -> Option<&dyn Locator> {
        self.locators.iter().map(AsRef::as_ref).find(|engine| engine.looks_ahead())
    }

    /// Names of all inpainters, best first; never empty.
    pub fn inpainter_names(&self) -> Vec<&'static str> {
        self.inpainters.iter().map(|engine| engine.name()).collect()
    }

    /// Names of the inpainters that can do edits of this kind, best first.
    pub fn inpainters_for(&self, op: EditOp) -> Vec<&'static str> {
        self.inpainters.iter().filter(|engine| engine.can_do(op)).map(|engine| engine.name()).collect()
    }

    /// A recipe for a sub-task, for the best inpainter that can do it and has its model; one candidate.
    ///
    /// # Errors
    /// [`EngineError::NeedsModel`] if no engine can do the edit; the sentence says what is missing, in the words or here.
    pub fn recipe_for(&self, task: &SubTask, seed: u64) -> Result<Recipe, EngineError> {
        let (mut not_said, mut not_here) = (None, None);
        for engine in self.inpainters.iter().filter(|engine| engine.can_do(task.done_as())) {
            match (engine.missing(), self.recipe_with(engine.as_ref(), task, seed)) {
                (None, Ok(recipe)) => return Ok(recipe),
                (Some(missing), Ok(_)) => not_here = not_here.or(Some(missing)),
                (_, Err(error)) => not_said = not_said.or(Some(error.to_string())),
            }
        }
        let sentence = not_said.unwrap_or_else(|| needs_model(task));
        Err(EngineError::NeedsModel(not_here.map_or(sentence.clone(), |missing| format!("{sentence} {missing}"))))
    }

    /// A recipe for a sub-task with this inpainter; one candidate.
    ///
    /// # Errors
    /// [`EngineError::Unsuitable`] if the words don't say what the inpainter has to know, such as a colour or a text.
    pub fn recipe_with(&self, engine: &dyn Inpainter, task: &SubTask, seed: u64) -> Result<Recipe, EngineError> {
        let method = engine.method(task)?;
        let blend = match &method {
            Method::Adjust(_) => BlendSettings::EXACT,
            Method::Diffusion(_) => BlendSettings::GENERATED,
            _ => BlendSettings::default(),
        };
        Ok(Recipe { seed, blend, ..Recipe::new(engine.name(), method) })
    }

    /// The recipe after a task was reworded from `was` to `task`. Settings of the person stay unless the new words change them,
    /// and the engine they chose stays while it can do the edit.
    ///
    /// # Errors
    /// As [`recipe_for`](Self::recipe_for).
    pub fn recipe_after(&self, was: &SubTask, before: &Recipe, task: &SubTask) -> Result<Recipe, EngineError> {
        let is_chosen = self.recipe_for(was, before.seed).is_ok_and(|best| best.engine != before.engine);
        let chosen = self.inpainter(&before.engine).ok().filter(|engine| is_chosen && engine.can_do(task.done_as()));
        let recipe = match chosen.and_then(|engine| self.recipe_with(engine, task, before.seed).ok()) {
            Some(recipe) => recipe,
            None => self.recipe_for(task, before.seed)?,
        };
        if recipe.engine != before.engine {
            return Ok(Recipe { context: before.context, ..recipe });
        }
        let says_the_same = task.edit == was.edit || matches!(before.method, Method::Diffusion(_));
        let method = if says_the_same { before.method.clone() } else { recipe.method };
        Ok(Recipe { method, ..before.clone() })
    }

    /// Whether another seed gives another result; `false` too if the recipe's engine doesn't exist.
    pub fn is_random(&self, recipe: &Recipe) -> bool {
        self.inpainter(&recipe.engine).is_ok_and(|engine| engine.is_random(recipe))
    }
}

fn built_in(exemplar: &Exemplar) -> Vec<Arc<dyn Inpainter>> {
    let exemplar = || exemplar.clone();
    let (cloner, typesetter) = (Cloner { exemplar: exemplar() }, Typesetter { exemplar: exemplar() });
    vec![Arc::new(exemplar()), Arc::new(Adjust), Arc::new(cloner), Arc::new(typesetter)]
}

fn find<'a, T: ?Sized>(
    engines: &'a [Arc<T>],
    name_of: impl Fn(&T) -> &'static str,
    kind: &'static str,
    name: &str,
) -> Result<&'a Arc<T>, UnknownEngine> {
    engines.iter().find(|engine| name_of(engine) == name).ok_or_else(|| UnknownEngine {
        kind,
        name: name.to_owned(),
        known: engines.iter().map(|engine| name_of(engine)).collect::<Vec<_>>().join(", "),
    })
}

/// Why an edit that makes new content cannot be made.
fn needs_model(task: &SubTask) -> String {
    let what = match task.op() {
        EditOp::Add | EditOp::Replace => task.content().map(|content| format!("Painting {content}")),
        EditOp::Background => Some("Painting a new background".to_owned()),
        EditOp::Style => Some("Changing the style".to_owned()),
        _ => None,
    };
    let what = what.unwrap_or_else(|| format!("The edit \"{}\"", task.title()));
    format!("{what} needs a generative model.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(op: EditOp, content: &str) -> SubTask {
        SubTask::new(1, op, "cup").becomes(content)
    }

    #[test]
    fn an_unknown_engine_is_answered_with_the_known_ones() {
        let error = Registry::embedded().inpainter("magic").err().map(|error| error.to_string());
        assert_eq!(
            error.as_deref(),
            Some("there is no inpainter called \"magic\"; use one of: exemplar, adjust, clone, typeset")
        );
    }

    #[test]
    fn each_op_gets_the_engine_that_can_do_it() {
        let registry = Registry::embedded();
        let engine = |task: &SubTask| registry.recipe_for(task, 7).map(|recipe| recipe.engine);
        assert_eq!(engine(&task(EditOp::Remove, "")).as_deref(), Ok("exemplar"));
        assert_eq!(engine(&task(EditOp::Recolor, "blue")).as_deref(), Ok("adjust"));
        assert_eq!(engine(&task(EditOp::Adjust, "brighter")).as_deref(), Ok("adjust"));
        assert_eq!(engine(&task(EditOp::Move, "")).as_deref(), Ok("clone"));
        assert_eq!(engine(&task(EditOp::Count, "three")).as_deref(), Ok("clone"));
        assert_eq!(engine(&task(EditOp::Add, "another cup")).as_deref(), Ok("clone"));
        assert_eq!(engine(&task(EditOp::Text, "OPEN")).as_deref(), Ok("typeset"));
        assert!(
            registry
                .recipe_for(&task(EditOp::Text, " "), 7)
                .is_err_and(|error| error.to_string().contains("no new text"))
        );
    }

    #[test]
    fn the_text_to_write_is_in_the_recipe() {
        let recipe = Registry::embedded().recipe_for(&task(EditOp::Text, "OPEN"), 7);
        assert_eq!(recipe.map(|recipe| recipe.method), Ok(Method::Typeset("OPEN".to_owned())));
    }

    #[test]
    fn what_no_engine_can_do_is_said_and_never_faked() {
        let registry = Registry::embedded();
        for op in [EditOp::Add, EditOp::Replace, EditOp::Background, EditOp::Style, EditOp::Pose, EditOp::Other] {
            let answer = registry.recipe_for(&task(op, "a cat"), 7);
            assert!(matches!(answer, Err(EngineError::NeedsModel(_))), "{op}: {answer:?}");
        }
        let Err(EngineError::NeedsModel(sentence)) = registry.recipe_for(&task(EditOp::Recolor, "loud"), 7) else {
            panic!("\"loud\" is no colour");
        };
        assert!(sentence.contains("\"loud\" is not a known colour"), "{sentence}");
    }
}
