//! What is refused, each in one sentence and before any work.

use crate::desk::{Desk, REMOVE_BALL, in_ball, photo, plan_of};
use std::fs;

#[test]
fn wrong_arguments_are_refused_in_one_sentence_before_any_work() {
    let desk = Desk::new();
    let exact = ["edit", "photo.png", "remove the red ball", "-o", "out.png"];
    let edit = |more: &[&'static str]| [&exact[..], more].concat();
    desk.write("version.json", r#"{"version": 7}"#);
    desk.write("field.json", plan_of(&REMOVE_BALL.replace("red ball", " ")));
    desk.write("prose.json", "Dear computer");
    desk.write("two.json", plan_of(&format!("{REMOVE_BALL}, {}", REMOVE_BALL.replace("\"id\": 1", "\"id\": 2"))));
    let masked = |mask: &str| plan_of(&REMOVE_BALL.replace('}', &format!(r#", "mask": "{mask}"}}"#)));
    for (plan, mask) in [
        ("small.json", "mask.png"),
        ("no-mask.json", "none.png"),
        ("black.json", "black.png"),
        ("masked.json", "white.png"),
    ] {
        desk.write(plan, masked(mask));
    }
    image::GrayImage::new(20, 10).save(desk.path("mask.png")).unwrap();
    desk.write_mask("black.png", |_, _| 0);
    desk.write_mask("white.png", |x, _| u8::from(x < 20) * 255);
    let files = desk.files();
    for (arguments, words) in [
        (vec!["edit", "photo.png", "  ", "-o", "out.png"], &["instruction is empty"][..]),
        (vec!["edit", "photo.png", "colourless green ideas", "-o", "out.png"], &[]),
        (vec!["edit", "photo.png", "-o", "out.png"], &["<INSTRUCTION>"]),
        (vec!["edit", "photo.png", "remove it"], &["--output"]),
        (edit(&["--planner", "magic"]), &["magic", "rules"]),
        (edit(&["--locator", "magic"]), &["magic", "classic"]),
        (edit(&["--inpainter", "magic"]), &["magic", "exemplar, adjust, clone, typeset"]),
        (edit(&["--seed", "-1"]), &["-1"]),
        (edit(&["--plan", "version.json"]), &["cannot be used with"]),
        (edit(&["--frob"]), &["--frob"]),
        (edit(&["--point", "here"]), &["120,80"]),
        (edit(&["--point", "ball:3,4"]), &["step number before the colon"]),
        (edit(&["--point", "2:3,4"]), &["step 2", "1 remove red ball"]),
        (edit(&["--point", "1:300,4"]), &["300,4", "110×70"]),
        (edit(&["--box", "1:300,4,400,9"]), &["300,4,400,9", "110×70"]),
        (edit(&["--box", "1:3,4,9,9", "--box", "3,4,9,9"]), &["step 1 has two boxes"]),
        (edit(&["--masks", "photo.png/no"]), &["photo.png/no", "another folder"]),
        (
            vec!["edit", "photo.png", "--plan", "two.json", "-o", "out.png", "--point", "3,4"],
            &["which step", "--point 1:3,4", "2 remove red ball"],
        ),
        (vec!["edit", "photo.png", "--plan", "small.json", "-o", "out.png"], &["mask.png", "110×70"]),
        (vec!["edit", "photo.png", "--plan", "no-mask.json", "-o", "out.png"], &["none.png"]),
        (vec!["edit", "photo.png", "--plan", "black.json", "-o", "out.png"], &["black.png", "all black"]),
        (
            vec!["edit", "photo.png", "--plan", "masked.json", "-o", "out.png", "--point", "3,4"],
            &["white.png", "use one of them"],
        ),
        (edit(&["--report", "out.png"]), &["out.png", "both"]),
        (edit(&["--report", "photo.png"]), &["photo.png", "overwritten"]),
        (edit(&["--report", "no/where.json"]), &["no", "does not exist"]),
        (vec!["edit", "photo.png", "--plan", "version.json", "-o", "out.png"], &["version 7", "version 1"]),
        (vec!["edit", "photo.png", "--plan", "field.json", "-o", "out.png"], &["step 1", "\"target\""]),
        (vec!["edit", "photo.png", "--plan", "prose.json", "-o", "out.png"], &["prose.json", "not valid JSON"]),
        (vec!["edit", "photo.png", "--plan", "none.json", "-o", "out.png"], &["none.json", "cannot be read"]),
        (vec!["plan", " "], &["instruction is empty"]),
        (vec!["plan"], &["<INSTRUCTION>"]),
        (vec!["plan", "remove it", "--planner", "magic"], &["magic", "rules"]),
        (vec!["inpaint", "photo.png", "--mask", "m.png", "--engine", "clone", "-o", "o.png"], &["--offset -120,0"]),
        (vec!["inpaint", "photo.png", "--mask", "m.png", "--offset", "3,4", "-o", "o.png"], &["--engine clone"]),
        (vec!["inpaint", "photo.png", "--mask", "m.png", "--offset", "3", "-o", "o.png"], &["two whole numbers"]),
        (vec!["locate", "photo.png", "-o", "m.png"], &["PHRASE"]),
        (vec!["locate", "photo.png", "", "-o", "m.png"], &["phrase is empty"]),
        (vec!["locate", "photo.png", "ball", "-o", "m.jpg"], &["m.jpg", ".png"]),
        (vec!["locate", "photo.png", "--point", "here", "-o", "m.png"], &["120,80"]),
        (vec!["locate", "photo.png", "--point", "500,20", "-o", "m.png"], &["500,20", "110×70"]),
        (vec!["locate", "photo.png", "--point", "-3,20", "-o", "m.png"], &["-3,20", "110×70"]),
        (vec!["locate", "photo.png", "--box", "4,4,4,9", "-o", "m.png"], &["two opposite corners"]),
        (vec!["locate", "photo.png", "--box", "400,4,500,9", "-o", "m.png"], &["400,4,500,9", "110×70"]),
        (vec!["locate", "photo.png", "ball", "-o", "m.png", "--locator", "magic"], &["magic", "classic"]),
        (
            vec!["inpaint", "photo.png", "--mask", "photo.png", "-o", "o.png", "--engine", "magic"],
            &["magic", "exemplar"],
        ),
        (vec!["inpaint", "photo.png", "-o", "o.png"], &["--mask"]),
        (vec!["edti", "photo.png", "remove it", "-o", "o.png"], &["edti", "inpaint"]),
        (vec!["holiday.png"], &["holiday.png", "commands are"]),
    ] {
        let run = desk.run(&arguments);
        let sentence = run.sentence(2);
        for word in words {
            assert!(sentence.contains(word), "{arguments:?}: \"{word}\" is missing in: {sentence}");
        }
    }
    assert_eq!(desk.files(), files);
}

#[test]
fn a_destination_that_cannot_be_saved_to_is_refused_before_any_work() {
    let desk = Desk::new();
    fs::create_dir(desk.path("folder")).unwrap();
    fs::create_dir(desk.path("folder.png")).unwrap();
    desk.write("locked.png", "earlier");
    let mut permissions = fs::metadata(desk.path("locked.png")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(desk.path("locked.png"), permissions).unwrap();
    for (out, word) in [
        ("out.gif", ".png, .jpg or .webp"),
        ("out", ".png, .jpg or .webp"),
        ("folder", ".png, .jpg or .webp"),
        ("folder.png", "is a folder"),
        ("no/such/out.png", "does not exist"),
        ("locked.png", "read-only"),
    ] {
        let run = desk.run(&["edit", "photo.png", "remove the red ball", "-o", out]);
        assert!(run.sentence(2).contains(word), "{}", run.err);
    }
    assert_eq!(fs::read(desk.path("locked.png")).unwrap(), b"earlier");
}

#[test]
fn the_source_is_not_overwritten_by_whatever_name_it_is_called() {
    let desk = Desk::new();
    let source = fs::read(desk.path("photo.png")).unwrap();
    fs::create_dir(desk.path("sub")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(desk.path("photo.png"), desk.path("link.png")).unwrap();
    let absolute = desk.path("photo.png");
    let mut names = vec!["photo.png", "./photo.png", "sub/../photo.png", absolute.to_str().unwrap()];
    if cfg!(unix) {
        names.push("link.png");
    }
    desk.write_mask("mask.png", |x, y| u8::from(in_ball(x, y, 1)) * 255);
    for name in names {
        let run = desk.run(&["edit", "photo.png", "remove the red ball", "-o", name]);
        let sentence = run.sentence(2);
        assert!(sentence.contains("overwritten") && sentence.contains("_edited.png"), "{sentence}");
        desk.run(&["inpaint", name, "--mask", "mask.png", "-o", "photo.png"]).sentence(2);
        desk.run(&["locate", name, "red ball", "-o", "photo.png"]).sentence(2);
    }
    desk.run(&["inpaint", "photo.png", "--mask", "mask.png", "-o", "mask.png"]).sentence(2);
    assert_eq!(fs::read(desk.path("photo.png")).unwrap(), source);
}

/// The start of a PNG that claims to be 60 000 pixels wide and high.
fn huge_png() -> Vec<u8> {
    let mut bytes = Vec::new();
    photo().write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
    let crc = bytes[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 })
    });
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

#[test]
fn a_photograph_that_cannot_be_read_is_one_sentence_and_nothing_is_written() {
    let desk = Desk::new();
    let whole = fs::read(desk.path("photo.png")).unwrap();
    desk.write("short.png", &whole[..whole.len() / 2]);
    desk.write("text.png", "I am a shopping list, not an image.");
    desk.write("empty.png", "");
    desk.write("huge.png", huge_png());
    let before = desk.files();
    for (name, word) in [
        ("short.png", "damaged or incomplete"),
        ("text.png", "not an image"),
        ("empty.png", "is empty"),
        ("huge.png", "too large"),
        ("none.png", "no file"),
        (".", "folder"),
    ] {
        for arguments in [
            vec!["edit", name, "remove the red ball", "-o", "o.png"],
            vec!["locate", name, "red ball", "-o", "o.png"],
            vec!["inpaint", name, "--mask", "photo.png", "-o", "o.png"],
            vec!["inpaint", "photo.png", "--mask", name, "-o", "o.png"],
            vec!["inpaint", "photo.png", "--mask", "photo.png", "--avoid", name, "-o", "o.png"],
            vec!["inpaint", "photo.png", "--mask", "photo.png", "--only-from", name, "-o", "o.png"],
        ] {
            let run = desk.run(&arguments);
            assert!(run.sentence(2).contains(word), "{arguments:?}: {}", run.err);
        }
    }
    assert_eq!(desk.files(), before);
}
