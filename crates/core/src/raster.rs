//! RGBA images in memory.

use super::geom::{Bounds, Extent};
use super::mask::copied;
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x4;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

/// How an image is scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resampling {
    /// Linear between neighbouring pixels.
    Bilinear,
    /// Catmull–Rom, which is what networks mean by bicubic.
    Bicubic,
    /// Lanczos with three lobes.
    Lanczos,
}

impl Resampling {
    const fn filter(self) -> FilterType {
        match self {
            Self::Bilinear => FilterType::Bilinear,
            Self::Bicubic => FilterType::CatmullRom,
            Self::Lanczos => FilterType::Lanczos3,
        }
    }
}

/// An image: 8 bits a channel, RGBA, sRGB-encoded, straight (not premultiplied) alpha, rows from the top.
#[derive(PartialEq, Eq)]
pub struct Raster {
    extent: Extent,
    bytes: Vec<u8>,
}

impl Clone for Raster {
    fn clone(&self) -> Self {
        Self { extent: self.extent, bytes: copied(&self.bytes) }
    }
}

/// The buffer's length does not fit the extent.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{actual} bytes cannot be a {extent} image of 4 bytes a pixel")]
pub struct WrongLength {
    /// Extent that the buffer was meant for.
    pub extent: Extent,
    /// Length of the buffer, in bytes.
    pub actual: usize,
}

impl Raster {
    /// An image from RGBA bytes, row-major.
    ///
    /// # Errors
    /// If `bytes` is not four bytes for each pixel of `extent`.
    pub fn new(extent: Extent, bytes: Vec<u8>) -> Result<Self, WrongLength> {
        if bytes.len() == extent.area() * 4 {
            Ok(Self { extent, bytes })
        } else {
            Err(WrongLength { extent, actual: bytes.len() })
        }
    }

    /// An image with one colour everywhere.
    pub fn filled(extent: Extent, rgba: [u8; 4]) -> Self {
        Self { extent, bytes: rgba.repeat(extent.area()) }
    }

    /// An image with the pixels that `pixel(x, y)` returns for each column and row.
    pub fn from_fn(extent: Extent, mut pixel: impl FnMut(u32, u32) -> [u8; 4]) -> Self {
        let mut bytes = Vec::with_capacity(extent.area() * 4);
        for y in 0..extent.height {
            for x in 0..extent.width {
                bytes.extend_from_slice(&pixel(x, y));
            }
        }
        Self { extent, bytes }
    }

    /// Width and height in pixels.
    pub const fn extent(&self) -> Extent {
        self.extent
    }

    /// The rectangle of all its pixels, at (0, 0).
    pub const fn bounds(&self) -> Bounds {
        Bounds::new(0, 0, self.extent.width, self.extent.height)
    }

    /// All bytes, row-major, RGBA.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// All pixels, row-major.
    pub fn pixels(&self) -> &[[u8; 4]] {
        self.bytes.as_chunks().0
    }

    /// All pixels, row-major, to be changed in place.
    pub fn pixels_mut(&mut self) -> &mut [[u8; 4]] {
        self.bytes.as_chunks_mut().0
    }

    /// The pixels of row `y`, from left to right.
    ///
    /// # Panics
    /// If `y` is outside the image.
    pub fn row(&self, y: u32) -> &[[u8; 4]] {
        let start = self.extent.index(0, y);
        &self.pixels()[start..start + self.extent.width as usize]
    }

    /// The pixel in column `x` and row `y`.
    ///
    /// # Panics
    /// If (x, y) is outside the image.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        self.row(y)[x as usize]
    }

    /// A copy of the part of `bounds` that lies inside the image.
    pub fn crop(&self, bounds: Bounds) -> Self {
        let part = bounds.clamp(self.extent);
        let mut bytes = Vec::with_capacity(part.extent().area() * 4);
        for y in part.y..part.bottom() {
            let row = self.row(y.unsigned_abs());
            bytes.extend_from_slice(row[part.x as usize..part.right() as usize].as_flattened());
        }
        Self { extent: part.extent(), bytes }
    }

    /// Copies `patch` so that its top left pixel lands on (x, y); what falls outside is dropped.
    pub fn paste(&mut self, patch: &Self, x: i32, y: i32) {
        let target = Bounds::new(x, y, patch.extent.width, patch.extent.height).clamp(self.extent);
        let width = target.width as usize;
        for row in target.y..target.bottom() {
            let from = patch.extent.index((target.x - x).unsigned_abs(), (row - y).unsigned_abs());
            let to = self.extent.index(target.x.unsigned_abs(), row.unsigned_abs());
            self.pixels_mut()[to..to + width].copy_from_slice(&patch.pixels()[from..from + width]);
        }
    }

    /// A copy with the same colours and full alpha.
    pub fn opaque(&self) -> Self {
        let mut opaque = self.clone();
        for pixel in opaque.pixels_mut() {
            pixel[3] = 255;
        }
        opaque
    }

    /// Whether any pixel is not fully opaque.
    pub fn has_transparency(&self) -> bool {
        self.pixels().iter().any(|pixel| pixel[3] != 255)
    }

    /// A copy of the given extent, resampled as [`resize_by`](Self::resize_by) does with [`Resampling::Lanczos`].
    pub fn resize(&self, extent: Extent) -> Self {
        self.resize_by(extent, Resampling::Lanczos)
    }

    /// A copy of the given extent, resampled in sRGB-encoded values; kernels widen where the image shrinks.
    ///
    /// Colour is weighted by alpha, so transparent pixels leave no fringe.
    pub fn resize_by(&self, extent: Extent, resampling: Resampling) -> Self {
        if extent == self.extent {
            return self.clone();
        }
        let mut resized = Self::filled(extent, [0; 4]);
        if extent.is_empty() || self.extent.is_empty() {
            return resized;
        }
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(resampling.filter()));
        let source = TypedImageRef::<U8x4>::from_buffer(self.extent.width, self.extent.height, &self.bytes);
        let target = TypedImage::<U8x4>::from_buffer(extent.width, extent.height, &mut resized.bytes);
        // Both buffers were made for their extents, so neither call can fail.
        // The typed call matters: the other one compiles every pixel type, which takes minutes.
        if let (Ok(source), Ok(mut target)) = (source, target) {
            let outcome = Resizer::new().resize_typed(&source, &mut target, &options);
            debug_assert!(outcome.is_ok(), "resize: {outcome:?}");
        }
        resized
    }
}

impl std::fmt::Debug for Raster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Raster({})", self.extent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(width: u32, height: u32) -> Raster {
        Raster::from_fn(Extent::new(width, height), |x, y| [x as u8, y as u8, 7, 255])
    }

    #[test]
    fn a_buffer_of_the_wrong_length_is_refused_with_both_numbers() {
        let error = Raster::new(Extent::new(2, 2), vec![0; 15]).unwrap_err();
        assert_eq!(error.to_string(), "15 bytes cannot be a 2×2 image of 4 bytes a pixel");
    }

    #[test]
    fn cropping_and_pasting_back_changes_nothing() {
        let image = numbered(7, 5);
        let bounds = Bounds::new(2, 1, 3, 3);
        let mut copy = image.clone();
        copy.paste(&image.crop(bounds), bounds.x, bounds.y);
        assert_eq!(copy, image);
    }

    #[test]
    fn pasting_over_the_edge_drops_what_falls_outside() {
        let mut image = numbered(3, 3);
        image.paste(&Raster::filled(Extent::new(2, 2), [9; 4]), 2, -1);
        assert_eq!(image.pixel(2, 0), [9; 4]);
        assert_eq!(image.pixel(1, 0), [1, 0, 7, 255]);
        assert_eq!(image.pixel(2, 1), [2, 1, 7, 255]);
    }

    #[test]
    fn resizing_a_flat_image_keeps_its_colour() {
        let flat = Raster::filled(Extent::new(9, 4), [10, 200, 30, 255]);
        let small = flat.resize(Extent::new(3, 11));
        assert_eq!(small.extent(), Extent::new(3, 11));
        assert!(small.pixels().iter().all(|p| *p == [10, 200, 30, 255]));
    }
}
