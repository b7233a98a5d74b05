use super::*;
use crate::pipeline::Run;
use crate::{Cancel, pipeline};
use tie_core::{BlendSettings, Bounds, Extent};

const EXTENT: Extent = Extent::new(240, 120);
const PLATE: Bounds = Bounds::new(40, 40, 160, 40);

fn recipe(text: &str) -> Recipe {
    let method = Method::Typeset(text.to_owned());
    Recipe { seed: 1, blend: BlendSettings::default(), ..Recipe::new("typeset", method) }
}

/// A grainy light wall with a word in a colour, made of upright bars 6 pixels wide and 24 high.
fn sign(colour: [u8; 3]) -> Raster {
    Raster::from_fn(EXTENT, |x, y| {
        let grain = (((x * 7 + y * 13) ^ (x * y)) % 9) as u8;
        let bar = (60..180).contains(&x) && x % 16 < 5 && (48..72).contains(&y);
        let [r, g, b] = if bar { colour } else { [200, 195, 180] };
        [r + grain, g + grain, b + grain, 255]
    })
}

fn result(image: &Raster, mask: &Mask, text: &str) -> Result<Raster, EngineError> {
    let candidates = pipeline::inpaint(&Typesetter::default(), Run::new(image, mask, &recipe(text)), &JobCx::silent())?;
    let mut result = image.clone();
    tie_core::compose::blend_patch(&mut result, &candidates[0].patch, &candidates[0].blend, candidates[0].bounds);
    Ok(result)
}

/// Around all pixels like a colour.
fn inked(image: &Raster, colour: [u8; 3]) -> Mask {
    let near = |pixel: [u8; 4]| (0..3).all(|k| pixel[k].abs_diff(colour[k]) < 40);
    Mask::from_fn(EXTENT, |x, y| if near(image.pixel(x, y)) { 255 } else { 0 })
}

#[test]
fn new_writing_has_the_old_ones_colour_height_and_place() {
    let image = sign([160, 20, 30]);
    let written = result(&image, &Mask::rectangle(EXTENT, PLATE), "OPEN").unwrap();
    let ink = inked(&written, [165, 25, 35]);
    let bounds = ink.bounds();
    assert!((22..=26).contains(&bounds.height), "as high as the old one: {bounds:?}");
    assert!(bounds.x >= 58 && bounds.right() <= 182 && bounds.width > 50, "{bounds:?}");
    assert!((bounds.centre().y - 60.0).abs() < 2.0, "{bounds:?}");
    // Letters, not bars: an O has nothing in its middle.
    assert_ne!(ink, inked(&image, [165, 25, 35]));
}

#[test]
fn a_long_text_is_set_smaller_and_stays_in_the_old_ones_length() {
    let written = result(&sign([30, 40, 150]), &Mask::rectangle(EXTENT, PLATE), "A much longer sentence").unwrap();
    let bounds = inked(&written, [35, 45, 155]).bounds();
    assert!(bounds.width <= 125 && bounds.width > 90 && bounds.height < 16, "{bounds:?}");
}

#[test]
fn letters_between_the_old_ones_show_though_the_mask_is_tight() {
    let image = sign([10, 10, 10]);
    let tight = inked(&image, [15, 15, 15]);
    let written = result(&image, &tight, "HHH").unwrap();
    let bounds = inked(&written, [15, 15, 15]).bounds();
    assert!(bounds.height >= 20, "cut off by the mask: {bounds:?}");
    assert!(bounds.width > 40, "{bounds:?}");
}

#[test]
fn where_nothing_was_written_the_text_can_be_read() {
    let wall = |light: u8| Raster::filled(EXTENT, [light, light, light, 255]);
    for (light, ink) in [(220, [20, 20, 20]), (30, [240, 240, 240])] {
        let written = result(&wall(light), &Mask::rectangle(EXTENT, PLATE), "New").unwrap();
        assert!(inked(&written, ink).area() > 200, "on {light}");
    }
}

#[test]
fn what_cannot_be_written_is_said_in_one_sentence() {
    let image = sign([0, 0, 0]);
    let mask = Mask::rectangle(EXTENT, PLATE);
    let sentence = |text: &str| result(&image, &mask, text).unwrap_err().to_string();
    assert!(sentence("漢").contains("has no \"漢\""));
    assert!(sentence(" ").starts_with("The step has no new text"));
}

#[test]
fn it_is_the_same_on_any_number_of_threads_and_can_be_stopped() {
    let (image, mask) = (sign([160, 20, 30]), Mask::rectangle(EXTENT, PLATE));
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| result(&image, &mask, "OPEN").unwrap())
    };
    assert_eq!(on(1), on(3));
    let cancel = Cancel::default();
    let report = |_: crate::Report| cancel.cancel();
    let cx = JobCx::new(cancel.clone(), &report);
    let answer = pipeline::inpaint(&Typesetter::default(), Run::new(&image, &mask, &recipe("OPEN")), &cx);
    assert!(matches!(answer, Err(EngineError::Cancelled)));
}

#[test]
fn the_ground_between_the_letters_of_a_generous_mask_stays() {
    let image = sign([160, 20, 30]);
    let mask = Mask::rectangle(EXTENT, PLATE);
    let written = result(&image, &mask, "I").unwrap();
    // Left of the old bars, inside the mask, far from the new letter.
    assert_eq!(written.crop(Bounds::new(42, 42, 12, 36)), image.crop(Bounds::new(42, 42, 12, 36)));
}

#[test]
fn bold_writing_stays_bold_and_thin_writing_thin() {
    for weight in [Weight::Regular, Weight::SemiBold] {
        let line = font::set("HELLO", weight).unwrap();
        let frame = Frame { centre: Point::new(120.0, 60.0), angle: 0.0, length: 200.0, height: 40.0 };
        let (bounds, letters) = contours_coverage(&fitted(&line, &frame), EXTENT);
        let mut image = Raster::filled(EXTENT, [220, 220, 220, 255]);
        let ground = image.clone();
        tie_core::compose::blend_patch(&mut image, &Raster::filled(bounds.extent(), [9, 9, 9, 255]), &letters, bounds);
        let ink = ink::find(&image, &ground, &Mask::full(EXTENT)).unwrap();
        assert_eq!(ink.weight(40.0), weight);
    }
}

#[test]
fn what_is_no_writing_in_the_mask_stays_and_the_new_word_stands_where_the_old_one_stood() {
    let extent = Extent::new(480, 200);
    let mut image = Raster::from_fn(extent, |x, y| {
        let grain = (((x * 7 + y * 13) ^ (x * y)) % 9) as u8;
        let logo = (f32::hypot(x as f32 - 90.0, y as f32 - 100.0)) < 42.0;
        let [r, g, b] = if logo { [190, 40, 30] } else { [205, 200, 190] };
        [r + grain, g + grain, b + grain, 255]
    });
    specimen::write_on(&mut image, "CLOSED", Point::new(300.0, 100.0), 0.0, 36.0, [20, 40, 110]);
    let mask = Mask::rectangle(extent, Bounds::new(30, 40, 420, 120));
    let written = result(&image, &mask, "OPEN").unwrap();
    let logo = Bounds::new(40, 50, 100, 100);
    assert!(written.crop(logo) == image.crop(logo), "the logo was erased");
    let inked = |image: &Raster| {
        let near = |pixel: [u8; 4]| [20, 40, 110].iter().zip(pixel).all(|(ink, value)| value.abs_diff(*ink) < 40);
        Mask::from_fn(extent, |x, y| if near(image.pixel(x, y)) { 255 } else { 0 }).bounds()
    };
    let (old, new) = (inked(&image), inked(&written));
    assert!(old.grow(3).encloses(new) && new.width > 60, "{old:?} {new:?}");
    assert!(crate::sight::reads(&written, old, "OPEN", &JobCx::silent()).unwrap());
    assert!(!crate::sight::reads(&written, old, "CLOSED", &JobCx::silent()).unwrap());
}
