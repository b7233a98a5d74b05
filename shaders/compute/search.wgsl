// One step of the search for similar patches: the matches of neighbours at a distance, then random trials.
//
// Steps that halve carry a good match across the hole in few dispatches, as in jump flooding (Rong and Tan 2006).

@group(0) @binding(1) var<storage, read> texels: array<u32>;
// Colour expected, and trust in it.
@group(0) @binding(2) var<storage, read> guide: array<u32>;
// One bit for each pixel: whether the patch around it may be copied.
@group(0) @binding(3) var<storage, read> sources: array<u32>;
// Places of the window that have a patch to match.
@group(0) @binding(4) var<storage, read> targets: array<u32>;
@group(0) @binding(5) var<storage, read> before: array<vec2<u32>>;
@group(0) @binding(6) var<storage, read_write> after: array<vec2<u32>>;

fn offset_of(place: vec2<i32>) -> u32 {
    return u32(place.y * params.size.x + place.x);
}

fn is_source(place: vec2<i32>) -> bool {
    if any(place < vec2<i32>(0)) || any(place >= params.size) {
        return false;
    }
    let at = offset_of(place);
    return ((sources[at >> 5u] >> (at & 31u)) & 1u) == 1u;
}

fn unlikeliness(place: vec2<i32>, source: vec2<i32>) -> u32 {
    let way = vec2<f32>(source - place);
    let expected = vec4<f32>(unpack4xU8(guide[offset_of(place)]));
    let found = vec4<f32>(unpack4xU8(guide[offset_of(source)]));
    let unlike = expected.xyz - found.xyz;
    let colour = params.guidance * expected.w * dot(unlike, unlike);
    return u32(dot(params.prior, way * way) + colour);
}

// Squared differences and unlikeliness; `NONE` as soon as they reach the limit.
fn cost_of(place: vec2<i32>, source: vec2<i32>, limit: u32) -> u32 {
    var cost = unlikeliness(place, source);
    var here = offset_of(place - RADIUS);
    var there = offset_of(source - RADIUS);
    for (var row = 0; row < SIDE; row++) {
        if cost >= limit {
            return NONE;
        }
        for (var column = 0u; column < u32(SIDE); column++) {
            let a = vec4<i32>(unpack4xU8(texels[here + column]));
            let b = vec4<i32>(unpack4xU8(texels[there + column]));
            let d = a - b;
            // The texture is kept at half its size.
            cost += u32(dot(d * d, vec4<i32>(1, 1, 1, 4)));
        }
        here += u32(params.size.x);
        there += u32(params.size.x);
    }
    return select(cost, NONE, cost >= limit);
}

// The better of the best match so far and a source.
fn better(best: vec2<u32>, place: vec2<i32>, source: vec2<i32>) -> vec2<u32> {
    if !is_source(source) || packed_place(source) == best.x {
        return best;
    }
    let cost = cost_of(place, source, best.y);
    return select(best, vec2<u32>(packed_place(source), cost), cost < best.y);
}

// Jarzynski and Olano 2020, "Hash functions for GPU rendering": pcg.
fn mixed(value: u32) -> u32 {
    let state = value * 747796405u + 2891336453u;
    let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
    return (word >> 22u) ^ word;
}

// Uniform in -radius..=radius, but for a bias that 32 bits make too small to matter.
fn within(random: u32, radius: i32) -> i32 {
    return i32(random % u32(2 * radius + 1)) - radius;
}

@compute @workgroup_size(64)
fn search(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let number = number_of(workgroup, workgroups, local);
    if number >= params.count {
        return;
    }
    let at = targets[number];
    let width = u32(params.window_size.x);
    let in_window_at = vec2<i32>(i32(at % width), i32(at / width));
    let place = params.window_at + in_window_at;
    var best = before[at];
    let was = place_of(best.x);
    if params.is_stale == 1u {
        best.y = cost_of(place, was, NONE);
    }
    var joins = false;
    let sides = array<vec2<i32>, 4>(vec2<i32>(-1, 0), vec2<i32>(0, -1), vec2<i32>(1, 0), vec2<i32>(0, 1));
    for (var side = 0; side < 4; side++) {
        let way = sides[side] * params.step;
        let beside = in_window_at + way;
        if !in_window(beside) {
            continue;
        }
        let found = before[beside.y * params.window_size.x + beside.x].x;
        if found == NONE {
            continue;
        }
        let source = place_of(found) - way;
        joins = joins || any(source != was);
        best = better(best, place, source);
    }
    if joins || params.only_joins == 0u {
        var random = mixed(params.seed ^ mixed(at));
        for (var reach = params.reach; reach >= 1; reach /= 2) {
            random = mixed(random);
            let across = within(random, reach);
            random = mixed(random);
            let down = within(random, reach);
            best = better(best, place, place_of(best.x) + vec2<i32>(across, down));
        }
    }
    after[at] = best;
}
