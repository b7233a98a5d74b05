// What the passes of the fill share; src/engine/inpainter/exemplar tells what they do and why.

// From a patch's centre to its edge, in pixels.
const RADIUS: i32 = 3;
const SIDE: i32 = 7;
// "No match", "no source".
const NONE: u32 = 0xFFFFFFFFu;

struct Params {
    // Of the level, in pixels.
    size: vec2<i32>,
    // The rectangle around the centres of all patches that touch the hole.
    window_at: vec2<i32>,
    window_size: vec2<i32>,
    // Patches or pixels to be worked on.
    count: u32,
    // How far away the neighbours are whose matches are tried.
    step: i32,
    // Cost of a source for its distance: across, down; and for its colour.
    prior: vec2<f32>,
    guidance: f32,
    // Farthest random trial; 0 for none.
    reach: i32,
    seed: u32,
    // 1 if pixels have changed since the costs were measured.
    is_stale: u32,
    // 1 if patches inside one copied piece are spared the random trials.
    only_joins: u32,
    padding: u32,
}

@group(0) @binding(0) var<uniform> params: Params;

// The number of this invocation; a dispatch too wide for one row of workgroups has several.
fn number_of(workgroup: vec3<u32>, workgroups: vec3<u32>, local: u32) -> u32 {
    return (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
}

// A match is a place and the cost of its patch; x and y share a number.
fn place_of(packed: u32) -> vec2<i32> {
    return vec2<i32>(i32(packed & 0xFFFFu), i32(packed >> 16u));
}

fn packed_place(place: vec2<i32>) -> u32 {
    return u32(place.x) | (u32(place.y) << 16u);
}

fn in_window(place: vec2<i32>) -> bool {
    return all(place >= vec2<i32>(0)) && all(place < params.window_size);
}
