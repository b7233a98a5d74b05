//! Saving photographs.

use super::atomic::write_atomic_with;
use super::{FileError, Metadata};
use image::codecs::{jpeg, png, webp};
use image::{ExtendedColorType, ImageEncoder, ImageError, ImageResult};
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tie_core::{Extent, Raster};

/// A format that photographs can be saved in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SaveFormat {
    /// Lossless.
    Png,
    /// Quality 95 without chroma subsampling; has no transparency.
    Jpeg,
    /// Lossless.
    WebP,
}

/// High enough that an edit's surroundings look as before; the encoder does not subsample chroma at any quality.
const JPEG_QUALITY: u8 = 95;

/// One JPEG segment's EXIF in bytes: 65 533 less the `Exif\0\0` prefix.
const MAX_JPEG_EXIF: usize = 65_527;

/// One JPEG photograph's ICC profile in bytes: 255 segments.
const MAX_JPEG_ICC: usize = 255 * 65_519;

impl SaveFormat {
    pub const ALL: [Self; 3] = [Self::Png, Self::Jpeg, Self::WebP];

    /// The format that a file name asks for.
    ///
    /// # Errors
    /// If the extension does not name a supported format.
    pub fn from_path(path: &Path) -> Result<Self, FileError> {
        let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
        match extension.as_str() {
            "png" => Ok(Self::Png),
            "jpg" | "jpeg" | "jpe" | "jfif" => Ok(Self::Jpeg),
            "webp" => Ok(Self::WebP),
            _ => Err(FileError::UnsavableFormat { path: path.to_owned() }),
        }
    }

    /// The usual extension, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
        }
    }

    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::WebP => "WebP",
        }
    }

    /// The longest side the format can hold, in pixels.
    pub const fn max_side(self) -> u32 {
        match self {
            Self::Png => i32::MAX as u32,
            Self::Jpeg => 65_535,
            Self::WebP => 16_383, // the format has room for one more, which decoders read as none
        }
    }
}

/// Saves a photograph in the format of the path's extension, in full or not at all.
///
/// PNG and WebP keep every byte of the pixels; JPEG lays transparent pixels on white. ICC profile and EXIF go into
/// all three; only an EXIF block of more than 64 kB or a profile of more than 16 MB does not fit into JPEG and is left out.
///
/// # Errors
/// If the extension or the size does not suit a format, or the file cannot be written; an existing file is then
/// unchanged.
pub fn save_photo(path: &Path, raster: &Raster, metadata: &Metadata) -> Result<(), FileError> {
    let format = SaveFormat::from_path(path)?;
    check_size(path, format, raster.extent())?;
    write_atomic_with(path, |file| encode(file, format, raster, metadata).map_err(into_io))
}

/// The name to offer for the edited photograph: `photo_edited.jpg` for `photo.jpg`, PNG where the format cannot be saved.
pub fn edited_name(source: &Path) -> PathBuf {
    let mut name = source.file_stem().unwrap_or(OsStr::new("photo")).to_owned();
    name.push("_edited.");
    match (SaveFormat::from_path(source), source.extension()) {
        (Ok(_), Some(extension)) => name.push(extension),
        _ => name.push(SaveFormat::Png.extension()),
    }
    source.with_file_name(name)
}

pub(super) fn check_size(path: &Path, format: SaveFormat, extent: Extent) -> Result<(), FileError> {
    let path = path.to_owned();
    if extent.is_empty() {
        return Err(FileError::NoPixels { path });
    }
    let limit = format.max_side();
    if extent.longest() > limit {
        return Err(FileError::TooLargeForFormat { path, format: format.name(), limit, extent });
    }
    Ok(())
}

fn encode(file: impl Write, format: SaveFormat, raster: &Raster, metadata: &Metadata) -> ImageResult<()> {
    match format {
        SaveFormat::Png => write(png_encoder(file), true, raster, metadata),
        SaveFormat::WebP => write(webp::WebPEncoder::new_lossless(file), true, raster, metadata),
        SaveFormat::Jpeg => {
            let fits = |block: &Option<Vec<u8>>, most: usize| block.clone().filter(|bytes| bytes.len() <= most);
            let metadata =
                Metadata { icc: fits(&metadata.icc, MAX_JPEG_ICC), exif: fits(&metadata.exif, MAX_JPEG_EXIF) };
            write(jpeg::JpegEncoder::new_with_quality(file, JPEG_QUALITY), false, raster, &metadata)
        }
    }
}

/// Fast compression: 20 times as fast as the default for 2 % more bytes.
pub(super) fn png_encoder<W: Write>(file: W) -> png::PngEncoder<W> {
    png::PngEncoder::new_with_quality(file, png::CompressionType::Fast, png::FilterType::Adaptive)
}

fn write(mut encoder: impl ImageEncoder, keep_alpha: bool, raster: &Raster, metadata: &Metadata) -> ImageResult<()> {
    if let Some(icc) = &metadata.icc {
        encoder.set_icc_profile(icc.clone()).map_err(ImageError::Unsupported)?;
    }
    if let Some(exif) = &metadata.exif {
        encoder.set_exif_metadata(exif.clone()).map_err(ImageError::Unsupported)?;
    }
    let Extent { width, height } = raster.extent();
    if keep_alpha && raster.has_transparency() {
        encoder.write_image(raster.bytes(), width, height, ExtendedColorType::Rgba8)
    } else {
        encoder.write_image(&rgb_on_white(raster), width, height, ExtendedColorType::Rgb8)
    }
}

/// The pixels without alpha, laid on white in the encoded space as every viewer does.
fn rgb_on_white(raster: &Raster) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(raster.extent().area() * 3);
    for &[r, g, b, a] in raster.pixels() {
        let a = u32::from(a);
        let on_white = |channel: u8| ((u32::from(channel) * a + 255 * (255 - a) + 127) / 255) as u8;
        rgb.extend([r, g, b].map(on_white));
    }
    rgb
}

/// The file's own errors keep their kind; an encoder's become text.
pub(super) fn into_io(error: ImageError) -> io::Error {
    match error {
        ImageError::IoError(error) => error,
        error => io::Error::other(error.to_string()),
    }
}
