//! A person's parts: hair, skin, clothes and their parts.
//!
//! The person's mask limits the search; the face gives the look of the skin and the scale. Graph cuts find where one
//! colour changes to the next.

use super::body_axes::Axes;
use super::boxes::Rect;
use super::contour::Contour;
use super::face_parts::{Part, ramp};
use super::faces::Face;
use super::patch::Patch;
use crate::locator::classic::frame::{Frame, Lab, distance};
use crate::locator::classic::grabcut::{Cutter, Known, Start};
use crate::locator::classic::regions::{drop_islands, fill_holes, pieces};
use crate::locator::classic::upsample::to_image;
use crate::{EngineError, JobCx};
use tie_core::mask::SELECTED;
use tie_core::{Bounds, Extent, Fit, Mask, Raster};

/// Parts of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum BodyPart {
    /// With hair and anything on it.
    Head,
    Hair,
    /// All bare skin.
    Skin,
    Neck,
    /// All that is worn from the neck down; a dress or a suit.
    Clothes,
    /// From the neck to the waist: a shirt, a jacket.
    Upper,
    /// From the waist down: trousers, a skirt.
    Lower,
    /// Shoes, or bare feet.
    Feet,
    Hands,
    /// A hat, a helmet, a scarf around the head.
    Headwear,
}

/// The longer side of the copy that is cut, in pixels.
const SIDE: u32 = 256;
/// Weight of edges.
const GAMMA: f32 = 12.0;
/// The waist, the lowest end of a shirt and the highest end of trousers: distances below the chin, in heights of the
/// oval.
const WAIST: f32 = 2.7;
const SHIRT: f32 = 1.5;
const TROUSERS: f32 = 3.8;
/// Above this there are surely no trousers.
const UPPER_END: f32 = 2.2;
/// Where the feet of a standing person are.
const FEET: f32 = 8.0;
/// The lowest that hands reach.
const HANDS: f32 = 4.8;
/// The height of a shoe, and of a boot.
const SHOE: f32 = 0.4;
const BOOT: f32 = 1.1;
/// How far skin elsewhere may differ from the middle of the face, in [`Lab`]'s chroma and lightness.
const SKIN_CHROMA: f32 = 0.12;
const SKIN_LIGHT: f32 = 0.4;
/// Hair is more textured than skin: above these multiples of the texture in the middle of the face a place may not be
/// skin, and surely is not.
const STRANDS: (f32, f32) = (1.1, 1.8);
/// Colours that differ less look alike.
const ALIKE: f32 = 0.1;

/// A person in a photo, prepared for finding parts.
#[derive(Debug)]
pub(crate) struct Body {
    image: Raster,
    /// The part's place in the photo.
    part: Bounds,
    /// The person's coverage there.
    person: Mask,
    frame: Seen,
    axes: Axes,
    /// Whether the photo continues below the person.
    is_whole: bool,
    /// How well the face is known, 0 to 1; one half without a face.
    sureness: f32,
}

/// The frame with what is known of each pixel.
struct Seen {
    frame: Frame,
    is_person: Vec<bool>,
    in_oval: Vec<bool>,
    /// Surely skin: the middle of the face.
    in_face: Vec<bool>,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} × {}", self.frame.width, self.frame.height)
    }
}

/// Pixels of the copy that are hair and skin.
struct Layers {
    hair: Vec<bool>,
    skin: Vec<bool>,
}

impl Body {
    /// A person's face, out of all faces: the one most inside the mask, and of several the largest. `person` is the
    /// coverage.
    pub(crate) fn face_of<'a>(person: &Patch, faces: &'a [Face]) -> Option<&'a Face> {
        let bounds = person.bounds();
        let share = |face: &&Face| {
            let seen = face.rect.grown(-0.2);
            let (mut inside, mut all) = (0, 0);
            for (x, y) in (0..64).map(|n| ((n % 8) as f32 / 7.0, (n / 8) as f32 / 7.0)) {
                let at = (seen.left + x * seen.width(), seen.top + y * seen.height());
                let (x, y) = (at.0 as i32, at.1 as i32);
                all += 1;
                inside += i32::from(
                    bounds.contains(x, y) && person.mask().at((x - bounds.x) as u32, (y - bounds.y) as u32) >= SELECTED,
                );
            }
            inside as f32 / all as f32
        };
        let fit = |face: &&Face| share(face) * face.rect.area() * face.score;
        faces.iter().filter(|face| share(face) > 0.5).max_by(|a, b| fit(a).total_cmp(&fit(b)))
    }

    /// A person by the coverage of the mask, with the face if it is known. None if the mask is empty.
    pub(crate) fn new(image: &Raster, person: &Patch, face: Option<&Face>) -> Option<Self> {
        let whole = person.mask_bounds();
        if whole.intersect(image.bounds()).is_empty() {
            return None;
        }
        let part = whole.grow((whole.width.max(whole.height) / 20).max(4)).clamp(image.extent());
        let crop = image.crop(part);
        let frame = Frame::new(&crop, crop.bounds(), SIDE)?;
        let coverage = person.within(part);
        let small = coverage.fitted(Extent::new(frame.width as u32, frame.height as u32), Fit::Scale);
        let is_person = small.coverage().iter().map(|&c| c >= SELECTED).collect();
        let oval = face.map(Face::oval).unwrap_or_default();
        let (across, down) = frame.scale();
        let inside = |contour: &Contour| -> Vec<bool> {
            let (width, points) = (frame.width, !contour.points().is_empty());
            (0..frame.len())
                .map(|i| {
                    let (x, y) = ((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
                    points && contour.contains((part.x as f32 + x / across, part.y as f32 + y / down))
                })
                .collect()
        };
        let axes = Axes::new(Rect::from(whole), face);
        let mut in_face = inside(&oval.scaled(0.75, 0.8));
        let width = frame.width;
        for (i, inside) in in_face.iter_mut().enumerate() {
            let at = ((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
            let at = (part.x as f32 + at.0 / across, part.y as f32 + at.1 / down);
            // A fringe may hang over the forehead, a beard cover the chin.
            *inside &= (0.12..0.72).contains(&axes.head(at).1);
        }
        let in_oval = inside(&oval);
        Some(Self {
            part,
            person: coverage,
            is_whole: whole.bottom() + 2 < image.extent().height as i32,
            sureness: face.map_or(0.5, Face::clearness),
            frame: Seen { frame, is_person, in_oval, in_face },
            axes,
            image: crop,
        })
    }

    /// A part of the person; `None` if it is not seen or cannot be told from the rest.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`].
    pub(crate) fn part(&self, part: BodyPart, cx: &JobCx<'_>) -> Result<Option<Part>, EngineError> {
        let found = match part {
            BodyPart::Head => self.head(cx)?,
            BodyPart::Hair => self.hair_alone(cx)?,
            BodyPart::Headwear => self.headwear(cx)?,
            _ => self.of_body(part, cx)?,
        };
        let Some((mut object, confidence)) = found else { return Ok(None) };
        let (width, height) = (self.frame.frame.width, self.frame.frame.height);
        drop_islands(&mut object, width, height, 0.04, &[]);
        fill_holes(&mut object, width, height, 0.01);
        // A few pixels are noise.
        if (object.iter().filter(|&&o| o).count() as f32) < self.in_pixels(0.004).max(4.0) {
            return Ok(None);
        }
        let mut mask = to_image(&self.frame.frame, &object, &self.image, cx)?;
        mask.intersect(&self.person);
        let patch = Patch::new(self.part, mask);
        let confidence = (confidence * self.sureness).clamp(0.0, 1.0);
        Ok((patch.area() > 0).then_some(Part { patch, confidence }))
    }

    /// A length in heights of the face, in pixels of the copy.
    fn in_pixels(&self, squares: f32) -> f32 {
        let (across, down) = self.frame.frame.scale();
        squares * self.axes.unit * self.axes.unit * across * down
    }

    /// A pixel's place in the photograph.
    fn place(&self, i: usize) -> (f32, f32) {
        let (across, down) = self.frame.frame.scale();
        let (x, y) = ((i % self.frame.frame.width) as f32 + 0.5, (i / self.frame.frame.width) as f32 + 0.5);
        (self.part.x as f32 + x / across, self.part.y as f32 + y / down)
    }

    /// The person's pixels that satisfy a condition on the pixel and its place.
    fn chosen(&self, of: impl Fn(usize, (f32, f32)) -> bool) -> Vec<bool> {
        (0..self.frame.frame.len()).map(|i| self.frame.is_person[i] && of(i, self.place(i))).collect()
    }

    /// Splits the person's pixels by colour: `known` and `prior` (log odds) for each; the cut starts with what the
    /// prior favours as the object.
    fn cut(&self, of: impl Fn(usize, (f32, f32)) -> (Known, f32), cx: &JobCx<'_>) -> Result<Vec<bool>, EngineError> {
        let is_person = &self.frame.is_person;
        let guess = (0..self.frame.frame.len())
            .map(|i| match of(i, self.place(i)) {
                (Known::Open, prior) => is_person[i] && prior > 0.0,
                (known, _) => is_person[i] && known == Known::Object,
            })
            .collect();
        self.cut_from(of, guess, |i| is_person[i], cx)
    }

    /// Like the cut above, but with the object's colours learnt from `guess` at first, and the background's from the
    /// pixels that are `near`.
    fn cut_from(
        &self,
        of: impl Fn(usize, (f32, f32)) -> (Known, f32),
        guess: Vec<bool>,
        near: impl Fn(usize) -> bool,
        cx: &JobCx<'_>,
    ) -> Result<Vec<bool>, EngineError> {
        if !guess.contains(&true) {
            return Ok(guess);
        }
        let (known, prior): (Vec<Known>, Vec<f32>) = (0..self.frame.frame.len())
            .map(|i| if self.frame.is_person[i] { of(i, self.place(i)) } else { (Known::Ground, 0.0) })
            .unzip();
        let start = Start { known: &known, guess, prior: &prior, gamma: GAMMA, rounds: 3 };
        Cutter::new(&self.frame.frame).cut_against(start, near, cx)
    }

    /// Hair is above and beside the oval, and long hair below it.
    fn hair(&self, cx: &JobCx<'_>) -> Result<Vec<bool>, EngineError> {
        let likeness = self.skin_likeness();
        let texture = self.frame.frame.texture();
        let mut of_skin: Vec<f32> = texture
            .iter()
            .zip(&self.frame.in_face)
            .filter(|(_, inside)| **inside)
            .map(|(texture, _)| *texture)
            .collect();
        of_skin.sort_by(f32::total_cmp);
        let usual = of_skin.get(of_skin.len() / 2).copied().unwrap_or_default().max(0.02);
        let seen = !of_skin.is_empty();
        let mut hair = self.cut(
            |i, at| {
                let (beside, above) = self.axes.head(at);
                let beside = beside.abs();
                // A high forehead, ears and neck; further up only hair is left.
                let smooth = 1.0 - ramp(texture[i] / usual, STRANDS.0, STRANDS.1);
                let like = ramp(likeness(self.frame.frame.lab[i]), 0.3, 0.8);
                let skin = if seen { -4.0 * like * smooth * (1.0 - ramp(above, 1.2, 1.45)) } else { 0.0 };
                if self.frame.in_face[i] || above < -2.2 || beside > 1.7 || above > 2.4 {
                    (Known::Ground, 0.0)
                } else {
                    let by_place = match above {
                        _ if self.frame.in_oval[i] => {
                            if above > 0.8 {
                                -0.5
                            } else {
                                -2.0
                            }
                        }
                        _ if above > 1.1 && beside < 0.3 => 3.0,
                        _ if above > 0.85 => 2.0,
                        _ if above > 0.0 => 1.0,
                        _ => 1.5 * above - 1.0,
                    };
                    (Known::Open, by_place + skin)
                }
            },
            cx,
        )?;
        let (width, height) = (self.frame.frame.width, self.frame.frame.height);
        drop_islands(&mut hair, width, height, 0.08, &[]);
        Ok(hair)
    }

    fn hair_alone(&self, cx: &JobCx<'_>) -> Result<Option<(Vec<bool>, f32)>, EngineError> {
        let hair = self.hair(cx)?;
        let area = hair.iter().filter(|&&h| h).count() as f32 / self.in_pixels(1.0);
        // Hair like the skin is a bald head or a bad light.
        let apart = self.difference(&hair, &self.frame.in_face);
        let confidence = if self.axes.by_face { 0.85 } else { 0.5 };
        Ok(Some((hair, confidence * ramp(area, 0.03, 0.15) * (0.4 + 0.6 * ramp(apart, 0.5 * ALIKE, 2.0 * ALIKE)))))
    }

    /// The distance between the mean colours of two sets of pixels; large if either is empty.
    fn difference(&self, one: &[bool], other: &[bool]) -> f32 {
        self.mean(one).zip(self.mean(other)).map_or(1.0, |(one, other)| distance(one, other))
    }

    fn mean(&self, of: &[bool]) -> Option<Lab> {
        let (mut sum, mut count) = ([0.0_f32; 3], 0.0_f32);
        for (lab, _) in self.frame.frame.lab.iter().zip(of).filter(|(_, of)| **of) {
            (0..3).for_each(|n| sum[n] += lab[n]);
            count += 1.0;
        }
        (count > 0.0).then(|| sum.map(|sum| sum / count))
    }

    /// How much a colour is like the face's skin, from −2, surely not, to 1.
    fn skin_likeness(&self) -> impl Fn(Lab) -> f32 + use<> {
        let face = self.mean(&self.frame.in_face);
        move |lab| match face {
            // White and grey are not lighter or darker skin.
            Some(face) if lab[1].hypot(lab[2]) < 0.5 * face[1].hypot(face[2]) => -2.0,
            Some(face) => {
                let chroma = (lab[1] - face[1]).hypot(lab[2] - face[2]) / SKIN_CHROMA;
                let light = (lab[0] - face[0]) / SKIN_LIGHT;
                (1.0 - chroma * chroma - light * light).max(-2.0)
            }
            None if is_like_skin(lab) => 0.5,
            None => -2.0,
        }
    }

    /// Skin looks like the middle of the face.
    fn layers(&self, cx: &JobCx<'_>) -> Result<Layers, EngineError> {
        let hair = self.hair(cx)?;
        let frame = &self.frame.frame;
        let likeness = self.skin_likeness();
        let skin = self.cut(
            |i, at| {
                let (beside, above) = self.axes.head(at);
                if self.frame.in_face[i] {
                    (Known::Object, 0.0)
                } else if hair[i] {
                    (Known::Ground, 0.0)
                } else if self.frame.in_oval[i] {
                    (Known::Open, 3.0)
                } else {
                    let neck = (-0.5..0.2).contains(&above) && beside.abs() < 0.45;
                    (Known::Open, 1.5 * likeness(frame.lab[i]) + if neck { 0.7 } else { -0.3 })
                }
            },
            cx,
        )?;
        Ok(Layers { hair, skin })
    }

    /// The parts below the head, and skin.
    fn of_body(&self, part: BodyPart, cx: &JobCx<'_>) -> Result<Option<(Vec<bool>, f32)>, EngineError> {
        let layers = self.layers(cx)?;
        let sure = if self.axes.by_face { 0.85 } else { 0.6 };
        let area = |of: &[bool]| of.iter().filter(|&&o| o).count() as f32 / self.in_pixels(1.0);
        let clothes = || self.clothes(&layers);
        Ok(match part {
            BodyPart::Skin if self.axes.by_face => Some((layers.skin.clone(), 0.8 * sure)),
            BodyPart::Neck if self.axes.by_face => {
                let neck = self.chosen(|i, at| {
                    let (beside, above) = self.axes.head(at);
                    layers.skin[i] && !self.frame.in_oval[i] && (-0.6..0.3).contains(&above) && beside.abs() < 0.4
                });
                Some((neck, 0.6 * sure))
            }
            BodyPart::Hands if self.axes.by_face => Some((self.hands(&layers), 0.4 * sure)),
            BodyPart::Clothes => {
                let clothes = self.without_shoes(clothes());
                let apart = self.difference(&clothes, &self.frame.in_face);
                let confidence = sure * ramp(area(&clothes), 0.05, 0.4) * (0.5 + 0.5 * ramp(apart, 0.5 * ALIKE, ALIKE));
                Some((clothes, confidence))
            }
            BodyPart::Upper => {
                let clothes = clothes();
                let lower = self.lower(&clothes, cx)?;
                let upper: Vec<bool> = clothes
                    .iter()
                    .zip(lower.iter().flatten().copied().chain(std::iter::repeat(false)))
                    .map(|(&worn, lower)| worn && !lower)
                    .collect();
                let confidence = sure * ramp(area(&upper), 0.05, 0.4) * if lower.is_some() { 0.85 } else { 1.0 };
                Some((upper, confidence))
            }
            BodyPart::Lower => self.lower(&clothes(), cx)?.map(|lower| (lower, 0.75 * sure)),
            BodyPart::Feet => self.feet(cx)?.map(|feet| (feet, 0.6 * sure)),
            _ => None,
        })
    }

    /// Everything but head and skin.
    fn clothes(&self, layers: &Layers) -> Vec<bool> {
        let mut clothes = self.chosen(|i, at| {
            let (beside, above) = self.axes.head(at);
            let head =
                self.frame.in_oval[i] || above > -0.02 && beside.abs() < 1.0 || above > 0.3 && beside.abs() < 1.3;
            !(head || layers.hair[i] || layers.skin[i])
        });
        let (width, height) = (self.frame.frame.width, self.frame.frame.height);
        drop_islands(&mut clothes, width, height, 0.04, &[]);
        fill_holes(&mut clothes, width, height, 0.01);
        clothes
    }

    /// Pieces entirely at the feet do not belong to a dress or suit.
    fn without_shoes(&self, mut clothes: Vec<bool>) -> Vec<bool> {
        let (width, height) = (self.frame.frame.width, self.frame.frame.height);
        let lowest = self.lowest();
        if !self.is_whole || lowest < 0.6 * FEET {
            return clothes;
        }
        for piece in pieces(&clothes, width, height, true) {
            if piece.iter().all(|&i| lowest - self.axes.below(self.place(i)) < BOOT) {
                for i in piece {
                    clothes[i] = false;
                }
            }
        }
        clothes
    }

    /// How far the person continues below the chin.
    fn lowest(&self) -> f32 {
        (0..self.frame.frame.len())
            .filter(|&i| self.frame.is_person[i])
            .map(|i| self.axes.below(self.place(i)))
            .fold(0.0, f32::max)
    }

    /// The height of the waist as a share of an adult's: a child has a large head, and the feet of a standing person
    /// tell best.
    fn stature(&self, lowest: f32) -> f32 {
        let stands = self.is_whole && self.part.height > 2 * self.part.width;
        if stands { (lowest / FEET).clamp(0.6, 1.3) } else { 1.0 }
    }

    /// Clothes below the waist: where the colour changes near it, or at it. None if the person is not seen so far.
    fn lower(&self, clothes: &[bool], cx: &JobCx<'_>) -> Result<Option<Vec<bool>>, EngineError> {
        let stature = self.stature(self.lowest());
        let lowest = self.lowest() / stature;
        if lowest < WAIST + 0.3 {
            return Ok(None);
        }
        let below = |at: (f32, f32)| self.axes.below(at) / stature;
        // Colours are learnt from what is surely above and surely below; in between, colours decide.
        let from = TROUSERS.min(lowest - 0.4);
        let zone = |i: usize| clothes[i].then(|| below(self.place(i)));
        // Beside the trousers hang arms and the ends of a jacket.
        let in_middle = |i: usize| self.axes.aside(self.place(i)) < 0.7;
        let surely_lower: Vec<bool> =
            (0..clothes.len()).map(|i| zone(i).is_some_and(|below| below > from) && in_middle(i)).collect();
        let surely_upper: Vec<bool> =
            (0..clothes.len()).map(|i| zone(i).is_some_and(|below| below < UPPER_END)).collect();
        // A coat or a jacket that continues to the edge of the photo.
        if from < TROUSERS && self.difference(&surely_lower, &surely_upper) < ALIKE {
            return Ok(None);
        }
        let start = |i: usize, at: (f32, f32)| {
            let below = below(at);
            match below {
                _ if !clothes[i] || below < SHIRT => (Known::Ground, 0.0),
                _ if surely_lower[i] && below > TROUSERS => (Known::Object, 0.0),
                _ => (Known::Open, (below - WAIST).clamp(-2.0, 2.0)),
            }
        };
        let lower = self.cut_from(start, surely_lower.clone(), |i| surely_upper[i], cx)?;
        Ok(Some(lower))
    }

    /// The lowest part of someone who is seen whole.
    fn feet(&self, cx: &JobCx<'_>) -> Result<Option<Vec<bool>>, EngineError> {
        let lowest = self.lowest();
        if !self.is_whole || lowest < 0.7 * FEET {
            return Ok(None);
        }
        let feet = self.cut(
            |_, at| {
                let above = lowest - self.axes.below(at);
                match above {
                    _ if above > BOOT => (Known::Ground, 0.0),
                    _ if above < 0.1 => (Known::Object, 0.0),
                    _ => (Known::Open, (4.0 * (SHOE - above)).clamp(-2.0, 2.0)),
                }
            },
            cx,
        )?;
        Ok(Some(feet))
    }

    /// The ends of bare arms: skin away from the head, furthest from the shoulders.
    fn hands(&self, layers: &Layers) -> Vec<bool> {
        let (width, height) = (self.frame.frame.width, self.frame.frame.height);
        let away = |i: usize| {
            let at = self.place(i);
            (self.axes.below(at) - 0.5).hypot((self.axes.aside(at) - 0.6).max(0.0))
        };
        let arms = self.chosen(|i, at| {
            let (beside, above) = self.axes.head(at);
            layers.skin[i] && !self.frame.in_oval[i] && (above < -0.7 || beside.abs() > 0.9)
        });
        let mut hands = vec![false; arms.len()];
        for arm in pieces(&arms, width, height, true) {
            if (arm.len() as f32) < self.in_pixels(0.03) {
                continue;
            }
            let end = arm.iter().map(|&i| away(i)).fold(0.0, f32::max);
            for i in arm {
                // A hand is about as long as the face.
                hands[i] = away(i) > end - 0.9 && self.axes.below(self.place(i)) < HANDS;
            }
        }
        hands
    }

    /// Face, hair and anything worn on them.
    fn head(&self, cx: &JobCx<'_>) -> Result<Option<(Vec<bool>, f32)>, EngineError> {
        let hair = self.hair(cx)?;
        let head = self.chosen(|i, at| {
            let (beside, above) = self.axes.head(at);
            let near = beside.abs() < 1.0 && above > -0.02 && above < 2.4;
            self.frame.in_oval[i] || near || hair[i]
        });
        Ok(Some((head, if self.axes.by_face { 0.85 } else { 0.5 })))
    }

    /// What is above the face and differs in colour from the hair beside it.
    fn headwear(&self, cx: &JobCx<'_>) -> Result<Option<(Vec<bool>, f32)>, EngineError> {
        let worn = self.cut(
            |i, at| {
                let (beside, above) = self.axes.head(at);
                if self.frame.in_face[i] || above < 0.35 || beside.abs() > 1.6 {
                    (Known::Ground, 0.0)
                } else if above > 1.15 {
                    (Known::Open, 2.0)
                } else {
                    (Known::Open, (4.0 * (above - 0.85)).clamp(-2.0, 2.0))
                }
            },
            cx,
        )?;
        let beside = self.chosen(|i, at| {
            let (beside, above) = self.axes.head(at);
            !self.frame.in_oval[i] && (0.1..0.7).contains(&above) && beside.abs() < 0.9
        });
        let apart = self.difference(&worn, &beside);
        let confidence = if self.axes.by_face { 0.65 } else { 0.35 };
        Ok(Some((worn, confidence * (0.3 + 0.7 * ramp(apart, ALIKE, 2.5 * ALIKE)))))
    }
}

/// Whether a colour is one that skin has, from dark to light, in ordinary light.
fn is_like_skin([light, a, b]: Lab) -> bool {
    let (chroma, hue) = (0.5 * a.hypot(b), b.atan2(a).to_degrees());
    (0.3..0.93).contains(&light) && (0.03..0.15).contains(&chroma) && (18.0..80.0).contains(&hue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn someone_without_a_face_has_clothes_but_no_skin_and_is_less_sure() {
        // A white head, a red shirt and blue trousers on a green ground.
        let image = Raster::from_fn(Extent::new(80, 240), |x, y| match (x, y) {
            (30..50, 20..46) => [230, 200, 180, 255],
            (20..60, 46..110) => [180, 20, 20, 255],
            (22..58, 110..220) => [20, 30, 150, 255],
            _ => [40, 140, 60, 255],
        });
        let person = Mask::from_fn(image.extent(), |x, y| 255 * u8::from(image.pixel(x, y)[1] != 140));
        let body = Body::new(&image, &Patch::of(&person), None).unwrap();
        let part = |part| body.part(part, &JobCx::silent()).unwrap();
        assert_eq!(part(BodyPart::Skin), None);
        let lower = part(BodyPart::Lower).unwrap();
        let truth = Mask::rectangle(image.extent(), Bounds::new(22, 110, 36, 110));
        let iou = lower.patch.onto(image.extent()).iou(&truth);
        assert!(iou > 0.9 && lower.confidence < 0.5, "IoU {iou}, confidence {}", lower.confidence);
    }

    #[test]
    fn nobody_has_no_parts() {
        let image = Raster::filled(Extent::new(5, 5), [9; 4]);
        let nobody = Patch::of(&Mask::empty(image.extent()));
        assert!(Body::new(&image, &nobody, None).is_none());
        let one = Patch::of(&Mask::full(Extent::new(1, 1)));
        let pixel = Raster::filled(Extent::new(1, 1), [9; 4]);
        let body = Body::new(&pixel, &one, None).unwrap();
        for part in [BodyPart::Hair, BodyPart::Lower, BodyPart::Feet, BodyPart::Headwear, BodyPart::Hands] {
            assert!(body.part(part, &JobCx::silent()).is_ok());
        }
    }
}
