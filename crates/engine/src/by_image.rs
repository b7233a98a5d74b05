//! A cache of what an engine has computed for an image, kept while the image is the same.

use std::sync::{Arc, Weak};
use tie_core::Raster;

/// A value for each of the last `MOST` images.
///
/// Images are told apart by identity: while a `Weak` exists, an `Arc` moves its value before changing it.
pub(super) struct ByImage<T, const MOST: usize> {
    /// Newest last.
    kept: Vec<(Weak<Raster>, T)>,
}

impl<T, const MOST: usize> Default for ByImage<T, MOST> {
    fn default() -> Self {
        Self { kept: Vec::new() }
    }
}

impl<T, const MOST: usize> ByImage<T, MOST> {
    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }

    /// The cached value for an image, or a new one from `make`; drops the values of images that are gone.
    pub(super) fn get_or_make<E>(
        &mut self,
        image: &Arc<Raster>,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<&mut T, E> {
        self.get_alone(image, make, |_| {})
    }

    /// Like [`get_or_make`](Self::get_or_make), and shrinks what is cached for the others.
    pub(super) fn get_alone<E>(
        &mut self,
        image: &Arc<Raster>,
        make: impl FnOnce() -> Result<T, E>,
        mut cut: impl FnMut(&mut T),
    ) -> Result<&mut T, E> {
        let this = Arc::downgrade(image);
        let known = self.kept.iter().position(|(kept, _)| kept.ptr_eq(&this));
        let newest = match known {
            Some(known) => self.kept.remove(known),
            None => (this, make()?),
        };
        self.kept.retain(|(kept, _)| kept.strong_count() > 0);
        if self.kept.len() >= MOST {
            self.kept.remove(0);
        }
        self.kept.iter_mut().for_each(|(_, older)| cut(older));
        let last = self.kept.len();
        self.kept.push(newest);
        Ok(&mut self.kept[last].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tie_core::Extent;

    fn image() -> Arc<Raster> {
        Arc::new(Raster::filled(Extent::new(2, 2), [0; 4]))
    }

    #[test]
    fn an_image_is_known_until_it_changes_and_the_oldest_is_forgotten_first() {
        let (mut kept, mut images) = (ByImage::<u32, 2>::default(), [image(), image(), image()]);
        let mut made = 0;
        let mut ask = |image: &Arc<Raster>| {
            let made = kept.get_or_make(image, || {
                made += 1;
                Ok::<_, ()>(made)
            });
            made.map(|made| *made)
        };
        assert_eq!([0, 1, 0, 2, 0, 1].map(|i: usize| ask(&images[i])), [Ok(1), Ok(2), Ok(1), Ok(3), Ok(1), Ok(4)]);
        Arc::make_mut(&mut images[1]).pixels_mut()[0] = [1; 4];
        assert_eq!(ask(&images[1]), Ok(5));
        let mut older = Vec::new();
        assert_eq!(kept.get_alone(&images[0], || Err(()), |other| older.push(*other)), Ok(&mut 1));
        assert_eq!(older, [5]);
    }
}
