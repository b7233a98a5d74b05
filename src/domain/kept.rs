//! What an instruction says must stay, as things that can be looked for.

use super::{SubTask, wording};

/// Something that a step must not change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its place in [`SubTask::keep`].
    pub index: usize,
    /// What to look for: "wheels" of "wheels black".
    pub phrase: String,
}

impl SubTask {
    /// The things to keep that have a place in the photograph. "Everything else" and "her pose" have none, and what the step
    /// itself changes is not kept from it: "make the dress of the woman green, keep the woman as she is".
    pub fn kept(&self) -> Vec<Kept> {
        let says = [Some(&self.target), self.content.as_ref(), self.location.as_ref()];
        let own: Vec<String> = says.into_iter().flatten().flat_map(|text| wording::names_of(text)).collect();
        let mut kept: Vec<Kept> = Vec::new();
        for (index, text) in self.keep.iter().enumerate() {
            let phrase = wording::without_state(text);
            let is_own = wording::names_of(&phrase).iter().all(|name| own.contains(name));
            // The background of a thing is all that this step leaves alone anyway.
            let is_rest = wording::is_whole(&phrase) && !(wording::is_whole(&self.target) && wording::is_part(&phrase));
            let is_known = kept.iter().any(|other| other.phrase == phrase);
            if !(is_own || is_rest || is_known || wording::is_quality(&phrase)) {
                kept.push(Kept { index, phrase });
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EditOp;

    fn kept(target: &str, keep: &[&str]) -> Vec<String> {
        let keep = keep.iter().map(|&text| text.to_owned()).collect();
        let task = SubTask { keep, content: Some("green".to_owned()), ..SubTask::new(1, EditOp::Recolor, target) };
        task.kept().into_iter().map(|kept| kept.phrase).collect()
    }

    #[test]
    fn things_are_looked_for_and_qualities_and_the_rest_are_not() {
        for (said, sought) in [
            ("person", "person"),
            ("the person sharp", "person"),
            ("woman in red", "woman in red"),
            ("wheels black", "wheels"),
            ("black wheels", "black wheels"),
            ("the trees alone", "trees"),
            ("her dog unchanged as it is", "dog"),
            ("white", "white"),
        ] {
            assert_eq!(kept("car", &[said]), [sought], "{said}");
        }
        for said in
            ["everything else", "the rest", "others", "her identity", "lighting natural", "pose", "", " ", "same"]
        {
            assert!(kept("car", &[said]).is_empty(), "{said}");
        }
        assert_eq!(kept("car", &["tree", "the tree", "dog"]), ["tree", "dog"]);
    }

    #[test]
    fn what_the_step_changes_is_not_kept_from_it_but_the_exception_of_many_is() {
        assert!(kept("dress", &["dress", "green dress"]).is_empty());
        assert!(kept("woman's dress", &["woman"]).is_empty());
        assert_eq!(kept("dogs", &["brown dog"]), ["brown dog"]);
        assert_eq!(kept("cars", &["car on the left"]), ["car on the left"]);
    }

    #[test]
    fn the_background_is_looked_for_only_where_all_would_change() {
        assert!(kept("dress", &["background"]).is_empty());
        assert_eq!(kept("", &["the background"]), ["background"]);
        assert!(kept("", &["photo"]).is_empty());
    }
}
