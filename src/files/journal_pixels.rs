//! The pixels of a journal: each image is a PNG file named by its content, so that nothing is written twice.

use super::atomic::write_atomic_with;
use super::encode::into_io;
use super::{FileError, MAX_PIXELS};
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::{ColorType, ExtendedColorType, ImageDecoder as _, ImageEncoder as _};
use serde::{Deserialize, Serialize};
use siphasher::sip128::{Hasher128 as _, SipHasher13};
use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::hash::Hasher as _;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use tie_core::compose::ChangedPixels;
use tie_core::{Bounds, Candidate, Extent, Mask, Prompt, Raster, Recipe, Verdict};

/// What was written to disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Images that were not there yet.
    pub images: usize,
    pub image_bytes: u64,
    /// Bytes of the record, 0 if it is the same as before.
    pub record_bytes: u64,
}

/// A candidate as it stands in the journal's file: its pixels are names.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CandidateFile {
    bounds: Bounds,
    patch: String,
    blend: String,
    changed: ChangedPixels,
    seam: Option<f32>,
    #[serde(default)]
    verdict: Option<Verdict>,
    recipe: Recipe,
    #[serde(default)]
    prompt: Prompt,
}

/// The folder with the images, and what is known of them without reading it.
#[derive(Debug)]
pub(super) struct PixelFolder {
    folder: PathBuf,
    stored: BTreeSet<String>,
    /// Images that the record in work names.
    used: BTreeSet<String>,
    masks: Known<Mask, String>,
    candidates: Known<Candidate, CandidateFile>,
    written: Written,
}

impl PixelFolder {
    /// Takes over the images of a folder; one that is not there yet has none.
    pub(super) fn open(folder: PathBuf) -> Self {
        let files = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let name = |path: PathBuf| Some(path.file_stem()?.to_str()?.to_owned());
        let images = files.filter(|path| path.extension().is_some_and(|ending| ending == "png"));
        Self {
            stored: images.filter_map(name).collect(),
            folder,
            used: BTreeSet::new(),
            masks: Known::default(),
            candidates: Known::default(),
            written: Written::default(),
        }
    }

    /// Begins a record: no image is in use yet.
    pub(super) fn begin(&mut self) {
        self.used.clear();
        self.written = Written::default();
    }

    /// Removes what the record, which is on the disk now, does not name.
    pub(super) fn finish(&mut self) -> Written {
        for name in self.stored.difference(&self.used) {
            if let Err(error) = fs::remove_file(self.path(name)) {
                log::debug!("{name} stays in the journal: {error}");
            }
        }
        self.stored.retain(|name| self.used.contains(name));
        self.masks.keep_used();
        self.candidates.keep_used();
        self.written
    }

    /// The mask's name; its pixels are on the disk afterwards.
    pub(super) fn put_mask(&mut self, mask: &Arc<Mask>) -> Result<String, FileError> {
        let name = match self.masks.get(mask) {
            Some(name) => name.clone(),
            None => name_of(1, mask.extent(), mask.coverage()),
        };
        self.put(&name, mask.extent(), mask.coverage(), ExtendedColorType::L8)?;
        self.masks.insert(mask, name.clone());
        Ok(name)
    }

    /// The candidate's stand-in in the record; its pixels are on disk afterwards.
    pub(super) fn put_candidate(&mut self, candidate: &Arc<Candidate>) -> Result<CandidateFile, FileError> {
        let file = match self.candidates.get(candidate) {
            Some(file) => file.clone(),
            None => CandidateFile {
                bounds: candidate.bounds,
                patch: raster_name(&candidate.patch),
                blend: name_of(1, candidate.blend.extent(), candidate.blend.coverage()),
                changed: candidate.changed,
                seam: candidate.seam,
                verdict: candidate.verdict.clone(),
                recipe: candidate.recipe.clone(),
                prompt: candidate.prompt.clone(),
            },
        };
        self.put_raster(&file.patch, &candidate.patch)?;
        self.put(&file.blend, candidate.blend.extent(), candidate.blend.coverage(), ExtendedColorType::L8)?;
        self.candidates.insert(candidate, file.clone());
        Ok(file)
    }

    pub(super) fn put_raster(&mut self, name: &str, raster: &Raster) -> Result<(), FileError> {
        self.put(name, raster.extent(), raster.bytes(), ExtendedColorType::Rgba8)
    }

    fn put(&mut self, name: &str, extent: Extent, bytes: &[u8], kind: ExtendedColorType) -> Result<(), FileError> {
        self.used.insert(name.to_owned());
        // PNG has no image without pixels, and its name says all about it.
        if self.stored.contains(name) || extent.is_empty() {
            return Ok(());
        }
        let path = self.path(name);
        fs::create_dir_all(&self.folder).map_err(|error| FileError::writing(&path, error))?;
        write_atomic_with(&path, |file| {
            encoder(file, kind).write_image(bytes, extent.width, extent.height, kind).map_err(into_io)
        })?;
        self.stored.insert(name.to_owned());
        self.written.images += 1;
        self.written.image_bytes += fs::metadata(&path).map_or(0, |about| about.len());
        Ok(())
    }

    /// The mask of a name; `None` if it is not there, damaged or of another size.
    pub(super) fn mask(&mut self, name: &str, extent: Extent) -> Option<Arc<Mask>> {
        if let Some(mask) = self.masks.find(|known| known == name) {
            return Some(mask);
        }
        let mask = Mask::new(extent, self.read(name, extent, ColorType::L8)?).ok()?;
        let mask = Arc::new(mask);
        self.masks.insert(&mask, name.to_owned());
        Some(mask)
    }

    pub(super) fn candidate(&mut self, file: &CandidateFile) -> Option<Arc<Candidate>> {
        let extent = file.bounds.extent();
        let candidate = Candidate {
            bounds: file.bounds,
            patch: self.raster(&file.patch, extent)?,
            blend: Mask::new(extent, self.read(&file.blend, extent, ColorType::L8)?).ok()?,
            changed: file.changed,
            seam: file.seam,
            verdict: file.verdict.clone(),
            recipe: file.recipe.clone(),
            prompt: file.prompt.clone(),
        };
        let candidate = Arc::new(candidate);
        self.candidates.insert(&candidate, file.clone());
        Some(candidate)
    }

    pub(super) fn raster(&mut self, name: &str, extent: Extent) -> Option<Raster> {
        Raster::new(extent, self.read(name, extent, ColorType::Rgba8)?).ok()
    }

    /// An image's bytes, if they are what their name says.
    fn read(&mut self, name: &str, extent: Extent, kind: ColorType) -> Option<Vec<u8>> {
        if extent.is_empty() {
            return Some(Vec::new());
        }
        let bytes = read_png(&self.path(name), extent, kind)
            .filter(|bytes| name_of(kind.bytes_per_pixel(), extent, bytes) == name);
        if bytes.is_none() {
            // To be written again if it returns.
            self.stored.remove(name);
        }
        bytes
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension("png")
    }
}

/// Rows are predicted from the one above: the inside and the outside of a mask become zeros. Colours are predicted from
/// three neighbours.
fn encoder<W: std::io::Write>(file: W, kind: ExtendedColorType) -> PngEncoder<W> {
    let filter = if kind == ExtendedColorType::L8 { FilterType::Up } else { FilterType::Paeth };
    PngEncoder::new_with_quality(file, CompressionType::Fast, filter)
}

fn read_png(path: &Path, extent: Extent, kind: ColorType) -> Option<Vec<u8>> {
    let decoder = PngDecoder::new(BufReader::new(File::open(path).ok()?)).ok()?;
    let fits = decoder.dimensions() == (extent.width, extent.height) && decoder.color_type() == kind;
    if !fits || extent.area() as u64 > MAX_PIXELS {
        return None;
    }
    let mut bytes = vec![0; extent.area() * usize::from(kind.bytes_per_pixel())];
    decoder.read_image(&mut bytes).ok()?;
    Some(bytes)
}

/// The name of a photograph's or a patch's pixels.
pub(super) fn raster_name(raster: &Raster) -> String {
    name_of(4, raster.extent(), raster.bytes())
}

/// 128 bits of SipHash-1-3 (Aumasson & Bernstein 2012) over kind, size and pixels, as 32 hexadecimal digits.
fn name_of(bytes_per_pixel: u8, extent: Extent, bytes: &[u8]) -> String {
    let mut hasher = SipHasher13::new();
    hasher.write(&[bytes_per_pixel]);
    hasher.write(&extent.width.to_le_bytes());
    hasher.write(&extent.height.to_le_bytes());
    hasher.write(bytes);
    format!("{:032x}", hasher.finish128().as_u128())
}

/// What is known of shared values, by identity.
///
/// Only their allocation is held, not their pixels, and not without effect: while a `Weak` is around, `Arc::make_mut`
/// moves a value to another address before it changes it. The same address therefore means the same pixels.
#[derive(Debug)]
struct Known<T, V> {
    by_address: HashMap<usize, (Weak<T>, V)>,
    used: BTreeSet<usize>,
}

impl<T, V> Default for Known<T, V> {
    fn default() -> Self {
        Self { by_address: HashMap::new(), used: BTreeSet::new() }
    }
}

impl<T, V> Known<T, V> {
    fn get(&self, value: &Arc<T>) -> Option<&V> {
        self.by_address.get(&Arc::as_ptr(value).addr()).map(|(_, known)| known)
    }

    fn insert(&mut self, value: &Arc<T>, known: V) {
        let address = Arc::as_ptr(value).addr();
        self.used.insert(address);
        self.by_address.entry(address).or_insert_with(|| (Arc::downgrade(value), known));
    }

    /// A living value that this is known of.
    fn find(&self, is: impl Fn(&V) -> bool) -> Option<Arc<T>> {
        self.by_address.values().filter(|(_, known)| is(known)).find_map(|(value, _)| value.upgrade())
    }

    /// Forgets all that was not inserted since the last call.
    fn keep_used(&mut self) {
        let used = std::mem::take(&mut self.used);
        self.by_address.retain(|address, _| used.contains(address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: Extent = Extent::new(70, 50);

    fn folder() -> (tempfile::TempDir, PixelFolder) {
        let folder = tempfile::tempdir().unwrap();
        let pixels = PixelFolder::open(folder.path().join("pixels"));
        (folder, pixels)
    }

    #[test]
    fn a_mask_comes_back_byte_for_byte_and_is_written_once() {
        let (_folder, mut pixels) = folder();
        let mask = Arc::new(Mask::from_fn(EXTENT, |x, y| (x * y % 256) as u8));
        let name = pixels.put_mask(&mask).unwrap();
        assert_eq!(pixels.put_mask(&Arc::new((*mask).clone())).unwrap(), name, "equal pixels have one name");
        assert_eq!(pixels.written.images, 1);
        let mut again = PixelFolder::open(pixels.folder.clone());
        assert_eq!(again.mask(&name, EXTENT), Some(mask));
        assert_eq!(again.mask(&name, Extent::new(50, 70)), None);
    }

    #[test]
    fn a_mask_that_is_drawn_on_is_not_taken_for_the_old_one() {
        let (_folder, mut pixels) = folder();
        let mut mask = Arc::new(Mask::empty(EXTENT));
        let before = pixels.put_mask(&mask).unwrap();
        // Nothing else holds it: without the `Weak` it would be changed in place.
        Arc::make_mut(&mut mask).coverage_mut()[7] = 9;
        assert_ne!(pixels.put_mask(&mask).unwrap(), before);
    }

    #[test]
    fn what_no_record_names_goes_when_the_next_one_is_there() {
        let (_folder, mut pixels) = folder();
        let (one, two) = (Arc::new(Mask::empty(EXTENT)), Arc::new(Mask::full(EXTENT)));
        pixels.begin();
        let first = pixels.put_mask(&one).unwrap();
        pixels.finish();
        pixels.begin();
        let second = pixels.put_mask(&two).unwrap();
        assert!(pixels.path(&first).exists(), "the old record is still the one on the disk");
        pixels.finish();
        assert!(!pixels.path(&first).exists() && pixels.path(&second).exists());
    }

    #[test]
    fn damaged_pixels_are_not_there() {
        let (_folder, mut pixels) = folder();
        let mask = Arc::new(Mask::from_fn(EXTENT, |x, y| (x + y) as u8));
        let (name, other) = (pixels.put_mask(&mask).unwrap(), pixels.put_mask(&Arc::new(Mask::empty(EXTENT))).unwrap());
        let whole = fs::read(pixels.path(&name)).unwrap();
        fs::write(pixels.path(&name), &whole[..whole.len() / 2]).unwrap();
        let mut again = PixelFolder::open(pixels.folder.clone());
        assert_eq!(again.mask(&name, EXTENT), None);
        fs::copy(pixels.path(&other), pixels.path(&name)).unwrap();
        assert_eq!(again.mask(&name, EXTENT), None, "the content is not what the name says");
        assert_eq!(again.mask("../../etc/passwd", EXTENT), None);
        again.put_mask(&mask).unwrap();
        assert_eq!(PixelFolder::open(pixels.folder.clone()).mask(&name, EXTENT), Some(mask), "it is written anew");
    }

    #[test]
    fn an_empty_image_needs_no_file() {
        let (_folder, mut pixels) = folder();
        let nothing = Arc::new(Mask::empty(Extent::new(0, 0)));
        let name = pixels.put_mask(&nothing).unwrap();
        assert_eq!(pixels.mask(&name, Extent::new(0, 0)).as_deref(), Some(&*nothing));
        assert_eq!(pixels.written, Written::default());
    }
}
