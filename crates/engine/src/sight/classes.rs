//! The detector's 80 classes, in its order: those of COCO (Lin et al. 2014).

/// Their names.
pub(crate) const CLASSES: [&str; 80] = [
    "person",
    "bicycle",
    "car",
    "motorcycle",
    "airplane",
    "bus",
    "train",
    "truck",
    "boat",
    "traffic light",
    "fire hydrant",
    "stop sign",
    "parking meter",
    "bench",
    "bird",
    "cat",
    "dog",
    "horse",
    "sheep",
    "cow",
    "elephant",
    "bear",
    "zebra",
    "giraffe",
    "backpack",
    "umbrella",
    "handbag",
    "tie",
    "suitcase",
    "frisbee",
    "skis",
    "snowboard",
    "sports ball",
    "kite",
    "baseball bat",
    "baseball glove",
    "skateboard",
    "surfboard",
    "tennis racket",
    "bottle",
    "wine glass",
    "cup",
    "fork",
    "knife",
    "spoon",
    "bowl",
    "banana",
    "apple",
    "sandwich",
    "orange",
    "broccoli",
    "carrot",
    "hot dog",
    "pizza",
    "donut",
    "cake",
    "chair",
    "couch",
    "potted plant",
    "bed",
    "dining table",
    "toilet",
    "tv",
    "laptop",
    "mouse",
    "remote",
    "keyboard",
    "cell phone",
    "microwave",
    "oven",
    "toaster",
    "sink",
    "refrigerator",
    "book",
    "clock",
    "vase",
    "scissors",
    "teddy bear",
    "hair drier",
    "toothbrush",
];

/// One of [`CLASSES`], by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Class(u8);

impl Class {
    pub(crate) const PERSON: Self = Self(0);
    /// The number of classes.
    pub(crate) const COUNT: usize = CLASSES.len();

    /// The class at a place in [`CLASSES`]; none beyond the last.
    pub(crate) fn at(index: usize) -> Option<Self> {
        (index < Self::COUNT).then_some(Self(index as u8))
    }

    /// The class of a name as in [`CLASSES`].
    pub(crate) fn named(name: &str) -> Option<Self> {
        CLASSES.iter().position(|known| *known == name).and_then(Self::at)
    }

    /// Whether it is a person or an animal.
    pub(crate) const fn is_living(self) -> bool {
        // From the bird to the giraffe.
        self.0 == 0 || (self.0 >= 14 && self.0 <= 23)
    }

    /// Whether it is long and thin, so that a detector may take its ends for separate things.
    pub(crate) fn is_long(self) -> bool {
        matches!(
            self.name(),
            "fork"
                | "knife"
                | "spoon"
                | "baseball bat"
                | "tennis racket"
                | "skis"
                | "snowboard"
                | "surfboard"
                | "toothbrush"
        )
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    pub(crate) const fn name(self) -> &'static str {
        CLASSES[self.0 as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_found_by_its_name() {
        for (index, name) in CLASSES.iter().enumerate() {
            assert_eq!(Class::named(name).map(Class::index), Some(index));
        }
        let living = |name| Class::named(name).is_some_and(Class::is_living);
        assert!(living("person") && living("bird") && living("giraffe") && !living("bench") && !living("backpack"));
        assert!(Class::named("unicorn").is_none() && Class::at(80).is_none());
    }
}
