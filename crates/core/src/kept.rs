//! What an instruction says must stay, as things that a locator can look for.

use super::{SubTask, wording};

/// Something that a step must not change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Index in [`SubTask::keep`]; one past its end for what the target itself excludes ("everyone but the man").
    pub index: usize,
    /// What to look for: "wheels" of "wheels black".
    pub phrase: String,
}

impl SubTask {
    /// The instruction's words for the thing that [`kept`](Self::kept) gives this index; empty if there is none.
    pub fn kept_words(&self, index: usize) -> &str {
        let exception = || self.exception().map(|(_, but)| but).filter(|_| index == self.keep.len());
        self.keep.get(index).map(String::as_str).or_else(exception).unwrap_or_default()
    }

    /// The things to keep that have a place in the photograph.
    ///
    /// "Everything else" and "her pose" have none. What the step itself changes is left out too, as the woman in "make the
    /// dress of the woman green, keep the woman as she is".
    pub fn kept(&self) -> Vec<Kept> {
        let says = [Some(self.sought().phrase), self.content(), self.place()];
        let own: Vec<String> = says.into_iter().flatten().flat_map(wording::names_of).collect();
        let mut kept: Vec<Kept> = Vec::new();
        for (index, text) in
            self.keep.iter().map(String::as_str).chain(self.exception().map(|(_, but)| but)).enumerate()
        {
            let phrase = wording::thing_that_stays(text);
            if phrase.is_empty() {
                continue;
            }
            let phrase = wording::named_in_full(&phrase, self.sought().phrase);
            let names = wording::names_of(&phrase);
            let is_own = !names.is_empty() && names.iter().all(|name| own.contains(name));
            // If the target is a thing, the step leaves its background alone anyway.
            let is_rest =
                wording::is_whole(&phrase) && !(wording::is_whole(self.sought().phrase) && wording::is_part(&phrase));
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
    use crate::EditOp;

    fn kept(target: &str, keep: &[&str]) -> Vec<String> {
        let keep = keep.iter().map(|&text| text.to_owned()).collect();
        let task = SubTask { keep, ..SubTask::new(1, EditOp::Recolor, target).becomes("green") };
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
            ("the colour of the face", "face"),
            ("her face's brightness", "face"),
            ("the \u{1f642}", "the \u{1f642}"),
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
    fn what_a_target_leaves_out_is_kept_as_well() {
        for (target, phrase, but) in [
            ("everything but the face", "", "face"),
            ("photo but not the cat", "", "cat"),
            ("everyone except for the woman in red", "everyone", "woman in red"),
            ("all balls but the blue one", "all balls", "blue ball"),
            ("buttons", "buttons", ""),
        ] {
            let task = SubTask::new(1, EditOp::Adjust, target);
            assert_eq!(task.sought().phrase, phrase);
            let but: Vec<&str> = [but].into_iter().filter(|but| !but.is_empty()).collect();
            let kept: Vec<String> = task.kept().into_iter().map(|kept| kept.phrase).collect();
            assert_eq!(kept, but, "{target}");
        }
        let task = SubTask { keep: vec!["sky".to_owned()], ..SubTask::new(1, EditOp::Adjust, "all but the cat") };
        assert_eq!([0, 1, 2].map(|index| task.kept_words(index)), ["sky", "the cat", ""]);
    }

    #[test]
    fn others_of_a_kind_are_named_as_such() {
        assert_eq!(kept("tall woman", &["the rest of the people"]), ["other people"]);
        assert_eq!(kept("left chair", &["remaining chairs"]), ["other chairs"]);
        assert_eq!(kept("left cup", &["the other one"]), ["other cup"]);
        assert_eq!(kept("other players", &["the one in red"]), ["player in red"]);
        assert!(kept("man", &["the others"]).is_empty(), "their place is not said");
    }

    #[test]
    fn the_background_is_looked_for_only_where_all_would_change() {
        assert!(kept("dress", &["background"]).is_empty());
        assert_eq!(kept("", &["the background"]), ["background"]);
        assert!(kept("", &["photo"]).is_empty());
    }
}
