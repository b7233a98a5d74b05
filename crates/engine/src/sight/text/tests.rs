use super::*;
use crate::Cancel;
use crate::inpainter::typeset::specimen::write_on;
use crate::sight::{find_text, letters_mask};
use tie_core::Point;

const LIGHT: [u8; 4] = [214, 210, 200, 255];
const DARK: [u8; 4] = [40, 48, 60, 255];

/// A wall with words in the middle, whose capitals are so high, turned clockwise.
fn wall(words: &str, high: f32, degrees: f32, [ink, ground]: [[u8; 4]; 2]) -> Raster {
    let mut image = Raster::from_fn(Extent::new(640, 420), |x, y| {
        let grain = (((x * 7 + y * 13) ^ (x * y)) % 9) as u8;
        [ground[0] + grain, ground[1] + grain, ground[2] + grain, 255]
    });
    write_on(&mut image, words, Point::new(320.0, 210.0), degrees, high, [ink[0], ink[1], ink[2]]);
    image
}

fn seen(image: &Raster) -> Vec<TextLine> {
    text_in(image, image.bounds(), &JobCx::silent()).unwrap()
}

/// The text that was read, lines from the top.
fn read(image: &Raster) -> Vec<String> {
    let mut lines = seen(image);
    lines.sort_by(|a, b| a.rect.top.total_cmp(&b.rect.top));
    lines.into_iter().map(|line| line.text).filter(|text| !text.is_empty()).collect()
}

#[test]
fn words_are_read_in_small_and_large_light_and_dark_level_and_turned() {
    for (words, high, degrees, colours) in [
        ("Bakery", 12.0, 0.0, [DARK, LIGHT]),
        ("OPEN", 40.0, 0.0, [DARK, LIGHT]),
        ("SALE", 110.0, 0.0, [DARK, LIGHT]),
        ("Museum", 40.0, 10.0, [DARK, LIGHT]),
        ("Museum", 40.0, -10.0, [DARK, LIGHT]),
        ("Station", 40.0, 0.0, [LIGHT, DARK]),
        ("Harbour", 36.0, 90.0, [LIGHT, DARK]),
        ("Harbour", 36.0, 180.0, [DARK, LIGHT]),
    ] {
        let lines = seen(&wall(words, high, degrees, colours));
        assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), [words], "{high} {degrees}");
        let line = &lines[0];
        assert!(line.sureness > 0.8 && line.score > 0.5, "{line:?}");
        assert!(line.rect.contains(320.0, 210.0) && line.height() < 3.5 * high, "{line:?}");
        let [a, b, ..] = line.corners;
        let off = ((b.1 - a.1).atan2(b.0 - a.0).to_degrees() - degrees).rem_euclid(360.0);
        assert!(off.min(360.0 - off) < 3.0, "{words}: {off}");
    }
}

#[test]
fn a_word_in_a_line_is_found_with_its_place_and_its_letters() {
    let mut image = wall("Fresh BREAD daily", 40.0, 0.0, [DARK, LIGHT]);
    let found = find_text(&seen(&image), "the word bread");
    assert_eq!(found.len(), 1);
    let corners = found[0].parts[0].corners;
    let (bounds, letters) = letters_mask(&image, &corners);
    for y in bounds.y..bounds.bottom() {
        for x in bounds.x..bounds.right() {
            if letters.at((x - bounds.x).unsigned_abs(), (y - bounds.y).unsigned_abs()) > 0 {
                image.pixels_mut()[Extent::new(640, 420).index(x as u32, y as u32)] = LIGHT;
            }
        }
    }
    assert!(find_text(&seen(&image), "bread").is_empty());
    assert!(["fresh", "daily"].iter().all(|word| !find_text(&seen(&image), word).is_empty()));
}

#[test]
fn nothing_is_read_where_nothing_is_written() {
    for extent in
        [Extent::new(0, 0), Extent::new(1, 1), Extent::new(3000, 2), Extent::new(2, 3000), Extent::new(64, 64)]
    {
        for colour in [[0; 4], [255; 4], [90, 120, 40, 255], [255, 0, 0, 20]] {
            assert_eq!(seen(&Raster::filled(extent, colour)), [], "{extent} {colour:?}");
        }
    }
    let noise = Raster::from_fn(Extent::new(300, 200), |x, y| {
        let value = (x.wrapping_mul(2654435761) ^ y.wrapping_mul(40503).wrapping_mul(x + 7)) >> 9;
        [value as u8, (value >> 3) as u8, (value >> 5) as u8, 255]
    });
    assert_eq!(read(&noise), [""; 0]);
}

#[test]
fn transparent_writing_is_no_writing() {
    let mut image = wall("HIDDEN", 40.0, 0.0, [DARK, LIGHT]);
    image.pixels_mut().iter_mut().for_each(|pixel| pixel[3] = 0);
    assert_eq!(seen(&image), []);
}

#[test]
fn mirrored_words_are_not_told_as_words() {
    let mut image = wall("Bakery", 40.0, 0.0, [DARK, LIGHT]);
    image.pixels_mut().chunks_exact_mut(640).for_each(<[[u8; 4]]>::reverse);
    assert_eq!(find_text(&seen(&image), "Bakery"), []);
}

#[test]
fn what_was_written_in_a_place_is_read_there_and_nowhere_else() {
    let image = wall("OPEN", 40.0, 0.0, [DARK, LIGHT]);
    let reads = |part: Bounds, words: &str| reads(&image, part, words, &JobCx::silent()).unwrap();
    let place = Bounds::new(240, 170, 160, 80);
    assert!(reads(place, "open") && !reads(place, "OPENING") && !reads(place, "SHOP"));
    assert!(!reads(Bounds::new(0, 0, 160, 80), "open") && !reads(Bounds::new(900, 900, 5, 5), "open"));
    assert!(can_read("Größe 24!").is_ok_and(|can| !can) && can_read("OPEN, café").unwrap());
}

#[test]
fn small_writing_is_read_by_looking_closer() {
    let mut image = Raster::filled(Extent::new(3200, 2400), LIGHT);
    write_on(&mut image, "Museum", Point::new(2500.0, 1900.0), 0.0, 14.0, [30, 30, 30]);
    assert_eq!(read(&image), [""; 0]);
    let lines = text_in(&image, Bounds::new(2200, 1700, 700, 500), &JobCx::silent()).unwrap();
    assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["Museum"]);
    assert!(lines[0].rect.contains(2500.0, 1900.0));
}

#[test]
fn it_stops_when_told() {
    let cancel = Cancel::default();
    cancel.cancel();
    let image = wall("STOP", 40.0, 0.0, [DARK, LIGHT]);
    let answer = text_in(&image, image.bounds(), &JobCx::new(cancel, &|_| {}));
    assert_eq!(answer, Err(EngineError::Cancelled));
}
