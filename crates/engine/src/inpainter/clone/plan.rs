//! Turns the words of a sub-task into a place to move a thing to, or into places for its copies.

use tie_core::{Bounds, Count, Edit, Extent, Mask, Offset, Placement, Said, SubTask};

/// The thing to move or copy, as far as its placement depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thing {
    /// The bounding box of its mask, in image pixels.
    pub bounds: Bounds,
    /// How many separate regions its mask has, without specks.
    pub regions: usize,
    /// Size of the image that it has to stay in.
    pub image: Extent,
}

impl Thing {
    /// Measures a mask of the image's size; regions with less than 1/8 of the largest one's pixels count as specks.
    pub fn of(mask: &Mask) -> Self {
        let bounds = mask.bounds();
        let regions = mask.crop(bounds).regions().regions;
        let largest = regions.iter().map(|region| region.area).max().unwrap_or(0);
        let regions = regions.iter().filter(|region| region.area * SPECK >= largest).count();
        Self { bounds, regions, image: mask.extent() }
    }
}

/// A region this many times smaller than the largest one is a speck.
const SPECK: usize = 8;

/// A placement that was read from words.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// Where the thing or its copies go, inside the image.
    pub placement: Placement,
    /// Whether the words ask for a place that reaches outside the image, so that it was moved back in.
    pub shortened: bool,
}

/// Most copies in one step; beyond that nobody means this.
const MOST_COPIES: u32 = 12;

/// Reads from the task's words where to move the thing, or where to put how many copies.
///
/// # Errors
/// One sentence for the person: what isn't understood or why there is no room, and what to do.
pub fn placement_for(task: &SubTask, thing: Thing) -> Result<Placed, String> {
    if thing.bounds.is_empty() {
        return Err("The mask is empty, so there is nothing to move or copy; paint over the thing first.".to_owned());
    }
    let copies = copies(task, thing)?;
    let to = task.edit.to();
    if copies > 0 && to.is_none_or(|to| to.words().is_empty()) {
        return beside(thing, copies);
    }
    let Some(way) = to.and_then(Said::meaning) else {
        return Err(not_understood(to.map_or("", Said::words)));
    };
    let wanted = way.offset(thing.bounds, thing.image);
    let mut placement = Placement { offsets: Vec::new(), scale: 1.0, keeps_original: copies > 0 };
    let mut shortened = false;
    for number in 1..=copies.max(1) as i32 {
        let at = Offset::new(wanted.x.saturating_mul(number), wanted.y.saturating_mul(number));
        let inside = placement.inside(thing.bounds, at, thing.image);
        shortened |= inside != at;
        placement.offsets.push(inside);
    }
    placement.offsets.dedup();
    if placement.offsets.iter().all(|offset| *offset == Offset::default()) {
        return Err("It is there already: nothing moves. Say another place, or drag its outline.".to_owned());
    }
    Ok(Placed { placement, shortened })
}

fn not_understood(words: &str) -> String {
    let what = if words.trim().is_empty() {
        "The instruction doesn't say where to move it".to_owned()
    } else {
        format!("Tie Studio can't tell where \"{}\" is", words.trim())
    };
    format!("{what}: drag the outline there, or say left, right, up, down, the middle, an edge or a number of pixels.")
}

/// How many copies the task makes; 0 if it moves the thing.
fn copies(task: &SubTask, thing: Thing) -> Result<u32, String> {
    let wanted = match &task.edit {
        Edit::Copy { count, .. } => return few(*count),
        Edit::Count(count) => match count.meaning() {
            Some(Count::More(number)) => return few(*number),
            Some(Count::Total(number)) => *number,
            None => {
                let words = count.words();
                return Err(format!(
                    "\"{words}\" is not a number that can be counted: say how many, for example three."
                ));
            }
        },
        _ => return Ok(0),
    };
    let there = u32::try_from(thing.regions.max(1)).unwrap_or(u32::MAX);
    if there > 1 {
        return Err(format!(
            "The mask has {there} separate regions, and it isn't clear which one to copy: leave only that one in the mask."
        ));
    }
    match wanted {
        0 | 1 => Err("Fewer of them means to remove some: ask to remove those.".to_owned()),
        _ => few(wanted - 1),
    }
}

fn few(copies: u32) -> Result<u32, String> {
    let most = format!("{copies} copies are too many for one step: ask for at most {MOST_COPIES}.");
    if copies > MOST_COPIES { Err(most) } else { Ok(copies) }
}

/// Places beside the thing, nearest first, on the same ground, apart from it and from each other.
fn beside(thing: Thing, copies: u32) -> Result<Placed, String> {
    let Thing { bounds, image, .. } = thing;
    let gap = (bounds.width / 8).max(4) as i32;
    let step = bounds.width as i32 + gap;
    let fits = |x: i32| bounds.x + x >= 0 && bounds.right() + x <= image.width as i32;
    let rings = 1..=(image.width as i32 / step.max(1) + 1);
    // The side with more room first: there the copy is likelier to stand on what the thing stands on.
    let first = if image.width as i32 - bounds.right() >= bounds.x { 1 } else { -1 };
    let places = rings.flat_map(|ring| [first * ring * step, -first * ring * step]).filter(|x| fits(*x));
    let offsets: Vec<Offset> = places.take(copies as usize).map(|x| Offset::new(x, 0)).collect();
    if offsets.len() < copies as usize {
        let room = offsets.len();
        return Err(format!(
            "Beside the thing there is room for {room} of {copies} copies: drag its outline to a place and set a smaller scale, or ask for fewer."
        ));
    }
    Ok(Placed { placement: Placement { offsets, scale: 1.0, keeps_original: true }, shortened: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::EditOp;

    const THING: Thing = Thing { bounds: Bounds::new(20, 50, 40, 30), regions: 1, image: Extent::new(300, 200) };

    fn task(op: EditOp, location: &str, content: &str) -> SubTask {
        SubTask::new(1, op, "cup").at(location).becomes(content)
    }

    fn offsets(task: &SubTask, thing: Thing) -> Vec<(i32, i32)> {
        let placed = placement_for(task, thing).unwrap();
        placed.placement.offsets.iter().map(|offset| (offset.x, offset.y)).collect()
    }

    #[test]
    fn a_move_takes_the_thing_away_and_stays_in_the_image() {
        let placed = placement_for(&task(EditOp::Move, "to the left", ""), THING).unwrap();
        assert_eq!(placed.placement, Placement::moved(Offset::new(-20, 0)));
        assert!(placed.shortened, "a step of 50 does not fit into 20");
        let right = placement_for(&task(EditOp::Move, "", "to the right"), THING).unwrap();
        assert_eq!((right.placement.offsets[0], right.shortened), (Offset::new(50, 0), false));
    }

    #[test]
    fn the_missing_copies_stand_beside_the_thing_and_each_other_on_its_ground() {
        let three = task(EditOp::Count, "", "three");
        assert_eq!(offsets(&three, THING), [(45, 0), (90, 0)]);
        let middle = Thing { bounds: Bounds::new(120, 50, 40, 30), ..THING };
        assert_eq!(offsets(&three, middle), [(45, 0), (-45, 0)]);
        let more = SubTask::new(1, EditOp::Add, "").becomes("another cup");
        assert_eq!(offsets(&more, middle), [(45, 0)]);
        assert!(placement_for(&three, THING).unwrap().placement.keeps_original);
    }

    #[test]
    fn what_cannot_be_placed_is_said_in_one_sentence() {
        let sentence = |task: &SubTask, thing| placement_for(task, thing).unwrap_err();
        let sofa = sentence(&task(EditOp::Move, "to the right of the sofa", ""), THING);
        assert!(
            sofa.starts_with("Tie Studio can't tell where \"to the right of the sofa\" is: drag the outline"),
            "{sofa}"
        );
        assert!(
            sentence(&task(EditOp::Move, "", ""), THING).starts_with("The instruction doesn't say where to move it")
        );
        assert!(sentence(&task(EditOp::Count, "", "fewer"), THING).contains("say how many"));
        assert!(sentence(&task(EditOp::Count, "", "one"), THING).contains("remove"));
        let wide = Thing { bounds: Bounds::new(60, 50, 200, 30), ..THING };
        assert!(sentence(&task(EditOp::Count, "", "two"), wide).contains("room for 0 of 1"));
        let pair = Thing { regions: 2, ..THING };
        assert!(sentence(&task(EditOp::Count, "", "3"), pair).contains("2 separate regions"));
        let edge = Thing { bounds: Bounds::new(0, 50, 40, 30), ..THING };
        assert!(sentence(&task(EditOp::Move, "to the left", ""), edge).starts_with("It is there already"));
    }
}
