//! Photographs and masks through real files: every format that opens, what survives a save, and every error's sentence.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a test failure")]

use image::{DynamicImage, ImageFormat, Luma, LumaA, Rgb, Rgba};
use proptest::prelude::*;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::LazyLock;
use tie_core::{Extent, Mask, Raster};
use tie_studio::files::*;

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn opened(bytes: Vec<u8>) -> Photo {
    decode_photo(bytes, "photo").unwrap()
}

fn refused(bytes: impl Into<Vec<u8>>) -> String {
    decode_photo(bytes.into(), "photo").unwrap_err().to_string()
}

/// Left half red, right half blue, with a step down the rows.
fn sample() -> image::RgbImage {
    image::RgbImage::from_fn(6, 4, |x, y| if x < 3 { Rgb([200, y as u8 * 9, 30]) } else { Rgb([20, 60, 190]) })
}

fn sample_raster() -> Raster {
    Raster::from_fn(Extent::new(6, 4), |x, y| {
        let [r, g, b] = sample().get_pixel(x, y).0;
        [r, g, b, 255]
    })
}

/// A PNG chunk with its checksum.
fn png_chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let body: Vec<u8> = kind.iter().chain(data).copied().collect();
    let mut crc = u32::MAX;
    for byte in &body {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 };
        }
    }
    [&(data.len() as u32).to_be_bytes()[..], &body, &(!crc).to_be_bytes()].concat()
}

/// The start of a PNG that claims to be `side` pixels wide and high.
fn png_header(side: u32) -> Vec<u8> {
    let ihdr = [&side.to_be_bytes()[..], &side.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), png_chunk(*b"IHDR", &ihdr), png_chunk(*b"IDAT", &[0x78, 1])].concat()
}

/// EXIF with one entry, the orientation, and room for a recognisable tail.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0".to_vec();
    exif.extend([1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"camera");
    exif
}

fn rgb_profile() -> Vec<u8> {
    let mut profile: Vec<u8> = (0..70_000_u32).map(|i| (i % 251) as u8).collect();
    profile[16..20].copy_from_slice(b"RGB ");
    profile[36..40].copy_from_slice(b"acsp");
    profile
}

/// A JPEG with a hand-made APP1 segment after its first marker.
fn jpeg_with_exif(exif: &[u8]) -> Vec<u8> {
    let jpeg = encoded(sample(), ImageFormat::Jpeg);
    let length = (exif.len() as u16 + 8).to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, b"Exif\0\0", exif, &jpeg[2..]].concat()
}

fn assert_near(actual: [u8; 4], expected: [u8; 4], tolerance: u8) {
    let near = actual.iter().zip(expected).all(|(a, e)| a.abs_diff(e) <= tolerance);
    assert!(near, "{actual:?} instead of {expected:?}");
}

#[test]
fn lossless_formats_open_with_their_exact_pixels() {
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Bmp] {
        let photo = opened(encoded(sample(), format));
        assert_eq!(photo.raster, sample_raster(), "{format:?}");
        assert!(photo.notes.is_empty(), "{format:?}: {:?}", photo.notes);
    }
}

#[test]
fn grey_and_alpha_become_rgba() {
    let grey = image::GrayImage::from_pixel(2, 2, Luma([77]));
    assert_eq!(opened(encoded(grey, ImageFormat::Png)).raster.pixel(1, 1), [77, 77, 77, 255]);
    let faint = image::GrayAlphaImage::from_pixel(2, 2, LumaA([77, 9]));
    assert_eq!(opened(encoded(faint, ImageFormat::Png)).raster.pixel(1, 1), [77, 77, 77, 9]);
    let hidden = image::RgbaImage::from_pixel(2, 2, Rgba([1, 2, 3, 0]));
    assert_eq!(opened(encoded(hidden, ImageFormat::Png)).raster.pixel(1, 1), [1, 2, 3, 0]);
}

#[test]
fn sixteen_bits_are_rounded_to_eight_with_a_note() {
    let deep = image::ImageBuffer::from_pixel(2, 2, Rgb([65_535_u16, 257 * 100 + 128, 257 * 7]));
    let photo = opened(encoded(DynamicImage::ImageRgb16(deep), ImageFormat::Png));
    assert_eq!(photo.raster.pixel(0, 0), [255, 100, 7, 255]);
    assert_eq!(photo.notes, ["16-bit colour was reduced to 8 bits."]);
}

#[test]
fn a_palette_with_transparency_is_expanded() {
    let ihdr = [0, 0, 0, 2, 0, 0, 0, 1, 8, 3, 0, 0, 0];
    // One stored deflate block: filter 0, then the indices 1 and 0.
    let idat = [0x78, 1, 1, 3, 0, 0xFC, 0xFF, 0, 1, 0, 0, 5, 0, 2];
    let png = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        png_chunk(*b"IHDR", &ihdr),
        png_chunk(*b"PLTE", &[10, 20, 30, 200, 100, 50]),
        png_chunk(*b"tRNS", &[128]),
        png_chunk(*b"IDAT", &idat),
        png_chunk(*b"IEND", &[]),
    ];
    let photo = opened(png.concat());
    assert_eq!(photo.raster.pixels(), [[200, 100, 50, 255], [10, 20, 30, 128]]);
}

#[test]
fn animations_open_at_their_first_frame_with_a_note() {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for colour in [[255, 0, 0, 255], [0, 0, 255, 255]] {
        encoder.encode_frame(image::Frame::new(image::RgbaImage::from_pixel(4, 4, Rgba(colour)))).unwrap();
    }
    drop(encoder);
    let photo = opened(bytes);
    assert_eq!(photo.raster.pixel(0, 0), [255, 0, 0, 255]);
    assert_eq!(photo.notes, ["Only the first frame of the animation is used."]);
    let still = opened(encoded(image::RgbaImage::from_pixel(4, 4, Rgba([9, 9, 9, 255])), ImageFormat::Gif));
    assert!(still.notes.is_empty());

    let photo = opened(include_bytes!("fixtures/animated.webp").to_vec());
    assert_eq!(photo.raster.pixel(0, 0), [200, 40, 30, 255]);
    assert_eq!(photo.notes, ["Only the first frame of the animation is used."]);

    // A still PNG with an animation control chunk of two frames after its header, which ends at byte 33.
    let still = encoded(sample(), ImageFormat::Png);
    let control = png_chunk(*b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    let photo = opened([&still[..33], &control, &still[33..]].concat());
    assert_eq!(photo.raster, sample_raster());
    assert_eq!(photo.notes, ["Only the first frame of the animation is used."]);
}

#[test]
fn a_file_of_several_pages_opens_at_the_first_with_a_note() {
    let photo = opened(include_bytes!("fixtures/pages.tif").to_vec());
    assert_eq!(photo.raster.pixel(0, 0), [200, 40, 30, 255]);
    assert_eq!(photo.notes, ["Only the first page of the file is used."]);
}

#[test]
fn progressive_and_cmyk_jpegs_have_the_right_colours() {
    for (name, bytes) in [
        ("progressive", &include_bytes!("fixtures/progressive.jpg")[..]),
        ("cmyk", &include_bytes!("fixtures/cmyk.jpg")[..]),
    ] {
        let photo = opened(bytes.to_vec());
        assert_eq!(photo.raster.extent(), Extent::new(16, 8), "{name}");
        assert_near(photo.raster.pixel(2, 4), [200, 40, 30, 255], 12);
        assert_near(photo.raster.pixel(13, 4), [20, 60, 190, 255], 12);
    }
}

#[test]
fn exif_orientation_turns_the_pixels_and_is_reset() {
    let photo = opened(jpeg_with_exif(&exif(6)));
    assert_eq!(photo.raster.extent(), Extent::new(4, 6), "turned by 90 degrees");
    assert_near(photo.raster.pixel(2, 0), [200, 12, 30, 255], 40);
    assert_near(photo.raster.pixel(2, 5), [20, 60, 190, 255], 40);
    assert_eq!(photo.metadata.exif, Some(exif(1)));
}

#[test]
fn profile_and_exif_survive_in_every_format_that_saves() {
    let folder = tempfile::tempdir().unwrap();
    let upright = opened(jpeg_with_exif(&exif(6)));
    let metadata = Metadata { icc: Some(rgb_profile()), exif: upright.metadata.exif };
    for format in SaveFormat::ALL {
        let path = folder.path().join("photo").with_extension(format.extension());
        save_photo(&path, &upright.raster, &metadata).unwrap();
        let again = open_photo(&path).unwrap();
        assert_eq!(again.metadata, metadata, "{format:?}");
        assert_eq!(again.raster.extent(), upright.raster.extent(), "{format:?} is not turned twice");
    }
}

#[test]
fn png_and_webp_keep_every_byte_and_jpeg_lays_transparency_on_white() {
    let folder = tempfile::tempdir().unwrap();
    let faint =
        Raster::from_fn(Extent::new(16, 8), |x, y| [x as u8 * 9, y as u8 * 30, 77, if x < 8 { 0 } else { 200 }]);
    for name in ["a.png", "a.webp"] {
        let path = folder.path().join(name);
        save_photo(&path, &faint, &Metadata::default()).unwrap();
        assert!(open_photo(&path).unwrap().raster == faint, "{name}");
    }
    let path = folder.path().join("a.jpg");
    save_photo(&path, &faint, &Metadata::default()).unwrap();
    assert_near(open_photo(&path).unwrap().raster.pixel(2, 4), [255; 4], 3);
}

#[test]
fn profiles_that_are_not_for_rgb_are_left_out_with_a_note() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grey.png");
    let mut profile = rgb_profile();
    profile[16..20].copy_from_slice(b"GRAY");
    save_photo(&path, &sample_raster(), &Metadata { icc: Some(profile), exif: None }).unwrap();
    let photo = open_photo(&path).unwrap();
    assert_eq!(photo.metadata.icc, None);
    assert!(photo.notes[0].contains("not for RGB"), "{:?}", photo.notes);
}

#[test]
fn a_huge_header_is_refused_before_anything_is_decoded() {
    assert_eq!(
        refused(png_header(60_000)),
        "photo is too large (60000×60000, 3600 million pixels): open a version of at most 300 million pixels."
    );
    assert!(refused(png_header(0x7FFF_FFFF)).contains("too large"));
}

#[test]
fn damaged_and_foreign_files_are_named_for_what_they_are() {
    assert!(refused([]).starts_with("photo is empty"));
    assert!(refused("just text").contains("not an image"));
    assert!(refused(b"\0\0\0\x18ftypheic".as_slice()).contains("HEIC"));
    assert!(refused(b"P6 1 1 255 abc".as_slice()).contains("PNM"));
    assert!(refused(b"\x89PNG\r\n\x1a\n".as_slice()).contains("damaged"));
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Bmp] {
        let mut bytes = encoded(sample(), format);
        bytes.truncate(bytes.len() * 6 / 10);
        let error = refused(bytes);
        assert!(error.contains("damaged or incomplete"), "{format:?}: {error}");
    }
}

#[test]
fn paths_that_hold_no_image_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let error = |path: &Path| open_photo(path).unwrap_err().to_string();
    assert!(error(&folder.path().join("none.png")).starts_with("There is no file"));
    assert!(error(folder.path()).contains("is a folder"));
    let text = folder.path().join("text.png");
    fs::write(&text, "hello").unwrap();
    assert!(error(&text).contains("not an image"));
    #[cfg(unix)]
    assert!(error(Path::new("/dev/zero")).contains("a device"));
}

#[test]
fn saving_where_it_cannot_work_is_explained_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let error = |path: &Path| save_photo(path, &sample_raster(), &Metadata::default()).unwrap_err().to_string();
    assert!(error(&folder.path().join("a.gif")).contains("end it in .png, .jpg or .webp"));
    assert!(error(&folder.path().join("no/a.png")).contains("does not exist"));
    fs::create_dir(folder.path().join("folder.png")).unwrap();
    assert!(error(&folder.path().join("folder.png")).contains("is a folder"));
    let wide = Raster::filled(Extent::new(16_384, 1), [9; 4]);
    let refusal = save_photo(&folder.path().join("a.webp"), &wide, &Metadata::default()).unwrap_err().to_string();
    assert!(refusal.contains("WebP holds at most 16383 pixels a side and the photo is 16384×1"), "{refusal}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_webp_of_the_longest_side_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.webp");
    let wide = Raster::filled(Extent::new(SaveFormat::WebP.max_side(), 1), [9, 8, 7, 255]);
    save_photo(&path, &wide, &Metadata::default()).unwrap();
    assert!(open_photo(&path).unwrap().raster == wide);
}

#[test]
fn masks_survive_a_save_and_must_have_the_photographs_size() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mask.png");
    let mask = Mask::from_fn(Extent::new(256, 2), |x, y| if y == 0 { x as u8 } else { 0 });
    save_mask(&path, &mask).unwrap();
    assert!(open_mask_of_size(&path, mask.extent()).unwrap() == mask);
    let error = open_mask_of_size(&path, Extent::new(5, 5)).unwrap_err().to_string();
    assert!(error.contains("is 256×2 pixels, but the photo is 5×5"), "{error}");
    assert!(save_mask(&folder.path().join("mask.jpg"), &mask).unwrap_err().to_string().contains(".png"));
}

#[test]
fn a_mask_drawn_in_one_colour_on_nothing_counts_by_its_opacity() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mask.png");
    let drawing =
        |colour: u8| Raster::from_fn(Extent::new(3, 1), |x, _| [colour, colour, colour, [0, 90, 255][x as usize]]);
    for colour in [0, 255] {
        save_photo(&path, &drawing(colour), &Metadata::default()).unwrap();
        assert_eq!(open_mask_of_size(&path, Extent::new(3, 1)).unwrap().coverage(), [0, 90, 255]);
    }
}

#[test]
fn the_edited_photograph_gets_a_name_of_its_own() {
    for (source, edited) in [
        ("holiday/photo.jpg", "holiday/photo_edited.jpg"),
        ("photo.JPEG", "photo_edited.JPEG"),
        ("scan.tiff", "scan_edited.png"),
        ("photo", "photo_edited.png"),
        ("two.dots.webp", "two.dots_edited.webp"),
    ] {
        assert_eq!(edited_name(Path::new(source)), Path::new(edited));
    }
}

/// A valid file of every format that opens.
static VALID: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let formats = [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Bmp, ImageFormat::Gif];
    let mut files: Vec<_> =
        formats.iter().map(|format| encoded(DynamicImage::from(sample()).to_rgba8(), *format)).collect();
    files.push(jpeg_with_exif(&exif(8)));
    files.push(include_bytes!("fixtures/progressive.jpg").to_vec());
    files
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_the_decoder_panic(
        file in 0_usize..7, cut in 0.0_f64..=1.0, damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let mut bytes = VALID[file].clone();
        bytes.truncate((bytes.len() as f64 * cut) as usize);
        for (at, byte) in damage {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        if let Err(error) = decode_photo(bytes, "photo") {
            prop_assert!(error.to_string().ends_with('.'), "{}", error);
        }
    }

    #[test]
    fn random_bytes_after_any_signature_make_no_panic(file in 0_usize..7, bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let start = &VALID[file][..12];
        let _ = decode_photo([start, &bytes].concat(), "photo");
        let _ = decode_photo(bytes, "photo");
    }
}
