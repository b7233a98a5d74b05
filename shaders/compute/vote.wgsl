// From matches to pixels: every patch over a hole pixel says what it would be.

@group(0) @binding(1) var<storage, read_write> texels: array<u32>;
// Offsets of the hole's pixels in the level.
@group(0) @binding(2) var<storage, read> holes: array<u32>;
// Weight of each patch of the window.
@group(0) @binding(3) var<storage, read> confidence: array<f32>;
@group(0) @binding(4) var<storage, read> matches: array<vec2<u32>>;
// For each hole pixel the offset of its source.
@group(0) @binding(5) var<storage, read_write> origins: array<u32>;

// Share of the mean cost at which a weight has fallen to 1/e, and the cost that counts as noise.
const SPREAD: f32 = 0.66;
const NOISE: f32 = 196.0;
const MOST: u32 = 49u;

// Close to exp(-cost), and 0 from 8 on.
fn likeness(cost: f32) -> f32 {
    let root = max(1.0 - cost / 8.0, 0.0);
    let square = root * root;
    return square * square * square * square;
}

struct Votes {
    sources: array<u32, MOST>,
    weights: array<f32, MOST>,
    count: u32,
    is_unanimous: bool,
}

fn votes_for(pixel: vec2<i32>) -> Votes {
    var votes: Votes;
    votes.is_unanimous = true;
    var sum = 0.0;
    let centre = pixel - params.window_at;
    let first = max(centre - RADIUS, vec2<i32>(0));
    let last = min(centre + RADIUS, params.window_size - 1);
    for (var y = first.y; y <= last.y; y++) {
        for (var x = first.x; x <= last.x; x++) {
            let at = y * params.window_size.x + x;
            let found = matches[at];
            if found.x == NONE {
                continue;
            }
            let source = place_of(found.x) + centre - vec2<i32>(x, y);
            let offset = u32(source.y * params.size.x + source.x);
            votes.is_unanimous = votes.is_unanimous && (votes.count == 0u || offset == votes.sources[0]);
            votes.sources[votes.count] = offset;
            // Cost and confidence become one weight when the mean cost is known.
            votes.weights[votes.count] = f32(found.y);
            sum += f32(found.y);
            votes.count += 1u;
        }
    }
    if votes.is_unanimous {
        return votes;
    }
    let spread = SPREAD * sum / f32(votes.count) + NOISE;
    var number = 0u;
    for (var y = first.y; y <= last.y; y++) {
        for (var x = first.x; x <= last.x; x++) {
            let at = y * params.window_size.x + x;
            if matches[at].x != NONE {
                votes.weights[number] = confidence[at] * likeness(votes.weights[number] / spread);
                number += 1u;
            }
        }
    }
    return votes;
}

fn pixel_of(hole: u32) -> vec2<i32> {
    let width = u32(params.size.x);
    return vec2<i32>(i32(hole % width), i32(hole / width));
}

// The pixel becomes the weighted mean. Sources are never in the hole, so no invocation reads what another writes.
@compute @workgroup_size(64)
fn average(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let number = number_of(workgroup, workgroups, local);
    if number >= params.count {
        return;
    }
    let hole = holes[number];
    var votes = votes_for(pixel_of(hole));
    if votes.count == 0u {
        return;
    }
    if votes.is_unanimous {
        texels[hole] = texels[votes.sources[0]];
        return;
    }
    var sum = vec4<f32>(0.0);
    var total = 0.0;
    for (var i = 0u; i < votes.count; i++) {
        sum += votes.weights[i] * vec4<f32>(unpack4xU8(texels[votes.sources[i]]));
        total += votes.weights[i];
    }
    if total > 0.0 {
        texels[hole] = pack4xU8(vec4<u32>(sum / total + 0.5));
    }
}

// The pixel is copied from the source that most patches agree on, by weight.
@compute @workgroup_size(64)
fn copy(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let number = number_of(workgroup, workgroups, local);
    if number >= params.count {
        return;
    }
    let hole = holes[number];
    var votes = votes_for(pixel_of(hole));
    if votes.count == 0u {
        origins[number] = NONE;
        return;
    }
    var best = votes.sources[0];
    if !votes.is_unanimous {
        // Like votes are gathered at the front.
        var choices = 0u;
        for (var i = 0u; i < votes.count; i++) {
            let source = votes.sources[i];
            let weight = votes.weights[i];
            var choice = 0u;
            while choice < choices && votes.sources[choice] != source {
                choice++;
            }
            if choice < choices {
                votes.weights[choice] += weight;
            } else {
                votes.sources[choices] = source;
                votes.weights[choices] = weight;
                choices++;
            }
        }
        var most = votes.weights[0];
        for (var i = 1u; i < choices; i++) {
            if votes.weights[i] > most {
                most = votes.weights[i];
                best = votes.sources[i];
            }
        }
    }
    texels[hole] = texels[best];
    origins[number] = best;
}
