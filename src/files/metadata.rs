//! The metadata that travels with a photograph, made fit for the edited pixels.

use image::metadata::Orientation;
use std::io::Cursor;
use tiff::decoder::Decoder;

/// What is kept of a file besides its pixels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// ICC profile of RGB data.
    pub icc: Option<Vec<u8>>,
    /// EXIF as a TIFF structure without the `Exif\0\0` prefix; its orientation is 1 because it was applied to the
    /// pixels, and it has no thumbnail.
    pub exif: Option<Vec<u8>>,
}

/// Why a profile was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProfileProblem {
    Damaged,
    /// It describes grey, CMYK or another space than the RGB the pixels are in now.
    NotRgb,
}

impl ProfileProblem {
    /// The sentence for the user.
    pub(super) const fn note(self) -> &'static str {
        match self {
            Self::Damaged => "The colour profile is damaged and was left out.",
            Self::NotRgb => "The photo was converted to RGB. Its colour profile, which is not for RGB, was left out.",
        }
    }
}

/// Checks that a profile is one for RGB pixels (ICC.1:2022, 7.2: space at byte 16, signature `acsp` at 36).
pub(super) fn check_profile(profile: Vec<u8>) -> Result<Vec<u8>, ProfileProblem> {
    match (profile.get(16..20), profile.get(36..40)) {
        (Some(b"RGB "), Some(b"acsp")) => Ok(profile),
        (Some(_), Some(b"acsp")) => Err(ProfileProblem::NotRgb),
        _ => Err(ProfileProblem::Damaged),
    }
}

/// Removes what no longer holds after opening, and returns the orientation that the pixels must be turned by.
pub(super) fn normalise_exif(mut exif: Vec<u8>) -> (Option<Vec<u8>>, Option<Orientation>) {
    // Some programs write JPEG's segment prefix into other formats' chunks as well.
    if exif.starts_with(b"Exif\0\0") {
        exif.drain(..6);
    }
    if !(exif.starts_with(b"II*\0") || exif.starts_with(b"MM\0*")) {
        return (None, None);
    }
    let orientation = Orientation::remove_from_exif_chunk(&mut exif);
    // A broken thumbnail directory is no reason to lose the rest.
    let _ = remove_thumbnail(&mut exif);
    (Some(exif), orientation)
}

/// Unlinks the second directory, the thumbnail's, and blanks the thumbnail's bytes (Exif 2.32, 4.5.4 and 4.6.4).
fn remove_thumbnail(exif: &mut Vec<u8>) -> Option<()> {
    const JPEG_START: u16 = 0x0201;
    const JPEG_LENGTH: u16 = 0x0202;
    let tiff = Tiff { little_endian: exif.starts_with(b"II") };
    let link = tiff.link_of_directory(exif, tiff.u32(exif, 4)? as usize)?;
    let directory = tiff.u32(exif, link)? as usize;
    if directory == 0 {
        return None;
    }
    exif.get_mut(link..link + 4)?.fill(0);
    let start = tiff.value(exif, directory, JPEG_START)? as usize;
    let end = start.checked_add(tiff.value(exif, directory, JPEG_LENGTH)? as usize)?;
    if start <= link {
        return None; // it would overlap the first directory: not a thumbnail, and not ours to blank
    }
    exif.get_mut(start..end)?.fill(0);
    if end == exif.len() && directory < start {
        exif.truncate(start);
    }
    Some(())
}

/// Reads numbers and directories of a TIFF structure; every offset is from the file and may point anywhere.
#[derive(Clone, Copy)]
struct Tiff {
    little_endian: bool,
}

impl Tiff {
    fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let array = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.little_endian { u16::from_le_bytes(array) } else { u16::from_be_bytes(array) })
    }

    fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let array = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.little_endian { u32::from_le_bytes(array) } else { u32::from_be_bytes(array) })
    }

    /// Position of the offset of the next directory in the directory at `at`.
    fn link_of_directory(self, bytes: &[u8], at: usize) -> Option<usize> {
        let entries = usize::from(self.u16(bytes, at)?);
        at.checked_add(2 + 12 * entries)
    }

    /// The 32-bit value of `tag` in the directory at `at`.
    fn value(self, bytes: &[u8], at: usize, tag: u16) -> Option<u32> {
        let end = self.link_of_directory(bytes, at)?;
        let mut entries = (at + 2..end).step_by(12);
        let entry = entries.find(|entry| self.u16(bytes, *entry) == Some(tag))?;
        self.u32(bytes, entry + 8)
    }
}

/// Whether a TIFF file holds more than one page.
pub(super) fn has_further_pages(tiff_file: &[u8]) -> bool {
    Decoder::new(Cursor::new(tiff_file)).is_ok_and(|decoder| decoder.more_images())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn profile(space: [u8; 4]) -> Vec<u8> {
        let mut bytes = vec![0; 132];
        bytes[16..20].copy_from_slice(&space);
        bytes[36..40].copy_from_slice(b"acsp");
        bytes
    }

    /// Big-endian EXIF with orientation 6 and a thumbnail of eight bytes at the end.
    fn exif_with_thumbnail() -> Vec<u8> {
        let mut exif = b"MM\0*\0\0\0\x08".to_vec();
        exif.extend([0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]); // at 8: one entry, orientation 6
        exif.extend([0, 0, 0, 26]); // at 22: the next directory is at 26
        exif.extend([0, 2]);
        exif.extend([0x02, 0x01, 0, 4, 0, 0, 0, 1, 0, 0, 0, 56]); // thumbnail at 56
        exif.extend([0x02, 0x02, 0, 4, 0, 0, 0, 1, 0, 0, 0, 8]); // of 8 bytes
        exif.extend([0, 0, 0, 0]);
        exif.extend(b"\xFF\xD8face\xFF\xD9");
        exif
    }

    #[test]
    fn only_rgb_profiles_are_kept() {
        assert_eq!(check_profile(profile(*b"RGB ")), Ok(profile(*b"RGB ")));
        assert_eq!(check_profile(profile(*b"GRAY")), Err(ProfileProblem::NotRgb));
        assert_eq!(check_profile(profile(*b"CMYK")), Err(ProfileProblem::NotRgb));
        assert_eq!(check_profile(b"not a profile".to_vec()), Err(ProfileProblem::Damaged));
    }

    #[test]
    fn orientation_is_reported_and_reset() {
        let (exif, orientation) = normalise_exif(exif_with_thumbnail());
        assert_eq!(orientation, Some(Orientation::Rotate90));
        assert_eq!(Orientation::from_exif_chunk(&exif.unwrap()), Some(Orientation::NoTransforms));
    }

    #[test]
    fn the_thumbnail_of_the_unedited_photograph_is_removed() {
        let (exif, _) = normalise_exif(exif_with_thumbnail());
        let exif = exif.unwrap();
        assert!(!exif.windows(4).any(|bytes| bytes == b"face"));
        assert_eq!(exif[22..26], [0; 4], "the second directory is unlinked");
    }

    #[test]
    fn the_jpeg_prefix_is_removed_and_other_bytes_are_no_exif() {
        let mut prefixed = b"Exif\0\0".to_vec();
        prefixed.extend(exif_with_thumbnail());
        assert_eq!(normalise_exif(prefixed), normalise_exif(exif_with_thumbnail()));
        assert_eq!(normalise_exif(b"hello".to_vec()), (None, None));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn broken_exif_never_panics(changes in prop::collection::vec((0_usize..64, any::<u8>()), 0..6), cut in 0_usize..65) {
            let mut exif = exif_with_thumbnail();
            for (at, byte) in changes {
                exif[at] = byte;
            }
            exif.truncate(cut);
            has_further_pages(&exif);
            normalise_exif(exif);
        }
    }
}
