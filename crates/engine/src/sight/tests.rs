//! Faces and people in a real photograph, and in none.

use super::networks::Eye;
use super::pixels::{Scaling, stretched, tensor};
use super::{Body, BodyPart, Face, FacePart, Part, Patch, Rect, Side, face_part, faces};
use crate::JobCx;
use tie_core::{Bounds, Extent, Fit, Mask, Raster};

fn astronaut() -> Raster {
    let image = image::load_from_memory(include_bytes!("../../../../assets/samples/astronaut.png")).unwrap().to_rgba8();
    Raster::new(Extent::new(image.width(), image.height()), image.into_raw()).unwrap()
}

/// The person in a box, as the network sees it.
fn person(image: &Raster, rect: Rect) -> Patch {
    let part = rect.grown(0.15);
    let seen = stretched(image, part, Extent::new(256, 256));
    let answers = Eye::Person.network().unwrap().run(&tensor(&seen, &Scaling::UNIT).unwrap()).unwrap();
    let coverage = answers.numbers("person").unwrap().iter().map(|value| (value * 255.0) as u8).collect();
    let mask = Mask::new(Extent::new(256, 256), coverage).unwrap();
    let bounds = Bounds::new(part.left as i32, part.top as i32, part.width() as u32, part.height() as u32);
    Patch::of(&Patch::new(bounds, mask.fitted(bounds.extent(), Fit::Scale)).onto(image.extent()))
}

fn part_of(image: &Raster, face: &Face, part: FacePart) -> Part {
    face_part(image, face, part, &JobCx::silent()).unwrap().unwrap_or_else(|| panic!("no {part:?}"))
}

/// The share of a patch that another covers, 0 to 1.
fn share_in(patch: &Patch, other: &Patch, extent: Extent) -> f32 {
    let mut both = patch.onto(extent);
    both.intersect(&other.onto(extent));
    both.area() as f32 / patch.area().max(1) as f32
}

#[test]
fn the_astronauts_face_is_found_once_and_its_parts_lie_in_it() {
    let image = astronaut();
    let found = faces(&image, &[], &JobCx::silent()).unwrap();
    assert_eq!(found.len(), 1, "{:?}", found.iter().map(|face| face.rect).collect::<Vec<_>>());
    let face = &found[0];
    // Measured by eye.
    assert!(face.rect.iou(&Rect::new(177.0, 66.0, 273.0, 180.0)) > 0.85, "{:?}", face.rect);
    let whole = part_of(&image, face, FacePart::Face);
    assert!(whole.confidence > 0.7, "{}", whole.confidence);
    for part in [
        FacePart::Eyes,
        FacePart::Irises,
        FacePart::Eyebrows,
        FacePart::Lips,
        FacePart::Mouth,
        FacePart::Teeth,
        FacePart::Nose,
        FacePart::Cheeks,
        FacePart::Chin,
    ] {
        let found = part_of(&image, face, part).patch;
        assert!(share_in(&found, &whole.patch, image.extent()) > 0.9, "{part:?}");
        assert!(face.rect.grown(0.05).pixels(image.extent()).encloses(found.mask_bounds()), "{part:?}");
    }
    // She smiles: the teeth are between the lips, and not part of them.
    let (teeth, lips) = (part_of(&image, face, FacePart::Teeth), part_of(&image, face, FacePart::Lips));
    assert!(share_in(&teeth.patch, &lips.patch, image.extent()) < 0.1);
    let eye = |side| part_of(&image, face, FacePart::Eye(side)).patch.bounds().centre().x;
    assert!(eye(Side::SeenLeft) < eye(Side::SeenRight) && eye(Side::OwnLeft) == eye(Side::SeenRight));
}

#[test]
fn hair_holds_no_face_and_clothes_hold_no_head() {
    let image = astronaut();
    let found = faces(&image, &[], &JobCx::silent()).unwrap();
    let person = person(&image, Rect::new(10.0, 0.0, 410.0, 511.0));
    let face = Body::face_of(&person, &found).unwrap();
    let body = Body::new(&image, &person, Some(face)).unwrap();
    let part = |part| body.part(part, &JobCx::silent()).unwrap().unwrap_or_else(|| panic!("no {part:?}"));
    let (hair, clothes, skin, head) =
        (part(BodyPart::Hair), part(BodyPart::Clothes), part(BodyPart::Skin), part(BodyPart::Head));
    let whole = part_of(&image, face, FacePart::Face).patch;
    let extent = image.extent();
    for (name, part, other, most) in [
        // Her fringe may belong to both.
        ("the face is hair", &whole, &hair.patch, 0.12),
        ("the face is clothes", &whole, &clothes.patch, 0.01),
        ("the hair is clothes", &hair.patch, &clothes.patch, 0.03),
        ("the skin is hair", &skin.patch, &hair.patch, 0.05),
        ("the head is clothes", &head.patch, &clothes.patch, 0.05),
    ] {
        let share = share_in(part, other, extent);
        assert!(share <= most, "{share} of {name}");
    }
    assert!(share_in(&whole, &skin.patch, extent) > 0.8 && share_in(&hair.patch, &head.patch, extent) > 0.9);
    // Crown and shoulder, by eye.
    let covers = |part: &Part, x, y| part.patch.onto(extent).at(x, y) > 200;
    assert!(covers(&hair, 215, 25) && covers(&hair, 290, 100) && covers(&clothes, 90, 420), "hair and suit");
    // She is seen to the waist.
    assert_eq!(body.part(BodyPart::Feet, &JobCx::silent()).unwrap(), None);
}

#[test]
fn photographs_without_faces_have_none() {
    let extent = Extent::new(90, 70);
    let images = [
        Raster::filled(Extent::new(1, 1), [90, 60, 50, 255]),
        Raster::filled(Extent::new(700, 1), [90, 60, 50, 255]),
        Raster::filled(Extent::new(0, 0), [0; 4]),
        Raster::filled(extent, [255; 4]),
        Raster::filled(extent, [0; 4]),
        Raster::from_fn(extent, |x, y| [(x * 7 + y * 13) as u8; 4]),
    ];
    for image in images {
        let boxes = [Rect::from(image.bounds()), Rect::new(-40.0, -9.0, -3.0, 800.0), Rect::default()];
        assert_eq!(faces(&image, &boxes, &JobCx::silent()).unwrap(), [], "{}", image.extent());
    }
}

#[test]
fn grey_small_and_turned_photographs_do_no_harm() {
    let image = astronaut();
    let grey = Raster::from_fn(image.extent(), |x, y| {
        let [r, g, b, _] = image.pixel(x, y);
        let light = ((u32::from(r) + u32::from(g) + u32::from(b)) / 3) as u8;
        [light, light, light, 255]
    });
    let turned = Raster::from_fn(image.extent(), |x, y| image.pixel(511 - x, 511 - y));
    assert_eq!(faces(&grey, &[], &JobCx::silent()).unwrap().len(), 1);
    for image in [grey, turned, image.resize(Extent::new(24, 24))] {
        let whole = Patch::of(&Mask::full(image.extent()));
        let found = faces(&image, &[Rect::from(image.bounds())], &JobCx::silent()).unwrap();
        let body = Body::new(&image, &whole, Body::face_of(&whole, &found)).unwrap();
        for part in [BodyPart::Hair, BodyPart::Clothes, BodyPart::Lower, BodyPart::Hands, BodyPart::Headwear] {
            assert!(body.part(part, &JobCx::silent()).is_ok());
        }
        for face in &found {
            assert!(face_part(&image, face, FacePart::Forehead, &JobCx::silent()).is_ok());
        }
    }
}
