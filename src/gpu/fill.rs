//! The rounds of search and vote of `exemplar` as compute passes.

use super::compute::{Computer, Storage, dispatch};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use tie_engine::JobCx;
use tie_engine::inpainter::exemplar::accelerator::{Accelerator, AcceleratorError, Completion, LevelTask};

/// The shaders' source, with the pipelines' names.
pub(super) const SEARCH: &str =
    concat!(include_str!("../../shaders/compute/fill.wgsl"), include_str!("../../shaders/compute/search.wgsl"));
pub(super) const VOTE: &str =
    concat!(include_str!("../../shaders/compute/fill.wgsl"), include_str!("../../shaders/compute/vote.wgsl"));

/// Distances over which a pass carries matches to neighbours, in patches.
const STEPS: [i32; 4] = [8, 4, 2, 1];
/// Patches or pixels submitted to the card at once; the window's frames wait for earlier submissions.
const INVOCATIONS_AT_ONCE: usize = 200_000;
/// "No match", "no source".
const NONE: u32 = u32::MAX;

/// The shaders' `Params`.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::NoUninit)]
struct Params {
    size: [i32; 2],
    window_at: [i32; 2],
    window_size: [i32; 2],
    count: u32,
    step: i32,
    prior: [f32; 2],
    guidance: f32,
    reach: i32,
    seed: u32,
    is_stale: u32,
    only_joins: u32,
    padding: u32,
}

/// Fills on a graphics card.
pub struct GpuFill {
    computer: Computer,
    name: String,
    search_layout: wgpu::BindGroupLayout,
    vote_layout: wgpu::BindGroupLayout,
    search: wgpu::ComputePipeline,
    average: wgpu::ComputePipeline,
    copy: wgpu::ComputePipeline,
    is_wanted: AtomicBool,
    failure: OnceLock<String>,
}

impl GpuFill {
    /// Compiles the passes; `name` is the adapter's.
    pub fn new(device: &wgpu::Device, queue: &wgpu::Queue, name: String) -> Self {
        use Storage::{Read, Write};
        let computer = Computer { device: device.clone(), queue: queue.clone() };
        let search_layout = computer.layout("search", &[Read, Read, Read, Read, Read, Write]);
        let vote_layout = computer.layout("vote", &[Write, Read, Read, Read, Write]);
        Self {
            search: computer.pipeline(SEARCH, "search", &search_layout),
            average: computer.pipeline(VOTE, "average", &vote_layout),
            copy: computer.pipeline(VOTE, "copy", &vote_layout),
            computer,
            name,
            search_layout,
            vote_layout,
            is_wanted: AtomicBool::new(true),
            failure: OnceLock::new(),
        }
    }

    /// Why the card is no longer used.
    pub fn failure(&self) -> Option<&str> {
        self.failure.get().map(String::as_str)
    }

    /// Sets whether fills run here; a fill under way is not moved.
    pub fn set_wanted(&self, is_wanted: bool) {
        self.is_wanted.store(is_wanted, Ordering::Relaxed);
    }
}

impl Accelerator for GpuFill {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_ready(&self) -> bool {
        self.is_wanted.load(Ordering::Relaxed) && self.failure.get().is_none()
    }

    fn complete(
        &self,
        task: &LevelTask<'_>,
        progress: &dyn Fn(f32),
        cx: &JobCx<'_>,
    ) -> Result<Completion, AcceleratorError> {
        let result = self.computer.guarded(|| Passes::new(self, task)?.run(task, progress, cx));
        if let Err(AcceleratorError::Failed(why)) = &result {
            // The first reason stays.
            let _ = self.failure.set(why.clone());
        }
        result
    }
}

/// One dispatch.
struct Step {
    params: Params,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Search,
    Average,
    Copy,
}

/// The passes for one level, ready to run.
struct Passes<'a> {
    fill: &'a GpuFill,
    /// Those of each round.
    rounds: Vec<Vec<Step>>,
    stride: u32,
    /// The search inputs, alternating.
    searches: [wgpu::BindGroup; 2],
    /// The vote inputs.
    votes: [wgpu::BindGroup; 2],
    fields: [wgpu::Buffer; 2],
    origins: wgpu::Buffer,
}

impl<'a> Passes<'a> {
    fn new(fill: &'a GpuFill, task: &LevelTask<'_>) -> Result<Self, AcceleratorError> {
        let computer = &fill.computer;
        let targets: Vec<u32> = (0..).zip(&task.matches).filter_map(|(i, found)| found.map(|_| i)).collect();
        let holes: Vec<u32> = task.holes.iter().map(|&i| i as u32).collect();
        let field: Vec<[u32; 2]> = task.matches.iter().map(|found| [found.map_or(NONE, packed_place), NONE]).collect();
        let texels = computer.storage(&task.texels.iter().copied().map(packed_texel).collect::<Vec<_>>())?;
        let guide = computer.storage(&task.guide.iter().copied().map(packed_guess).collect::<Vec<_>>())?;
        let sources = computer.storage(&packed_bits(task.is_source))?;
        let confidence = computer.storage(&task.confidence)?;
        let fields = [computer.storage(&field)?, computer.storage(&field)?];
        let origins = computer.storage(&vec![NONE; holes.len()])?;
        let rounds = rounds(task, targets.len() as u32, holes.len() as u32);
        let all: Vec<Params> = rounds.iter().flatten().map(|step| step.params).collect();
        let (params, stride) = computer.parameters(&all);
        let (targets, holes) = (computer.storage(&targets)?, computer.storage(&holes)?);
        let search = |from: usize| {
            let buffers = [&texels, &guide, &sources, &targets, &fields[from], &fields[1 - from]];
            computer.bind::<Params>(&fill.search_layout, &params, &buffers)
        };
        let vote = |field: usize| {
            let buffers = [&texels, &holes, &confidence, &fields[field], &origins];
            computer.bind::<Params>(&fill.vote_layout, &params, &buffers)
        };
        let (searches, votes) = ([search(0), search(1)], [vote(0), vote(1)]);
        Ok(Self { fill, rounds, stride, searches, votes, fields, origins })
    }

    fn run(self, task: &LevelTask<'_>, progress: &dyn Fn(f32), cx: &JobCx<'_>) -> Result<Completion, AcceleratorError> {
        let Self { fill, rounds, .. } = &self;
        let computer = &fill.computer;
        let (mut newest, mut number) = (0, 0);
        for (round, steps) in rounds.iter().enumerate() {
            for steps in steps.chunks((INVOCATIONS_AT_ONCE / task.holes.len().max(1)).max(1)) {
                let mut encoder = computer.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
                let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
                for step in steps {
                    let (pipeline, group) = match step.kind {
                        Kind::Search => (&fill.search, &self.searches[newest]),
                        Kind::Average => (&fill.average, &self.votes[newest]),
                        Kind::Copy => (&fill.copy, &self.votes[newest]),
                    };
                    dispatch(&mut pass, pipeline, group, number * self.stride, step.params.count);
                    newest = if step.kind == Kind::Search { 1 - newest } else { newest };
                    number += 1;
                }
                drop(pass);
                computer.submit(encoder, cx)?;
            }
            progress((round + 1) as f32 / rounds.len() as f32);
        }
        let field: Vec<[u32; 2]> = computer.read(&self.fields[newest], cx)?;
        let origins: Vec<u32> = computer.read(&self.origins, cx)?;
        let width = task.width as u32;
        let source = |origin: u32| [(origin % width) as u16, (origin / width) as u16];
        let known = |value: u32| (value != NONE).then_some(value);
        Ok(Completion {
            sources: origins.into_iter().map(|origin| known(origin).map(source)).collect(),
            matches: field
                .into_iter()
                .map(|[place, cost]| known(place).map(|at| ([at as u16, (at >> 16) as u16], cost)))
                .collect(),
        })
    }
}

/// The steps of each round.
fn rounds(task: &LevelTask<'_>, targets: u32, holes: u32) -> Vec<Vec<Step>> {
    let pair = |x: usize, y: usize| [x as i32, y as i32];
    let [left, top, width, height] = task.window;
    let base = Params {
        size: pair(task.width, task.height),
        window_at: pair(left, top),
        window_size: pair(width, height),
        count: targets,
        step: 0,
        prior: [task.prior.across, task.prior.down],
        guidance: task.prior.guidance,
        reach: 0,
        seed: 0,
        is_stale: 0,
        only_joins: u32::from(task.schedule.only_joins),
        padding: 0,
    };
    let round = |round: usize| {
        let searches = (0..task.schedule.passes).flat_map(move |pass| {
            STEPS.into_iter().map(move |step| Params {
                step,
                reach: if step == 1 { task.schedule.reach } else { 0 },
                // Distinct for each pass of each level and seed.
                seed: (task.seed ^ (task.seed >> 32)) as u32 ^ ((round * task.schedule.passes + pass) as u32) << 20,
                is_stale: u32::from(pass == 0 && step == STEPS[0]),
                ..base
            })
        });
        let kind = if round < task.schedule.averaging { Kind::Average } else { Kind::Copy };
        let vote = Step { params: Params { count: holes, ..base }, kind };
        searches.map(|params| Step { params, kind: Kind::Search }).chain([vote]).collect()
    };
    (0..task.schedule.rounds()).map(round).collect()
}

fn packed_place([x, y]: [u16; 2]) -> u32 {
    u32::from(x) | u32::from(y) << 16
}

/// Colours and, at half its size and moved above zero, the texture: a byte each.
fn packed_texel([r, g, b, texture]: [i16; 4]) -> u32 {
    let byte = |value: i16| value.clamp(0, 255) as u8;
    u32::from_le_bytes([byte(r), byte(g), byte(b), byte((texture + 256) >> 1)])
}

fn packed_guess(guess: [i16; 4]) -> u32 {
    u32::from_le_bytes(guess.map(|value| value.clamp(0, 255) as u8))
}

/// The first in the lowest bit.
fn packed_bits(set: &[bool]) -> Vec<u32> {
    let word = |bits: &[bool]| bits.iter().enumerate().fold(0, |word, (i, &bit)| word | u32::from(bit) << i);
    set.chunks(32).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_texel_keeps_its_colours_and_the_sign_of_its_texture() {
        assert_eq!(packed_texel([1, 2, 255, -255]).to_le_bytes(), [1, 2, 255, 0]);
        assert_eq!(packed_texel([0, 0, 0, 0]).to_le_bytes(), [0, 0, 0, 128]);
        assert_eq!(packed_texel([0, 0, 0, 255]).to_le_bytes(), [0, 0, 0, 255]);
    }

    #[test]
    fn bits_are_counted_from_the_lowest() {
        let mut set = [false; 40];
        (set[1], set[33]) = (true, true);
        assert_eq!(packed_bits(&set), [2, 2]);
    }
}
