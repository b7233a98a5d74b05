//! The first promise, for every inpainter there is: untouched means untouched.

use proptest::prelude::*;
use std::sync::Arc;
use tie_core::{
    AdjustKind, Adjustment, BlendSettings, Bounds, Document, EditStep, Extent, Mask, Masks, Method, Offset, Placement,
    Raster, Recipe, StepId,
};
use tie_engine::pipeline::{self, Run};
use tie_engine::{EngineError, JobCx, Registry};

const ADJUSTMENTS: [AdjustKind; 9] = [
    AdjustKind::Recolor([20, 60, 200]),
    AdjustKind::Brightness,
    AdjustKind::Exposure,
    AdjustKind::Contrast,
    AdjustKind::Saturation,
    AdjustKind::Warmth,
    AdjustKind::Blur,
    AdjustKind::Sharpen,
    AdjustKind::Greyscale,
];

/// Each inpainter, the one that adjusts with everything it can do.
fn recipes(blend: BlendSettings, seed: u64) -> Vec<Recipe> {
    let recipe = |engine: &str, method| Recipe { seed, blend, ..Recipe::new(engine, method) };
    let registry = Registry::embedded();
    let mut recipes = Vec::new();
    for engine in registry.inpainter_names() {
        if engine == "adjust" {
            let adjust = |kind| recipe(engine, Method::Adjust(Adjustment { kind, amount: 0.8 }));
            recipes.extend(ADJUSTMENTS.map(adjust));
        } else if engine == "clone" {
            let by = Placement::moved(Offset::new(12, 9));
            let copies = vec![Offset::new(-40, 3), Offset::new(7, 5)];
            let copied = Placement { offsets: copies, scale: 1.5, keeps_original: true };
            recipes.extend([by, copied].map(|placement| recipe(engine, Method::Clone(Some(placement)))));
        } else if engine == "typeset" {
            recipes.push(recipe(engine, Method::Typeset("Ag".to_owned())));
        } else {
            recipes.push(recipe(engine, Method::Fill));
        }
    }
    recipes
}

/// Numbers without pattern from a position.
fn noise(seed: u32, x: u32, y: u32) -> [u8; 4] {
    let mut v = seed ^ x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77);
    v = (v ^ (v >> 15)).wrapping_mul(0x2C1B_3C6D);
    v = (v ^ (v >> 12)).wrapping_mul(0x297A_2D39);
    (v ^ (v >> 15)).to_le_bytes()
}

/// Stripes with noise, so that there is something to continue, and every kind of alpha.
fn image(extent: Extent, seed: u32) -> Raster {
    Raster::from_fn(extent, |x, y| {
        let [r, g, b, a] = noise(seed, x, y);
        let stripe = ((x / 3 + y / 5) % 4) as u8 * 50;
        let alpha = match a % 4 {
            0 => 0,
            1 => a,
            _ => 255,
        };
        [stripe + r / 8, stripe + g / 8, b, alpha]
    })
}

/// How a mask looks.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// A soft disc somewhere.
    Soft,
    /// Everything but the border.
    Inner,
    Full,
    /// Single pixels of every coverage.
    Speckle,
    /// A hard rectangle over the right or lower border.
    Corner,
}

fn mask(extent: Extent, shape: Shape, seed: u32) -> Mask {
    let [cx, cy, size, _] = noise(seed, 1, 1).map(|v| f32::from(v) / 255.0);
    let (width, height) = (extent.width as f32, extent.height as f32);
    let radius = 2.0 + size * width.min(height) / 3.0;
    Mask::from_fn(extent, |x, y| {
        let (right, bottom) = (x + 1 == extent.width, y + 1 == extent.height);
        match shape {
            Shape::Soft => {
                let distance = (x as f32 - cx * width).hypot(y as f32 - cy * height);
                (255.0 * (1.5 - distance / radius).clamp(0.0, 1.0)) as u8
            }
            Shape::Inner => u8::from(x > 0 && y > 0 && !right && !bottom) * 255,
            Shape::Full => 255,
            Shape::Speckle => {
                let [value, keep, ..] = noise(seed, x + 9, y + 9);
                if keep % 16 == 0 { value } else { 0 }
            }
            Shape::Corner => u8::from(x as f32 >= width * 0.7 && y as f32 >= height * 0.6) * 255,
        }
    })
}

fn extents() -> impl Strategy<Value = Extent> {
    prop_oneof![
        Just((1, 1)),
        Just((1, 4000)),
        Just((4000, 1)),
        (2_u32..4, 700_u32..900),
        (1_u32..12, 1_u32..12),
        (17_u32..64, 15_u32..48),
    ]
    .prop_map(|(width, height)| Extent::new(width, height))
}

fn shapes() -> impl Strategy<Value = Shape> {
    prop::sample::select(vec![Shape::Soft, Shape::Inner, Shape::Full, Shape::Speckle, Shape::Corner])
}

fn blends() -> impl Strategy<Value = BlendSettings> {
    prop_oneof![
        Just(BlendSettings::EXACT),
        Just(BlendSettings::default()),
        (0.0_f32..9.0, 0.0_f32..9.0).prop_map(|(grow, feather)| BlendSettings { grow, feather }),
    ]
}

/// One edit through the editor's own way; `None` if the engine says that it cannot be done.
fn edited(base: &Arc<Raster>, selection: &Mask, recipe: &Recipe) -> Option<Document> {
    let registry = Registry::embedded();
    let engine = registry.inpainter(&recipe.engine).unwrap();
    let candidate = match pipeline::inpaint(engine, Run::new(base, selection, recipe), &JobCx::silent()) {
        Ok(mut candidates) => candidates.remove(0),
        Err(EngineError::Unsuitable(_)) => return None,
        Err(error) => panic!("{}: {error}", recipe.engine),
    };
    let mut document = Document::new(Arc::clone(base));
    let step =
        EditStep { id: StepId(1), title: String::new(), candidate: Arc::new(candidate), enabled: true, opacity: 255 };
    document.set_steps(vec![step]);
    Some(document)
}

/// What an edit may change, worked out without the engine: the selection, and where something is pasted all around that.
fn may_change(base: &Raster, selection: &Mask, recipe: &Recipe) -> Mask {
    if matches!(recipe.method, Method::Typeset(_)) {
        // Letters may lie anywhere in the box around the mask, however it is turned.
        let around = selection.bounds();
        let reach = around.width.max(around.height) / 2 + 4;
        return Mask::rectangle(selection.extent(), around.grow(reach).clamp(selection.extent()));
    }
    let Some(placement) = recipe.placement() else {
        return selection.clone();
    };
    let thing = selection.bounds();
    let mut region = Mask::empty(selection.extent());
    if !placement.keeps_original {
        region.combine(selection, |_, selected| if selected > 0 { 255 } else { 0 });
    }
    for offset in &placement.offsets {
        let target = placement.target(thing, placement.inside(thing, *offset, base.extent()));
        region.union(&Mask::rectangle(
            base.extent(),
            target.grow(thing.width.min(thing.height) / 5 + 8).clamp(base.extent()),
        ));
    }
    region
}

fn check(base: &Arc<Raster>, selection: &Mask, recipe: &Recipe) -> Result<(), TestCaseError> {
    let Some(mut document) = edited(base, selection, recipe) else {
        return Ok(());
    };
    let what = format!("{} {:?} on {}", recipe.engine, recipe.method, base.extent());
    let result = document.current();
    prop_assert_eq!(result.extent(), base.extent(), "{}", what);
    // Derived here once more from the whole selection, not taken from the candidate that is being judged.
    let blend = Masks::from_selection(&may_change(base, selection, recipe), recipe.blend).blend;
    for ((before, after), coverage) in base.pixels().iter().zip(result.pixels()).zip(blend.coverage()) {
        // What is painted anew may become as transparent as what it is copied from; what is adjusted may not.
        prop_assert!(recipe.adjustment().is_none() || before[3] == after[3], "alpha: {}", what);
        prop_assert!(*coverage != 0 || before == after, "{}: {:?} became {:?} outside", what, before, after);
    }
    document.set_steps(Vec::new());
    prop_assert!(document.current() == base, "{}: removing the step leaves a trace", what);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(160) })]

    #[test]
    fn no_inpainter_changes_a_byte_outside_the_blend_mask(
        extent in extents(), shape in shapes(), blend in blends(), seed in any::<u32>(),
    ) {
        let base = Arc::new(image(extent, seed));
        let selection = mask(extent, shape, seed);
        if !selection.is_empty() {
            for recipe in recipes(blend, u64::from(seed)) {
                check(&base, &selection, &recipe)?;
            }
        }
    }
}

#[test]
fn every_inpainter_does_change_what_is_inside() {
    let base = Arc::new(image(Extent::new(97, 83), 5));
    let bounds = Bounds::new(20, 11, 41, 37);
    let selection = Mask::rectangle(base.extent(), bounds);
    for recipe in recipes(BlendSettings::EXACT, 1) {
        let document = edited(&base, &selection, &recipe).unwrap();
        let (before, after) = (base.crop(bounds), document.current().crop(bounds));
        let changed = before.pixels().iter().zip(after.pixels()).filter(|(a, b)| a != b).count();
        assert!(changed * 4 > bounds.extent().area(), "{} {:?}: {changed} pixels", recipe.engine, recipe.method);
    }
}

#[test]
fn the_same_recipe_gives_the_same_pixels() {
    let base = Arc::new(image(Extent::new(50, 37), 8));
    let selection = mask(base.extent(), Shape::Soft, 4);
    for recipe in recipes(BlendSettings::default(), 3) {
        let twice = [(); 2].map(|()| edited(&base, &selection, &recipe).map(|document| document.current().clone()));
        assert!(twice[0].is_some() && twice[0] == twice[1], "{} {:?}", recipe.engine, recipe.method);
    }
}

#[test]
fn steps_over_each_other_touch_only_their_own_blend_masks() {
    let base = Arc::new(image(Extent::new(57, 41), 2));
    let registry = Registry::embedded();
    let mut document = Document::new(Arc::clone(&base));
    let mut touched = Mask::empty(base.extent());
    for (index, recipe) in (0..).zip(recipes(BlendSettings::default(), 6)) {
        let selection = Mask::rectangle(base.extent(), Bounds::new(4 + index * 4, 3 + index * 3, 11, 9));
        let engine = registry.inpainter(&recipe.engine).unwrap();
        let mut candidates =
            pipeline::inpaint(engine, Run::new(document.current(), &selection, &recipe), &JobCx::silent()).unwrap();
        touched.union(&Masks::from_selection(&may_change(&base, &selection, &recipe), recipe.blend).blend);
        let mut steps = document.steps().to_vec();
        let candidate = Arc::new(candidates.remove(0));
        steps.push(EditStep { id: StepId(index as u64), title: String::new(), candidate, enabled: true, opacity: 255 });
        document.set_steps(steps);
    }
    for ((before, after), coverage) in base.pixels().iter().zip(document.current().pixels()).zip(touched.coverage()) {
        assert!(*coverage != 0 || before == after, "{before:?} became {after:?}");
    }
    document.set_steps(Vec::new());
    assert_eq!(document.current(), &base);
}
