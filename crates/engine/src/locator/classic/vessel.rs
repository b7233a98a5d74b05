//! Cups and bowls seen from above: the opening is an ellipse that tells how the rest must look.

use super::scene::{Region, Scene};

/// Height of a cup in diameters of its opening.
const HEIGHT: f32 = 0.8;
/// Diameter of the foot in diameters of the opening.
const FOOT: f32 = 0.6;
/// With a smaller share of the ellipse's pixels, the region is not an opening.
const LEAST_FULLNESS: f32 = 0.93;

/// If the region is a full ellipse, its leaves and those of the body below it.
///
/// A circle seen from elevation e is an ellipse of axes 1 : sin e, and the height h below it shows as h·cos e.
pub(super) fn body(scene: &Scene, opening: &Region) -> Option<Vec<u32>> {
    let shape = &opening.shape;
    let [left, top, right, bottom] = shape.bounds.map(|v| v as f32);
    let (a, b) = ((right - left) / 2.0, (bottom - top) / 2.0);
    let ellipse = std::f32::consts::PI * a * b;
    if shape.fullness < LEAST_FULLNESS || shape.area < 0.88 * ellipse || shape.rim > 0.0 || b > a {
        return None;
    }
    let sine = b / a;
    let depth = HEIGHT * 2.0 * a * (1.0 - sine * sine).sqrt();
    let (cx, cy) = (f32::midpoint(left, right), f32::midpoint(top, bottom));
    let inside = |x: f32, y: f32| {
        (0..=12).any(|n| {
            let t = n as f32 / 12.0;
            // Cups are round: the wall turns in towards the foot.
            let scale = 1.0 - (1.0 - FOOT) * t * t;
            ((x - cx) / (a * scale)).hypot((y - cy - depth * t) / (b * scale)) <= 1.0
        })
    };
    let mut counts = vec![0.0_f32; scene.leaves.len()];
    for (i, &label) in scene.superpixels.labels.iter().enumerate() {
        let (x, y) = ((i % scene.frame.width) as f32 + 0.5, (i / scene.frame.width) as f32 + 0.5);
        if inside(x, y) {
            counts[label as usize] += 1.0;
        }
    }
    let mut members: Vec<u32> = opening.members.clone();
    members.extend((0..counts.len()).filter(|&i| counts[i] > 0.5 * scene.leaves[i].area).map(|i| i as u32));
    members.sort_unstable();
    members.dedup();
    Some(members)
}
