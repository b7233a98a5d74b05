//! The small networks that the program carries, beside what they answer in the libraries that they were published for
//! (`tests/reference/make_networks.py`).

use candle_core::{Device, Tensor};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use tie_core::Raster;
use tie_nets::graph::{Answers, Graph};
use tie_nets::outline::{COARSE_SIDE, Outline};
use tie_studio::files::open_photo;

/// Where weights are stored as they were published, only rounding differs.
const SAME_WEIGHTS: f32 = 2e-4;
/// Where they were published in 32 bits, 16 remain; Selfie Segmentation has a sixth as a number of 16 bits, ours is exact.
const ROUNDED_WEIGHTS: f32 = 8e-3;

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

struct Reference(HashMap<String, Tensor>);

impl Reference {
    fn read() -> Self {
        Self(candle_core::safetensors::load(root("tests/reference/networks.safetensors"), &Device::Cpu).unwrap())
    }

    fn whole_numbers(&self, name: &str) -> Vec<i64> {
        self.0[name].flatten_all().unwrap().to_vec1().unwrap()
    }

    fn numbers(&self, name: &str) -> Vec<f32> {
        self.0[name].flatten_all().unwrap().to_vec1().unwrap()
    }

    /// The largest difference to an answer, as a share of the largest number in it.
    fn difference(&self, name: &str, ours: &[f32]) -> f32 {
        let (theirs, counts) = (self.numbers(name), self.whole_numbers(&format!("{name}.step")));
        assert_eq!(ours.len() as i64, counts[1], "{name} has another length");
        let ours: Vec<f32> = ours.iter().copied().step_by(counts[0] as usize).collect();
        let largest = theirs.iter().fold(1e-6_f32, |largest, x| largest.max(x.abs()));
        ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / largest
    }

    /// The part of a sample photograph that a network was shown: `(1, 3, side, side)`, from 0 to 255.
    fn part(&self, network: &str, sample: &str) -> Tensor {
        let place = self.whole_numbers(&format!("{network}.place"));
        let [left, top, side] = [place[0], place[1], place[2]].map(|number| number as u32);
        let photo: Raster = open_photo(&root("assets/samples").join(sample)).unwrap().raster;
        let mut planes = Vec::new();
        for channel in 0..3 {
            for y in 0..side {
                planes.extend((0..side).map(|x| f32::from(photo.pixel(left + x, top + y)[channel])));
            }
        }
        let side = side as usize;
        Tensor::from_vec(planes, (1, 3, side, side), &Device::Cpu).unwrap()
    }

    /// A picture that is kept beside the answers, blue first, from -1 to 1.
    fn picture(&self, network: &str) -> Tensor {
        let pixels = self.0[&format!("{network}.picture")].permute((2, 0, 1)).unwrap().unsqueeze(0).unwrap();
        let pixels = pixels.to_dtype(candle_core::DType::F32).unwrap();
        blue_first(&pixels.affine(2.0 / 255.0, -1.0).unwrap())
    }
}

fn blue_first(x: &Tensor) -> Tensor {
    let order = Tensor::new(&[2_u32, 1, 0], &Device::Cpu).unwrap();
    x.index_select(&order, 1).unwrap()
}

fn graph(name: &str) -> Graph {
    let bytes = std::fs::read(root("assets/networks").join(format!("{name}.safetensors"))).unwrap();
    Graph::read(&bytes).unwrap()
}

fn check(reference: &Reference, network: &str, answers: &Answers, names: &[&str], limit: f32) {
    for name in names {
        let ours = answers.numbers(name).unwrap();
        let difference = reference.difference(&format!("{network}.{name}"), &ours);
        println!("{network} {name}: {difference:.1e}");
        assert!(difference < limit, "{network} {name} is off by {difference}");
    }
}

/// What the outline network says, the box reaching to 1 of -1.7 to 1.7 in both directions.
fn outline(seen: &Answers) -> Vec<f32> {
    let bytes = std::fs::read(root("assets/networks/outline.safetensors")).unwrap();
    let place = |n: usize| (n as f32 + 0.5) / COARSE_SIDE as f32 * 3.4 - 1.7;
    let mut geometry = Vec::new();
    for number in 0..4 {
        for i in 0..COARSE_SIDE * COARSE_SIDE {
            let (x, y) = (place(i % COARSE_SIDE), place(i / COARSE_SIDE));
            let away = x.abs().max(y.abs());
            geometry.push([f32::from(u8::from(away < 1.0)), x, y, away][number]);
        }
    }
    let geometry = Tensor::from_vec(geometry, (1, 4, COARSE_SIDE, COARSE_SIDE), &Device::Cpu).unwrap();
    Outline::read(&bytes).unwrap().run(seen, &geometry).unwrap()
}

#[test]
fn nanodet_and_the_outline_network_give_the_numbers_of_their_references() {
    let reference = Reference::read();
    let pixels = blue_first(&reference.part("nanodet", "astronaut.png"));
    let of = |numbers: &[f32]| Tensor::new(numbers, &Device::Cpu).unwrap().reshape((1, 3, 1, 1)).unwrap();
    let (mean, deviation) = (of(&[103.53, 116.28, 123.675]), of(&[57.375, 57.12, 58.395]));
    let pixels = pixels.broadcast_sub(&mean).unwrap().broadcast_div(&deviation).unwrap();
    let answers = graph("nanodet").run(&pixels).unwrap();
    let odds = outline(&answers);
    let difference = reference.difference("outline.odds", &odds);
    println!("outline odds: {difference:.1e}");
    assert!(difference < SAME_WEIGHTS, "the outline is off by {difference}");
    for stride in ["stride8", "stride16", "stride32"] {
        let head = answers.get(stride).unwrap();
        let scores = candle_nn::ops::sigmoid(&head.narrow(1, 0, 80).unwrap()).unwrap();
        let sides = head.narrow(1, 80, 44).unwrap();
        for (name, ours) in [("scores", scores), ("sides", sides)] {
            let ours: Vec<f32> = ours.flatten_all().unwrap().to_vec1().unwrap();
            let difference = reference.difference(&format!("nanodet.{stride}.{name}"), &ours);
            println!("nanodet {stride} {name}: {difference:.1e}");
            assert!(difference < SAME_WEIGHTS, "{stride} {name} is off by {difference}");
        }
    }
}

#[test]
fn selfie_segmentation_gives_the_mask_of_its_reference() {
    let reference = Reference::read();
    let pixels = (reference.part("selfie", "astronaut.png") / 255.0).unwrap();
    check(&reference, "selfie", &graph("selfie").run(&pixels).unwrap(), &["person"], ROUNDED_WEIGHTS);
}

#[test]
fn blazeface_gives_the_scores_and_boxes_of_its_reference() {
    let reference = Reference::read();
    let pixels = reference.part("blazeface", "astronaut.png").affine(1.0 / 127.5, -1.0).unwrap();
    let answers = graph("blazeface").run(&pixels).unwrap();
    check(&reference, "blazeface", &answers, &["scores16", "scores32", "boxes16", "boxes32"], ROUNDED_WEIGHTS);
}

#[test]
fn face_mesh_gives_the_points_of_its_reference() {
    let reference = Reference::read();
    let pixels = (reference.part("facemesh", "astronaut.png") / 255.0).unwrap();
    check(&reference, "facemesh", &graph("facemesh").run(&pixels).unwrap(), &["mesh", "face"], SAME_WEIGHTS);
}

#[test]
fn the_text_detector_gives_the_map_of_its_reference() {
    let reference = Reference::read();
    let answers = graph("text-detector").run(&reference.picture("text-detector")).unwrap();
    check(&reference, "text-detector", &answers, &["text"], 10.0 * ROUNDED_WEIGHTS);
}

#[test]
fn the_text_reader_writes_the_letters_of_its_reference() {
    let reference = Reference::read();
    let graph = graph("text-reader");
    let texts: Vec<&str> = graph.metadata("characters").unwrap().split('\n').collect();
    let answers = graph.run(&reference.picture("text-reader")).unwrap();
    let likely = candle_nn::ops::softmax_last_dim(answers.get("characters").unwrap()).unwrap();
    let likely: Vec<Vec<f32>> = likely.squeeze(0).unwrap().to_vec2().unwrap();
    let best = |row: &Vec<f32>| (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
    let code = |row| texts[best(row)].chars().next().map_or(0, |letter| i64::from(u32::from(letter)));
    let ours: Vec<i64> = likely.iter().map(code).collect();
    assert_eq!(ours, reference.whole_numbers("text-reader.best"));
    let sure: Vec<f32> = likely.iter().map(|row| row[best(row)]).collect();
    let theirs = reference.numbers("text-reader.probability");
    let difference = sure.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    // Fewer characters share the probability.
    println!("text-reader: {difference:.1e}");
    assert!(difference < 0.1, "probabilities are off by {difference}");
}
