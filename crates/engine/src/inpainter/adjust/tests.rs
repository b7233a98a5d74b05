use super::*;
use crate::pipeline::Run;
use proptest::prelude::*;
use tie_core::colour::oklab_from_srgb;
use tie_core::{Adjustment, Extent, Method, Prompt, Recipe};

const BLUE: [u8; 3] = [35, 85, 205];

const ALL_KINDS: [AdjustKind; 9] = [
    AdjustKind::Recolor(BLUE),
    AdjustKind::Brightness,
    AdjustKind::Exposure,
    AdjustKind::Contrast,
    AdjustKind::Saturation,
    AdjustKind::Warmth,
    AdjustKind::Blur,
    AdjustKind::Sharpen,
    AdjustKind::Greyscale,
];

fn recipe(kind: AdjustKind, amount: f32) -> Recipe {
    Recipe::new("adjust", Method::Adjust(Adjustment { kind, amount }))
}

fn adjusted(image: &Raster, mask: &Mask, kind: AdjustKind, amount: f32) -> Raster {
    let recipe = recipe(kind, amount);
    let request = InpaintRequest {
        image,
        selection: mask,
        mask,
        avoid: None,
        recipe: &recipe,
        prompt: &Prompt::default(),
        seed: 0,
    };
    Adjust.inpaint(request, &JobCx::silent()).unwrap()
}

fn recoloured(image: &Raster, target: [u8; 3]) -> Raster {
    adjusted(image, &Mask::full(image.extent()), AdjustKind::Recolor(target), 1.0)
}

/// A colour under light from 15 % to full, one column each.
fn shaded(rgb: [u8; 3]) -> Raster {
    Raster::from_fn(Extent::new(32, 4), |x, _| {
        let light = 0.15 + 0.85 * x as f32 / 31.0;
        let [r, g, b] = rgb.map(|channel| (f32::from(channel) * light).round() as u8);
        [r, g, b, 255]
    })
}

fn lab(pixel: [u8; 4]) -> [f32; 3] {
    oklab_from_srgb([pixel[0], pixel[1], pixel[2]])
}

fn chroma(pixel: [u8; 4]) -> f32 {
    lab(pixel)[1].hypot(lab(pixel)[2])
}

/// Angle between two colours' hues, in degrees.
fn hue_difference(pixel: [u8; 4], rgb: [u8; 3]) -> f32 {
    let hue = |[_, a, b]: [f32; 3]| b.atan2(a).to_degrees();
    let difference = (hue(lab(pixel)) - hue(oklab_from_srgb(rgb))).rem_euclid(360.0);
    difference.min(360.0 - difference)
}

fn assert_shading_is_kept(image: &Raster, what: &str) {
    let lightness: Vec<f32> = image.row(0).iter().map(|pixel| lab(*pixel)[0]).collect();
    assert!(lightness.windows(2).all(|pair| pair[1] >= pair[0] - 0.004), "{what}: {lightness:?}");
    assert!(lightness[31] - lightness[0] > 0.15, "{what} became flat: {lightness:?}");
}

#[test]
fn a_coloured_thing_takes_the_new_hue_and_keeps_its_shading() {
    for source in [[200, 40, 30], [240, 200, 40], [30, 120, 50], [150, 60, 200]] {
        for target in [BLUE, [40, 140, 60], [208, 32, 32], [240, 125, 30]] {
            let result = recoloured(&shaded(source), target);
            assert!(
                hue_difference(result.pixel(20, 0), target) < 12.0,
                "{source:?} to {target:?}: {:?}",
                result.pixel(20, 0)
            );
            assert_shading_is_kept(&result, &format!("{source:?} to {target:?}"));
        }
    }
}

#[test]
fn grey_and_white_things_take_a_colour() {
    for source in [[245; 3], [128; 3], [60; 3]] {
        let result = recoloured(&shaded(source), BLUE);
        assert!(hue_difference(result.pixel(20, 0), BLUE) < 12.0, "{source:?}: {:?}", result.pixel(20, 0));
        assert!(chroma(result.pixel(20, 0)) > 0.1, "{source:?}: {:?}", result.pixel(20, 0));
        assert_shading_is_kept(&result, &format!("{source:?} to blue"));
    }
}

#[test]
fn things_become_white_and_black_without_losing_their_shading() {
    let white = recoloured(&shaded(BLUE), [250; 3]);
    assert!(lab(white.pixel(28, 0))[0] > 0.85 && chroma(white.pixel(28, 0)) < 0.02, "{:?}", white.pixel(28, 0));
    assert_shading_is_kept(&white, "blue to white");
    let black = recoloured(&shaded([245; 3]), [15; 3]);
    assert!(lab(black.pixel(20, 0))[0] < 0.35 && chroma(black.pixel(20, 0)) < 0.02, "{:?}", black.pixel(20, 0));
    assert_shading_is_kept(&black, "white to black");
}

#[test]
fn a_flat_colour_ends_close_to_the_target() {
    for source in [[200, 40, 30], [128, 128, 128]] {
        let result = recoloured(&Raster::filled(Extent::new(5, 5), [source[0], source[1], source[2], 255]), BLUE);
        let pixel = result.pixel(2, 2);
        assert!(hue_difference(pixel, BLUE) < 5.0, "{source:?}: {pixel:?}");
        assert!((lab(pixel)[0] - oklab_from_srgb(BLUE)[0]).abs() < 0.05, "{source:?}: {pixel:?}");
    }
}

#[test]
fn the_white_rim_of_a_red_cup_stays_white() {
    let cup =
        Raster::from_fn(Extent::new(30, 10), |_, y| if y < 2 { [240, 238, 235, 255] } else { [190, 40, 35, 255] });
    let result = recoloured(&cup, BLUE);
    assert_eq!(result.pixel(5, 0), cup.pixel(5, 0));
    assert!(hue_difference(result.pixel(5, 6), BLUE) < 5.0);
}

/// A colour whose lightness, chroma and hue (degrees) are given in Oklab.
fn paint(lightness: f32, chroma: f32, hue: f32) -> [u8; 4] {
    let [a, b] = [hue.to_radians().cos() * chroma, hue.to_radians().sin() * chroma];
    let [r, g, b] = tie_core::colour::srgb_from_oklab([lightness, a, b]);
    [r, g, b, 255]
}

#[test]
fn what_a_white_gap_parts_from_a_like_coloured_body_keeps_its_colour() {
    let coffee = paint(0.5, 0.14, 42.0);
    let cup = Raster::from_fn(Extent::new(60, 60), |x, y| {
        let radius = (x as f32 - 30.0).hypot(y as f32 - 15.0);
        let light = 0.3 + 0.2 * x as f32 / 60.0;
        if radius < 10.0 {
            coffee
        } else if radius < 14.0 {
            [240, 238, 235, 255]
        } else {
            paint(light, 0.35 * light, 30.0)
        }
    });
    let result = recoloured(&cup, BLUE);
    assert_eq!(result.pixel(30, 15), coffee);
    assert_eq!(result.pixel(30, 7), coffee, "its edge");
    for (x, y) in [(5, 5), (30, 50), (55, 20)] {
        assert!(hue_difference(result.pixel(x, y), BLUE) < 8.0, "({x}, {y}): {:?}", result.pixel(x, y));
    }
}

#[test]
fn a_part_of_the_same_paint_behind_a_bar_is_recoloured_too() {
    let cup = Raster::from_fn(Extent::new(60, 40), |x, y| {
        // The smaller part is in half the light and has a highlight.
        let light = if x < 40 { 0.5 } else { 0.28 };
        match x {
            34..40 => [128, 128, 128, 255],
            50..53 if y < 8 => paint(0.8, 0.05, 60.0),
            _ => paint(light, 0.34 * light, 30.0 + (y % 3) as f32),
        }
    });
    let result = recoloured(&cup, BLUE);
    for x in [5, 30, 45, 58] {
        assert!(hue_difference(result.pixel(x, 20), BLUE) < 8.0, "column {x}: {:?}", result.pixel(x, 20));
    }
    assert_eq!(result.pixel(36, 20), cup.pixel(36, 20));
}

#[test]
fn several_things_of_like_colours_are_all_recoloured() {
    let apples = Raster::from_fn(Extent::new(60, 40), |x, _| paint(0.5, 0.16, if x < 35 { 28.0 } else { 40.0 }));
    let mask = Mask::from_fn(apples.extent(), |x, _| if (30..40).contains(&x) { 0 } else { 255 });
    let result = adjusted(&apples, &mask, AdjustKind::Recolor(BLUE), 1.0);
    for x in [10, 50] {
        assert!(hue_difference(result.pixel(x, 20), BLUE) < 15.0, "column {x}: {:?}", result.pixel(x, 20));
    }
}

#[test]
fn one_surface_is_recoloured_through_its_drift_of_hue() {
    let image = Raster::from_fn(Extent::new(60, 20), |x, _| {
        let light = x as f32 / 59.0;
        paint(0.25 + 0.4 * light, 0.08 + 0.08 * light, 25.0 + 20.0 * light)
    });
    let result = recoloured(&image, BLUE);
    for x in (0..60).step_by(5) {
        assert!(hue_difference(result.pixel(x, 10), BLUE) < 15.0, "column {x}: {:?}", result.pixel(x, 10));
    }
}

#[test]
fn a_dark_thing_that_becomes_white_keeps_its_shadows() {
    let result = recoloured(&shaded([120, 25, 20]), [250; 3]);
    let [shadow, lit] = [3, 28].map(|x| lab(result.pixel(x, 0))[0]);
    assert!(lit > 0.8 && shadow < 0.65, "{shadow} {lit}");
}

#[test]
fn the_brightest_part_of_a_white_thing_becomes_red_and_not_pink() {
    let cup = Raster::from_fn(Extent::new(32, 8), |x, _| {
        let value = 200 + (x * 38 / 31) as u8;
        [value, value, value, 255]
    });
    let result = recoloured(&cup, [208, 32, 32]);
    for x in [0, 16, 30] {
        let pixel = result.pixel(x, 4);
        assert!(chroma(pixel) > 0.25 * lab(pixel)[0], "column {x}: {pixel:?}");
    }
    assert_shading_is_kept_between(&result, 0.05);
}

/// The lightness of a row never falls, and rises by at least this.
fn assert_shading_is_kept_between(image: &Raster, rise: f32) {
    let lightness: Vec<f32> = image.row(4).iter().map(|pixel| lab(*pixel)[0]).collect();
    assert!(lightness.is_sorted() && lightness.last().unwrap() - lightness[0] > rise, "{lightness:?}");
}

/// A red cup with a highlight that fades to all sides, under warm light, and a white saucer below.
fn glossy_cup() -> Raster {
    Raster::from_fn(Extent::new(80, 60), |x, y| {
        if y >= 50 {
            return paint(0.93, 0.05, 70.0);
        }
        let gloss = (1.0 - (x as f32 - 40.0).hypot(y as f32 - 25.0) / 10.0).clamp(0.0, 1.0);
        let mixed = |body: f32, light: f32| (body + gloss * (light - body)).round() as u8;
        [mixed(165.0, 255.0), mixed(40.0, 236.0), mixed(25.0, 214.0), 255]
    })
}

#[test]
fn a_highlight_has_no_ring_around_it_when_its_thing_becomes_white() {
    let result = recoloured(&glossy_cup(), [250; 3]);
    let body = lab(result.pixel(5, 5))[0];
    for x in 28..52 {
        let pixel = result.pixel(x, 25);
        assert!(lab(pixel)[0] > body - 0.05 && chroma(pixel) < 0.07, "column {x}: {pixel:?} on {body}");
    }
}

#[test]
fn a_highlight_stays_when_its_thing_becomes_black() {
    let result = recoloured(&glossy_cup(), [15; 3]);
    assert!(lab(result.pixel(40, 25))[0] > 0.85, "{:?}", result.pixel(40, 25));
    assert!(lab(result.pixel(5, 5))[0] < 0.3);
    let row: Vec<f32> = result.row(25)[28..=40].iter().map(|pixel| lab(*pixel)[0]).collect();
    assert!(row.windows(2).all(|pair| pair[1] > pair[0] - 0.02), "{row:?}");
}

#[test]
fn white_is_as_warm_as_the_light_that_falls_on_it() {
    let cup = glossy_cup();
    let white = recoloured(&cup, [250; 3]).pixel(5, 5);
    assert!(lab(white)[2] > 0.015 && lab(white)[2] < 0.05, "{white:?}");
    let beside = recoloured(&cup, BLUE).pixel(5, 55);
    assert!(beside.iter().zip(cup.pixel(5, 55)).all(|(new, old)| new.abs_diff(old) <= 2), "{beside:?}");
}

#[test]
fn a_narrow_soft_edge_is_recoloured_completely_and_a_wide_one_as_it_is() {
    let ramp = |width: f32| {
        Mask::from_fn(Extent::new(200, 3), |x, _| (255.0 * ((x as f32 - 40.0) / width).clamp(0.0, 1.0)).round() as u8)
    };
    let region = |mask: &Mask, kind| Adjust.region(mask, &recipe(kind, 1.0)).into_owned();
    let narrow = ramp(6.0);
    let firm = region(&narrow, AdjustKind::Recolor(BLUE));
    assert_eq!(firm.row(1)[40], 0, "nothing new is selected");
    assert!(firm.row(1)[43] > 250 && firm.row(1)[41] > narrow.row(1)[41], "{:?}", &firm.row(1)[38..48]);
    assert!(firm.row(1).is_sorted());
    assert_eq!(region(&narrow, AdjustKind::Brightness), narrow);
    let wide = ramp(150.0);
    let kept = region(&wide, AdjustKind::Recolor(BLUE));
    assert_eq!(kept.row(1)[..160], wide.row(1)[..160]);
    assert!(kept.row(1).windows(2).all(|pair| pair[1] >= pair[0] && pair[1] - pair[0] < 20));
}

#[test]
fn half_the_amount_goes_half_the_way() {
    let image = shaded([128; 3]);
    let mask = Mask::full(image.extent());
    let half = adjusted(&image, &mask, AdjustKind::Recolor(BLUE), 0.5);
    let full = adjusted(&image, &mask, AdjustKind::Recolor(BLUE), 1.0);
    let ratio = chroma(half.pixel(20, 0)) / chroma(full.pixel(20, 0));
    assert!((0.4..0.6).contains(&ratio), "{ratio}");
}

#[test]
fn a_blur_takes_nothing_from_outside_the_mask() {
    let image =
        Raster::from_fn(
            Extent::new(40, 30),
            |x, y| if x < 20 { [60 + (y % 3) as u8, 90, 60, 255] } else { [255, 0, 0, 255] },
        );
    let mask = Mask::rectangle(image.extent(), Bounds::new(0, 0, 20, 30));
    let result = adjusted(&image, &mask, AdjustKind::Blur, 1.0);
    for y in 0..30 {
        for x in 0..20 {
            let pixel = result.pixel(x, y);
            assert!((59..=63).contains(&pixel[0]) && pixel[1].abs_diff(90) <= 1, "({x}, {y}): {pixel:?}");
        }
    }
}

#[test]
fn a_blur_spreads_a_dot_evenly_to_all_sides() {
    let image =
        Raster::from_fn(Extent::new(101, 101), |x, y| if (x, y) == (50, 50) { [255; 4] } else { [0, 0, 0, 255] });
    let result = adjusted(&image, &Mask::full(image.extent()), AdjustKind::Blur, 0.5);
    for (dx, dy) in [(1, 0), (2, 1), (3, 3), (0, 5)] {
        let around = [(50 + dx, 50 + dy), (50 - dx, 50 + dy), (50 + dy, 50 - dx), (50 - dy, 50 - dx)];
        let values = around.map(|(x, y)| result.pixel(x, y)[0]);
        assert!(values.iter().all(|value| *value == values[0]), "{dx} {dy}: {values:?}");
    }
    assert!(result.pixel(50, 50)[0] < 60 && result.pixel(52, 50)[0] > 10);
}

#[test]
fn a_wide_blur_is_smooth_and_stays_in_place() {
    let image = Raster::from_fn(Extent::new(400, 300), |x, _| if x < 200 { [0, 0, 0, 255] } else { [255; 4] });
    let result = adjusted(&image, &Mask::full(image.extent()), AdjustKind::Blur, 1.0);
    let row: Vec<u8> = result.row(150).iter().map(|pixel| pixel[0]).collect();
    assert!(row.is_sorted() && row[100] == 0 && row[300] == 255, "{row:?}");
    assert!(row.windows(2).all(|pair| pair[1] - pair[0] < 24), "{row:?}");
    // The mean of black and white light is 188 in sRGB.
    assert!(row[199] < 188 && row[200] >= 188, "{:?}", &row[195..205]);
}

/// A soft edge between two greys, `dark` to the left.
fn soft_edge(dark: u8, bright: u8) -> Raster {
    Raster::from_fn(Extent::new(40, 12), |x, _| {
        let share = ((x as f32 - 16.0) / 7.0).clamp(0.0, 1.0);
        let share = share * share * (3.0 - 2.0 * share);
        let value = (f32::from(dark) + share * (f32::from(bright) - f32::from(dark))).round() as u8;
        [value, value, value, 255]
    })
}

#[test]
fn sharpening_steepens_an_edge_without_a_halo() {
    let image = soft_edge(70, 190);
    let result = adjusted(&image, &Mask::full(image.extent()), AdjustKind::Sharpen, 1.0);
    let row = |raster: &Raster| raster.row(6).iter().map(|pixel| i32::from(pixel[0])).collect::<Vec<_>>();
    let steepest = |row: &[i32]| row.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    let (before, after) = (row(&image), row(&result));
    assert!(steepest(&after) > steepest(&before) + 3, "{after:?}");
    assert!(after.iter().all(|value| (60..=202).contains(value)), "{after:?}");
    assert_eq!((after[5], after[35]), (70, 190), "away from the edge nothing changes");
}

#[test]
fn sharpening_reads_nothing_from_outside_the_mask() {
    let image = Raster::from_fn(Extent::new(40, 30), |x, _| if x < 20 { [90, 90, 90, 255] } else { [255; 4] });
    let mask = Mask::rectangle(image.extent(), Bounds::new(0, 0, 20, 30));
    assert_eq!(adjusted(&image, &mask, AdjustKind::Sharpen, 1.0), image);
}

#[test]
fn sharpening_keeps_the_hue_and_leaves_noise_alone() {
    let stripes =
        Raster::from_fn(Extent::new(30, 30), |x, _| if x % 6 < 3 { [160, 70, 50, 255] } else { [120, 50, 36, 255] });
    let result = adjusted(&stripes, &Mask::full(stripes.extent()), AdjustKind::Sharpen, 1.0);
    assert_ne!(result, stripes);
    for (before, after) in stripes.pixels().iter().zip(result.pixels()) {
        let rgb = [before[0], before[1], before[2]];
        assert!(hue_difference(*after, rgb) < 3.0 && (chroma(*after) - chroma(*before)).abs() < 0.01, "{after:?}");
    }
    let noise = Raster::from_fn(Extent::new(30, 30), |x, y| [128 + ((x * 7 + y * 13) % 5 / 4) as u8, 128, 128, 255]);
    let result = adjusted(&noise, &Mask::full(noise.extent()), AdjustKind::Sharpen, 1.0);
    assert!(noise.bytes().iter().zip(result.bytes()).all(|(before, after)| before.abs_diff(*after) <= 1));
}

#[test]
fn an_amount_that_makes_no_sense_changes_nothing() {
    let image = soft_edge(70, 190);
    for amount in [-0.5, f32::NAN] {
        assert_eq!(adjusted(&image, &Mask::full(image.extent()), AdjustKind::Sharpen, amount), image);
    }
}

#[test]
fn single_pixels_and_empty_masks_are_no_trouble() {
    let image = shaded([200, 40, 30]);
    for kind in
        [AdjustKind::Recolor(BLUE), AdjustKind::Contrast, AdjustKind::Blur, AdjustKind::Sharpen, AdjustKind::Greyscale]
    {
        assert_eq!(adjusted(&image, &Mask::empty(image.extent()), kind, 1.0), image);
        let pixel = Mask::rectangle(image.extent(), Bounds::new(7, 2, 1, 1));
        adjusted(&image, &pixel, kind, 1.0);
    }
    let dot = Raster::filled(Extent::new(1, 1), [10, 20, 30, 0]);
    adjusted(&dot, &Mask::full(dot.extent()), AdjustKind::Blur, 1.0);
    assert_eq!(recoloured(&dot, BLUE), dot, "a transparent pixel has no colour");
}

#[test]
fn a_stop_is_heard() {
    let image = shaded([200, 40, 30]);
    let cancel = crate::Cancel::default();
    cancel.cancel();
    let mask = Mask::full(image.extent());
    let region = Region { image: &image, mask: &mask, bounds: mask.bounds() };
    let cx = JobCx::new(cancel, &|_| {});
    assert_eq!(region.map(&cx, |rgb| rgb).unwrap_err(), EngineError::Cancelled);
    assert_eq!(sharpen::sharpen(region, 1.0, 1.0, &cx).unwrap_err(), EngineError::Cancelled);
    assert_eq!(blur::blur(region, 1.0, &cx).unwrap_err(), EngineError::Cancelled);
    assert_eq!(Measures::of(AdjustKind::Recolor(BLUE), region, &cx).err(), Some(EngineError::Cancelled));
}

fn any_kind() -> impl Strategy<Value = AdjustKind> {
    prop_oneof![
        any::<[u8; 3]>().prop_map(AdjustKind::Recolor),
        Just(AdjustKind::Brightness),
        Just(AdjustKind::Exposure),
        Just(AdjustKind::Contrast),
        Just(AdjustKind::Saturation),
        Just(AdjustKind::Warmth),
        Just(AdjustKind::Blur),
        Just(AdjustKind::Sharpen),
        Just(AdjustKind::Greyscale),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn outside_the_mask_and_alpha_nothing_changes(
        kind in any_kind(), amount in -1.0_f32..=1.0, (width, height) in (1_u32..40, 1_u32..30), seed in any::<u32>(),
    ) {
        let noise = |salt: u32| move |x: u32, y: u32| {
            let mixed = (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA6B) ^ seed ^ salt).wrapping_mul(0xC2B2_AE35);
            (mixed ^ (mixed >> 15)).to_le_bytes()
        };
        let image = Raster::from_fn(Extent::new(width, height), noise(1));
        let mask = Mask::from_fn(image.extent(), |x, y| noise(2)(x / 5, y / 5)[1].saturating_sub(128));
        let result = adjusted(&image, &mask, kind, amount);
        for ((before, after), coverage) in image.pixels().iter().zip(result.pixels()).zip(mask.coverage()) {
            prop_assert_eq!(before[3], after[3]);
            if *coverage == 0 {
                prop_assert_eq!(before, after);
            }
        }
    }
}

/// Colours of every kind with a little grain.
fn many_colours(extent: Extent) -> Raster {
    Raster::from_fn(extent, |x, y| {
        let (x, y) = (x as f32 / extent.width as f32, y as f32 / extent.height as f32);
        let grain = ((x * 977.0).sin() * (y * 733.0).cos() * 6.0) as i32;
        let [r, g, b] = tie_core::colour::srgb_from_oklab([
            0.1 + 0.85 * y,
            0.5 * y * (1.0 - y) * (x * std::f32::consts::TAU).cos(),
            0.5 * y * (1.0 - y) * (x * std::f32::consts::TAU).sin(),
        ]);
        let [r, g, b] = [r, g, b].map(|value| (i32::from(value) + grain).clamp(0, 255) as u8);
        [r, g, b, 255]
    })
}

#[test]
fn a_trial_shows_the_colours_of_the_result() {
    let image = std::sync::Arc::new(many_colours(Extent::new(240, 160)));
    let soft = |x: u32, y: u32| (x.min(239 - x).min(y).min(159 - y) * 40).min(255) as u8;
    let mask = std::sync::Arc::new(Mask::from_fn(image.extent(), soft));
    let view = tie_core::View { bounds: image.bounds(), scale: 2.0 };
    let mut trials = Trials::default();
    for kind in ALL_KINDS {
        for amount in [0.3, 1.0] {
            let recipe = recipe(kind, amount);
            let cx = JobCx::silent();
            let result = crate::pipeline::inpaint(&Adjust, Run::new(&image, &mask, &recipe), &cx).unwrap();
            let (part, tried) = trials.look(&image, &mask, &recipe, view, &cx).unwrap();
            let shown = image.crop(part);
            let place = result[0].bounds;
            let (mut sum, mut most, mut far, mut count) = (0_u32, 0, 0_u32, 0_u32);
            for y in 0..place.height {
                for x in 0..place.width {
                    let (left, top) = (x + (place.x - part.x) as u32, y + (place.y - part.y) as u32);
                    let (new, old) = (result[0].patch.pixel(x, y), tried.pixel(left, top));
                    assert_eq!(old[3], result[0].blend.at(x, y), "{kind:?}: coverage at {x} {y} of {shown:?}");
                    if old[3] > 0 {
                        let differences = (0..3).map(|i| u32::from(new[i].abs_diff(old[i])));
                        let worst = differences.max().unwrap_or(0);
                        (sum, most, count) = (sum + worst, most.max(worst), count + 1);
                        far += u32::from(worst > 8);
                    }
                }
            }
            let mean = sum as f32 / count as f32;
            // It is done as for the result.
            let exact = kind == AdjustKind::Blur;
            let near = mean < 1.0 && far * 50 < count && most <= 64;
            assert!(if exact { most == 0 } else { near }, "{kind:?} {amount}: {mean} {far} {most}");
        }
    }
}

#[test]
fn a_trial_of_what_is_out_of_sight_shows_nothing() {
    let image = std::sync::Arc::new(many_colours(Extent::new(60, 40)));
    let mask = std::sync::Arc::new(Mask::rectangle(image.extent(), Bounds::new(0, 0, 10, 10)));
    let view = tie_core::View { bounds: Bounds::new(40, 20, 10, 10), scale: 1.0 };
    for kind in ALL_KINDS {
        let (part, tried) = Trials::default().look(&image, &mask, &recipe(kind, 0.5), view, &JobCx::silent()).unwrap();
        let sees = |pixel: &[u8; 4]| pixel[3] > 0;
        assert!(part.width < 12 && tried.pixels().iter().filter(|pixel| sees(pixel)).count() <= 100, "{kind:?}");
    }
}
