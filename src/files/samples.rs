//! The photographs that come with the program, each with an instruction that works on it as it is.

use super::{FileError, Photo, decode_photo};

/// A photograph to try the program on.
pub struct Sample {
    /// Its file name.
    pub name: &'static str,
    /// What to ask for.
    pub instruction: &'static str,
    bytes: &'static [u8],
}

impl Sample {
    /// Decodes it.
    ///
    /// # Errors
    /// If the bundled file is broken, which a test rules out.
    pub fn open(&self) -> Result<Photo, FileError> {
        decode_photo(self.bytes.to_vec(), self.name)
    }
}

/// All of them, in the order of the first page.
pub static SAMPLES: [Sample; 3] = [
    Sample {
        name: "coffee.png",
        instruction: "remove the spoon and turn the cup blue",
        bytes: include_bytes!("../../assets/samples/coffee.png"),
    },
    Sample {
        name: "astronaut.png",
        instruction: "make the suit blue and darken her hair",
        bytes: include_bytes!("../../assets/samples/astronaut.png"),
    },
    Sample {
        name: "rocket.jpg",
        instruction: "make the sky purple and the photo slightly brighter",
        bytes: include_bytes!("../../assets/samples/rocket.jpg"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_opens_and_its_instruction_is_one_of_the_stories() {
        let stories = include_str!("../../assets/samples/stories.tsv");
        for sample in &SAMPLES {
            assert!(!sample.open().unwrap().raster.extent().is_empty());
            let story = format!("{}\t{}", sample.name, sample.instruction);
            assert!(stories.lines().any(|line| line == story), "{story}");
        }
    }
}
