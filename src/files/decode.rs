//! Opening photographs; the content decides the format, never the extension.

use super::FileError;
use super::metadata::{self, Metadata};
use image::codecs::{bmp, gif, jpeg, png, tiff, webp};
use image::metadata::Orientation;
use image::{
    AnimationDecoder, DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageResult, Limits,
};
use std::fs;
use std::io::Cursor;
use std::path::Path;
use tie_core::{Extent, Raster};

/// Photographs with more pixels than this are refused: 1.2 GB in memory, and the editor needs several copies.
pub const MAX_PIXELS: u64 = 300_000_000;

/// Limit on a decoder's allocations, in bytes; room for [`MAX_PIXELS`] at 16 bits a channel and its own buffers.
const MAX_ALLOCATION: u64 = 4 << 30;

/// Larger files are refused unread; an uncompressed photograph of [`MAX_PIXELS`] at 16 bits a channel is smaller.
const MAX_FILE_SIZE: u64 = 4 << 30;

/// An opened photograph.
#[derive(Clone, Debug)]
pub struct Photo {
    /// The pixels, turned upright.
    pub raster: Raster,
    pub metadata: Metadata,
    /// What the user should know about how the file was opened, one sentence each.
    pub notes: Vec<String>,
}

/// Opens a PNG, JPEG, WebP, TIFF, GIF or BMP file.
///
/// # Errors
/// If the file is missing, not an image, damaged, of another format, or has more than [`MAX_PIXELS`].
pub fn open_photo(path: &Path) -> Result<Photo, FileError> {
    decode_photo(read(path)?, &path.display().to_string())
}

/// Decodes the content of an image file; `name` is for messages.
///
/// # Errors
/// If the bytes are not an image, damaged, of an unsupported format, or hold more than [`MAX_PIXELS`].
#[expect(clippy::needless_pass_by_value, reason = "callers hand the bytes over, so that they can be freed here")]
pub fn decode_photo(bytes: Vec<u8>, name: &str) -> Result<Photo, FileError> {
    if bytes.is_empty() {
        return Err(FileError::Empty { name: name.to_owned() });
    }
    let Ok(format) = image::guess_format(&bytes) else {
        return Err(not_an_image(&bytes, name));
    };
    let source = Source { bytes: &bytes, name, format };
    source.decode()
}

fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    let about = fs::metadata(path).map_err(|error| FileError::reading(path, error))?;
    if about.is_dir() {
        return Err(FileError::Folder { path: path.to_owned() });
    }
    // A device or a pipe may never end.
    if !about.is_file() {
        return Err(FileError::NotRegular { path: path.to_owned() });
    }
    if about.len() > MAX_FILE_SIZE {
        let size = format!("{:.1} GB", about.len() as f64 / 1e9);
        return Err(FileError::TooLarge { name: path.display().to_string(), size });
    }
    fs::read(path).map_err(|error| FileError::reading(path, error))
}

/// Image files that people do try to open, by the bytes at an offset.
const OTHER_FORMATS: [(usize, &[u8], &str); 9] = [
    (4, b"ftyphei", "HEIC"),
    (4, b"ftyphev", "HEIC"),
    (4, b"ftypmif1", "HEIF"),
    (4, b"ftypcrx", "camera raw"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"8BPS", "Photoshop"),
    (0, b"%PDF", "PDF"),
    (0, b"<svg", "SVG"),
];

fn not_an_image(bytes: &[u8], name: &str) -> FileError {
    let name = name.to_owned();
    let known =
        OTHER_FORMATS.iter().find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    match known {
        Some((_, _, kind)) => FileError::UnsupportedFormat { name, kind: (*kind).to_owned() },
        None => FileError::NotAnImage { name },
    }
}

/// One file while it is decoded.
#[derive(Clone, Copy)]
struct Source<'a> {
    bytes: &'a [u8],
    name: &'a str,
    format: ImageFormat,
}

const FIRST_FRAME: &str = "Only the first frame of the animation is used.";
const FIRST_PAGE: &str = "Only the first page of the file is used.";

impl Source<'_> {
    fn decode(self) -> Result<Photo, FileError> {
        let reader = Cursor::new(self.bytes);
        match self.format {
            ImageFormat::Png => {
                let decoder = self.explained(png::PngDecoder::with_limits(reader, limits()))?;
                let animated = decoder.is_apng().unwrap_or(false);
                self.photo(decoder, animated.then_some(FIRST_FRAME))
            }
            ImageFormat::Jpeg => {
                if !ends_as_jpeg(self.bytes) {
                    return Err(self.damaged("the end of the image is missing"));
                }
                self.photo(self.explained(jpeg::JpegDecoder::new(reader))?, None)
            }
            ImageFormat::WebP => {
                let decoder = self.explained(webp::WebPDecoder::new(reader))?;
                let animated = decoder.has_animation();
                self.photo(decoder, animated.then_some(FIRST_FRAME))
            }
            ImageFormat::Gif => {
                let mut photo = self.photo(self.explained(gif::GifDecoder::new(reader))?, None)?;
                if self.has_second_gif_frame() {
                    photo.notes.push(FIRST_FRAME.to_owned());
                }
                Ok(photo)
            }
            ImageFormat::Tiff => {
                let further = metadata::has_further_pages(self.bytes);
                self.photo(self.explained(tiff::TiffDecoder::new(reader))?, further.then_some(FIRST_PAGE))
            }
            ImageFormat::Bmp => self.photo(self.explained(bmp::BmpDecoder::new(reader))?, None),
            _ => Err(FileError::UnsupportedFormat { name: self.name.to_owned(), kind: self.format_name() }),
        }
    }

    fn photo(self, mut decoder: impl ImageDecoder, note: Option<&str>) -> Result<Photo, FileError> {
        let mut notes: Vec<String> = note.into_iter().map(str::to_owned).collect();
        self.check_size(decoder.dimensions())?;
        self.explained(decoder.set_limits(limits()))?;
        let (metadata, orientation) = metadata_of(&mut decoder, &mut notes);
        notes.extend(depth_note(decoder.original_color_type()).map(str::to_owned));
        let mut pixels = self.explained(DynamicImage::from_decoder(decoder))?;
        pixels.apply_orientation(orientation);
        let extent = Extent::new(pixels.width(), pixels.height());
        let raster = Raster::new(extent, rgba_bytes(pixels)).map_err(|error| self.damaged(&error.to_string()))?;
        Ok(Photo { raster, metadata, notes })
    }

    /// Decides from the header alone, before pixels are allocated.
    fn check_size(self, (width, height): (u32, u32)) -> Result<(), FileError> {
        if width == 0 || height == 0 {
            return Err(self.damaged("it has no pixels"));
        }
        let count = u64::from(width) * u64::from(height);
        if count <= MAX_PIXELS {
            return Ok(());
        }
        let size = format!("{}, {} million pixels", Extent::new(width, height), count / 1_000_000);
        Err(FileError::TooLarge { name: self.name.to_owned(), size })
    }

    fn has_second_gif_frame(self) -> bool {
        let Ok(mut decoder) = gif::GifDecoder::new(Cursor::new(self.bytes)) else { return false };
        // A frame that is damaged is a frame all the same.
        decoder.set_limits(limits()).is_ok() && decoder.into_frames().nth(1).is_some()
    }

    fn explained<T>(self, result: ImageResult<T>) -> Result<T, FileError> {
        result.map_err(|error| match error {
            ImageError::Limits(_) => FileError::TooLarge {
                name: self.name.to_owned(),
                size: "its header asks for too much memory".to_owned(),
            },
            ImageError::Unsupported(error) => FileError::UnsupportedVariant {
                name: self.name.to_owned(),
                format: self.format_name(),
                reason: one_line(&error.to_string()),
            },
            ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                self.damaged("it ends too early")
            }
            error => self.damaged(&one_line(&error.to_string())),
        })
    }

    fn damaged(self, reason: &str) -> FileError {
        FileError::Damaged { name: self.name.to_owned(), reason: reason.to_owned() }
    }

    /// The format's usual name: "PNG".
    fn format_name(self) -> String {
        format!("{:?}", self.format).to_uppercase()
    }
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_ALLOCATION);
    limits
}

/// Unreadable metadata is left out: the pixels matter most.
fn metadata_of(decoder: &mut impl ImageDecoder, notes: &mut Vec<String>) -> (Metadata, Orientation) {
    let icc = decoder.icc_profile().ok().flatten().map(metadata::check_profile);
    if let Some(Err(problem)) = &icc {
        notes.push(problem.note().to_owned());
    }
    let exif = decoder.exif_metadata().ok().flatten();
    let (exif, orientation) = exif.map_or((None, None), metadata::normalise_exif);
    // TIFF keeps its orientation outside EXIF.
    let orientation = orientation.or_else(|| decoder.orientation().ok()).unwrap_or(Orientation::NoTransforms);
    (Metadata { icc: icc.and_then(Result::ok), exif }, orientation)
}

fn depth_note(colour: ExtendedColorType) -> Option<&'static str> {
    match colour.bits_per_pixel() / u16::from(colour.channel_count()) {
        16 => Some("16-bit colour was reduced to 8 bits."),
        32 => Some("32-bit colour was reduced to 8 bits."),
        _ => None,
    }
}

/// The pixels as RGBA, 8 bits a channel; values are rounded to the nearest.
fn rgba_bytes(pixels: DynamicImage) -> Vec<u8> {
    pixels.into_rgba8().into_raw()
}

/// Whether compressed data is followed by an end marker.
///
/// The decoder silently paints missing parts grey, and a save would make that permanent.
fn ends_as_jpeg(bytes: &[u8]) -> bool {
    const START_OF_SCAN: u8 = 0xDA;
    const END_OF_IMAGE: [u8; 2] = [0xFF, 0xD9];
    let mut rest = bytes.get(2..).unwrap_or_default();
    // Segments before the first scan are skipped by their length: a thumbnail in them has its own end marker.
    while let [0xFF, marker, length @ ..] = rest {
        match (*marker, length) {
            (START_OF_SCAN, data) => return data.windows(2).any(|pair| pair == END_OF_IMAGE),
            (0xFF, _) => rest = &rest[1..],
            (_, [high, low, ..]) => {
                let skipped = 2 + usize::from(u16::from_be_bytes([*high, *low]));
                rest = rest.get(skipped..).unwrap_or_default();
            }
            _ => break,
        }
    }
    // An unknown layout: let the decoder judge.
    !rest.is_empty()
}

/// A decoder's words as part of a sentence.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches('.').to_owned()
}
