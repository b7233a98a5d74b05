//! The networks that ship with the program, each loaded at first use.

use crate::EngineError;
use std::sync::{Arc, Mutex, PoisonError};
use tie_nets::graph::Graph;
use tie_nets::outline::Outline;

/// One of the networks in `assets/networks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Eye {
    /// Boxes of 80 kinds of things.
    Things,
    /// A person's mask.
    Person,
    Faces,
    /// 468 points of a face.
    FacePoints,
    /// Where text is.
    Text,
    /// What a line of text says.
    Letters,
}

const EYES: usize = 6;

impl Eye {
    /// The network's file.
    const fn file(self) -> &'static [u8] {
        match self {
            Self::Things => include_bytes!("../../../../assets/networks/nanodet.safetensors"),
            Self::Person => include_bytes!("../../../../assets/networks/selfie.safetensors"),
            Self::Faces => include_bytes!("../../../../assets/networks/blazeface.safetensors"),
            Self::FacePoints => include_bytes!("../../../../assets/networks/facemesh.safetensors"),
            Self::Text => include_bytes!("../../../../assets/networks/text-detector.safetensors"),
            Self::Letters => include_bytes!("../../../../assets/networks/text-reader.safetensors"),
        }
    }

    /// The network, read from its file the first time.
    ///
    /// # Errors
    /// [`EngineError::Failed`] if the file that the program was built with is damaged.
    pub(super) fn network(self) -> Result<Arc<Graph>, EngineError> {
        static READ: Mutex<[Option<Arc<Graph>>; EYES]> = Mutex::new([const { None }; EYES]);
        let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        let place = &mut read[self as usize];
        if let Some(network) = place {
            return Ok(Arc::clone(network));
        }
        let network = Arc::new(Graph::read(self.file())?);
        *place = Some(Arc::clone(&network));
        Ok(network)
    }
}

/// The network that decides which places belong to the thing in a box, loaded at first use.
///
/// # Errors
/// See [`Eye::network`].
pub(super) fn outline_network() -> Result<Arc<Outline>, EngineError> {
    static READ: Mutex<Option<Arc<Outline>>> = Mutex::new(None);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(network) = &*read {
        return Ok(Arc::clone(network));
    }
    let network = Arc::new(Outline::read(OUTLINE)?);
    *read = Some(Arc::clone(&network));
    Ok(network)
}

const OUTLINE: &[u8] = include_bytes!("../../../../assets/networks/outline.safetensors");

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};
    use std::fmt::Write as _;

    /// The sums that `assets/networks/make.py` prints.
    const SUMS: [(Eye, &str); EYES] = [
        (Eye::Things, "0a4e10a2e69117fa1a83db5ded635178c191ef151e42ca19e25bdfc811f8fbc1"),
        (Eye::Person, "42d7ae888258a9a966f6dd3b98ced957c21c02fe7f2b9c4b15e6366de682d79f"),
        (Eye::Faces, "d09d76f3c296e4a87571065d5a0a2091d2734c99374934c18297d6e242f2d78b"),
        (Eye::FacePoints, "03bfb50a79c6277567ea6c7fced8e7c55969c7c8b4f06360e1f221d336ad609b"),
        (Eye::Text, "ab3ac7ed0ffaf4d2cd9bbfd474f9fb4de5cc2f6c9b0a6fe0d4bfb3f1b204505e"),
        (Eye::Letters, "822f506d675868cad54a066241e9c228164ead44514a2ab542a57a570cda625b"),
    ];

    const OUTLINE_SUM: &str = "5c37503312d6a495fc1251bf09a8370947a7abd2b6a71979b69ad6489aa0bfb9";

    #[test]
    fn the_networks_are_whole_and_can_be_read() {
        assert_eq!(sum_of(OUTLINE), OUTLINE_SUM);
        assert!(outline_network().is_ok());
        for (eye, sum) in SUMS {
            assert_eq!(sum_of(eye.file()), sum, "{eye:?}");
            assert!(eye.network().is_ok(), "{eye:?}");
        }
    }

    fn sum_of(file: &[u8]) -> String {
        Sha256::digest(file).iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    }
}
