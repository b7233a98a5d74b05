//! Photographs and masks on disk: decoding, encoding, metadata and atomic saves.
//!
//! | format | opens | saves | ICC | EXIF | notes |
//! |---|---|---|---|---|---|
//! | PNG | yes | yes | kept | kept | lossless; APNG: first frame |
//! | JPEG | yes | yes | kept | kept | saved at quality 95 without chroma subsampling, transparency laid on white |
//! | WebP | yes | yes | kept | kept | saved lossless; animations: first frame |
//! | TIFF | yes | no | kept | lost: the decoder does not give it | first page |
//! | GIF, BMP | yes | no | kept where there is one | has none | GIF: first frame |
//!
//! Two kinds of metadata are deliberately dropped by an edit: a profile that does not describe RGB (pixels are RGB as
//! soon as they are opened), and the EXIF thumbnail, which would still show the photo before the edit. XMP and IPTC are
//! lost, because the encoders cannot write them.

mod atomic;
mod decode;
mod encode;
mod error;
mod journal;
mod journal_pixels;
mod leftovers;
mod mask_file;
mod metadata;
mod samples;
mod settings;

pub use atomic::write_atomic;
pub use decode::{MAX_PIXELS, Photo, decode_photo, open_photo};
pub use encode::{SaveFormat, edited_name, save_photo};
pub use error::FileError;
pub use journal::{JOURNAL_VERSION, Journal, JournalError, Restored, journals_path};
pub use journal_pixels::Written;
pub use leftovers::{discard_leftover, leftovers};
pub use mask_file::{MaskFile, MaskSource, mask_from_image, open_mask, open_mask_of_size, save_mask};
pub use metadata::Metadata;
pub use samples::{SAMPLES, Sample};
pub use settings::{load_settings, save_settings, settings_path};
