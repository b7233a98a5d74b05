//! What small trained networks see in a photo: things, people, faces and text.
//!
//! The networks ship with the program ([`networks`]), so finding things by name needs no download. A [`Sight`] is
//! computed once per photo, piece by piece on demand, and shared by all callers ([`Sights`]).

mod body;
mod body_axes;
mod boxes;
mod classes;
mod contour;
mod face_mesh;
mod face_parts;
mod faces;
mod guided;
mod letters;
mod networks;
pub(crate) mod nouns;
mod outline;
mod patch;
mod persons;
mod pixels;
mod quad;
mod reader;
mod text;
mod things;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use body::{Body, BodyPart};
pub(crate) use boxes::Rect;
pub(crate) use classes::Class;
pub(crate) use face_parts::{FacePart, Part, Side, face_part};
pub(crate) use faces::{Face, faces};
pub(crate) use letters::{letters_mask, line_mask};
pub(crate) use outline::Odds;
pub(crate) use patch::Patch;
pub(crate) use persons::Figure;
pub(crate) use quad::Corners;
pub(crate) use text::{TextLine, can_read, reads, text_in};
pub(crate) use things::{Thing, things_in};
pub(crate) use words::find_text;

use super::by_image::ByImage;
use super::{EngineError, JobCx};
use std::sync::{Arc, Mutex, PoisonError};
use tie_core::{Extent, Raster, Resampling};

/// Longer side of the copy in which the whole photo is searched, in pixels.
const SIDE: u32 = 1024;
/// Photographs that are remembered.
const PHOTOGRAPHS: usize = 3;
/// People that the detector is surer of than this may stand in the way of others.
const PRESENT: f32 = 0.25;

/// What the networks have seen in the last few photos, shared between locators.
#[derive(Default)]
pub struct Sights(Mutex<ByImage<Arc<Sight>, PHOTOGRAPHS>>);

impl Sights {
    /// The view of a photograph, the same as long as the photograph is.
    pub(crate) fn of(&self, image: &Arc<Raster>) -> Arc<Sight> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let made = known.get_or_make(image, || Ok::<_, std::convert::Infallible>(Arc::default()));
        match made {
            Ok(sight) => Arc::clone(sight),
        }
    }

    /// Forgets all photographs.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Computed at the first request; others wait meanwhile.
struct Once<T>(Mutex<Option<Arc<T>>>);

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Once<T> {
    fn get(&self, make: impl FnOnce() -> Result<T, EngineError>) -> Result<Arc<T>, EngineError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = &*kept {
            return Ok(Arc::clone(kept));
        }
        let made = Arc::new(make()?);
        *kept = Some(Arc::clone(&made));
        Ok(made)
    }
}

/// What is seen in one photo. Every method takes that photo again, because a view that held it would keep others from
/// changing it.
#[derive(Default)]
pub(crate) struct Sight {
    copy: Once<Raster>,
    things: Once<Vec<Thing>>,
    faces: Once<Vec<Face>>,
    text: Once<Vec<TextLine>>,
    figures: Remembered<Figure>,
    outlines: Remembered<Option<Odds>>,
}

/// Results for boxes, newest last.
struct Remembered<T>(Mutex<Vec<(Rect, Arc<T>)>>);

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl<T> Remembered<T> {
    /// Boxes that are remembered.
    const MOST: usize = 32;

    /// The result for a box, cached or computed now. Two callers at the same time may both compute it.
    fn get(&self, rect: Rect, make: impl FnOnce() -> Result<T, EngineError>) -> Result<Arc<T>, EngineError> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = kept().iter().find(|(known, _)| *known == rect) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(make()?);
        let mut kept = kept();
        if kept.len() >= Self::MOST {
            kept.remove(0);
        }
        kept.push((rect, Arc::clone(&made)));
        Ok(made)
    }
}

impl Sight {
    fn copy(&self, image: &Raster) -> Result<Arc<Raster>, EngineError> {
        self.copy.get(|| {
            let Extent { width, height } = image.extent();
            let scale = (SIDE as f32 / width.max(height).max(1) as f32).min(1.0);
            let side = |length: u32| ((length as f32 * scale).round() as u32).max(1);
            Ok(image.resize_by(Extent::new(side(width), side(height)), Resampling::Bilinear))
        })
    }

    /// All boxes of all classes, also unlikely ones, each class's best first.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`]; [`EngineError::Failed`] if memory is short.
    pub(crate) fn things(&self, image: &Raster, cx: &JobCx<'_>) -> Result<Arc<Vec<Thing>>, EngineError> {
        self.things.get(|| {
            if image.extent().is_empty() {
                return Ok(Vec::new());
            }
            let copy = self.copy(image)?;
            let mut things = things::things(&copy, cx)?;
            let scale = |whole: u32, small: u32| whole as f32 / small as f32;
            let x = scale(image.extent().width, copy.extent().width);
            let y = scale(image.extent().height, copy.extent().height);
            for Thing { rect, .. } in &mut things {
                *rect = Rect::new(rect.left * x, rect.top * y, rect.right * x, rect.bottom * y);
            }
            Ok(things)
        })
    }

    /// The outline of the thing in a box; `None` if the box is empty.
    ///
    /// # Errors
    /// See [`things`](Self::things).
    pub(crate) fn outline(&self, image: &Raster, rect: Rect, cx: &JobCx<'_>) -> Result<Arc<Option<Odds>>, EngineError> {
        self.outlines.get(rect, || self.outline_anew(image, rect, cx))
    }

    fn outline_anew(&self, image: &Raster, rect: Rect, cx: &JobCx<'_>) -> Result<Option<Odds>, EngineError> {
        // A large part of a large photograph is seen in its copy.
        let copy = self.copy(image)?;
        let scale = (copy.extent().width as f32 / image.extent().width.max(1) as f32).min(1.0);
        if rect.width().min(rect.height()) * scale < 200.0 {
            return outline::outline(image, rect, cx);
        }
        let y = copy.extent().height as f32 / image.extent().height.max(1) as f32;
        let small = Rect::new(rect.left * scale, rect.top * y, rect.right * scale, rect.bottom * y);
        let Some(odds) = outline::outline(&copy, small, cx)? else { return Ok(None) };
        let part = Rect::from(odds.part);
        let part = Rect::new(part.left / scale, part.top / y, part.right / scale, part.bottom / y);
        Ok(Some(Odds { part: part.pixels(image.extent()), ..odds }))
    }

    /// All faces, the surest first.
    ///
    /// # Errors
    /// See [`things`](Self::things).
    pub(crate) fn faces(&self, image: &Raster, cx: &JobCx<'_>) -> Result<Arc<Vec<Face>>, EngineError> {
        let things = self.things(image, cx)?;
        self.faces.get(|| {
            let people = things.iter().filter(|thing| thing.class == Class::PERSON && thing.score > PRESENT);
            faces(image, &people.map(|person| person.rect).collect::<Vec<_>>(), cx)
        })
    }

    /// All lines of text, the longest first.
    ///
    /// # Errors
    /// See [`things`](Self::things).
    pub(crate) fn text(&self, image: &Raster, cx: &JobCx<'_>) -> Result<Arc<Vec<TextLine>>, EngineError> {
        self.text.get(|| text::text_by_copy(image, &*self.copy(image)?, cx))
    }

    /// The person in a box.
    ///
    /// # Errors
    /// See [`things`](Self::things).
    pub(crate) fn figure(&self, image: &Raster, person: Rect, cx: &JobCx<'_>) -> Result<Arc<Figure>, EngineError> {
        self.figures.get(person, || {
            let things = self.things(image, cx)?;
            let people = things.iter().filter(|thing| thing.class == Class::PERSON && thing.score > PRESENT);
            let others: Vec<Rect> = people.map(|thing| thing.rect).filter(|rect| rect.iou(&person) < 0.6).collect();
            let odds = self.outline(image, person, cx)?;
            let mut claims = Vec::new();
            for other in others.iter().filter(|other| persons::may_cover(other, &person)) {
                claims.push(self.outline(image, *other, cx)?);
            }
            let claims: Vec<&Odds> = claims.iter().filter_map(|odds| (**odds).as_ref()).collect();
            persons::figure(image, person, &others, (*odds).as_ref(), &claims, cx)
        })
    }
}
