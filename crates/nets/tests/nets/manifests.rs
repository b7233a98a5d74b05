//! Each network at its full size asks for exactly the tensors of the real checkpoint.
//!
//! Beside this file lie the checkpoints' configs and their tensors' names and shapes; `{0-3}` stands for each of these
//! numbers. Nothing is allocated: every tensor is one zero that is stretched to its shape.

use candle_core::{DType, Device, Result, Shape, Tensor};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tie_nets::clip::{TextEncoder, TextModel, VisionEncoder, VisionModel};
use tie_nets::clipseg::ClipSeg;
use tie_nets::kandinsky::{Movq, Prior, UNet};
use tie_nets::lisa::Lisa;
use tie_nets::ops::WeightType;
use tie_nets::sam::{Config, Sam};
use tie_nets::stable_diffusion;
use tie_nets::weights::read_json;

type Shapes = BTreeMap<String, Vec<usize>>;

/// Remembers what it was asked for.
struct Recorder {
    asked: Arc<Mutex<Shapes>>,
    there: Shapes,
}

impl SimpleBackend for Recorder {
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        self.asked.lock().unwrap().insert(name.to_owned(), shape.dims().to_vec());
        Tensor::zeros(vec![1; shape.rank()], dtype, device)?.broadcast_as(shape)
    }

    /// For sizes that are read off the tensors.
    fn get_unchecked(&self, name: &str, dtype: DType, device: &Device) -> Result<Tensor> {
        let Some(shape) = self.there.get(name) else { candle_core::bail!("{name} is not in the manifest") };
        Tensor::zeros(vec![1; shape.len()], dtype, device)?.broadcast_as(shape.as_slice())
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.there.contains_key(name)
    }
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/manifests").join(name)
}

/// The names that a pattern stands for.
fn expanded(pattern: &str) -> Vec<String> {
    let Some((before, rest)) = pattern.split_once('{') else { return vec![pattern.to_owned()] };
    let (range, after) = rest.split_once('}').unwrap();
    let (first, last) = range.split_once('-').unwrap();
    let numbers = first.parse::<usize>().unwrap()..=last.parse::<usize>().unwrap();
    numbers.flat_map(|number| expanded(&format!("{before}{number}{after}"))).collect()
}

fn manifest(name: &str) -> Shapes {
    let text = std::fs::read_to_string(path(&format!("{name}.tsv"))).unwrap();
    let line = |line: &str| {
        let (pattern, shape) = line.split_once('\t').unwrap();
        let shape: Vec<usize> = shape.split('x').map(|side| side.parse().unwrap()).collect();
        expanded(pattern).into_iter().map(|name| (name, shape.clone())).collect::<Vec<_>>()
    };
    text.lines().flat_map(line).collect()
}

/// `unread` are names that the checkpoint has and the network needs not.
fn check<C: DeserializeOwned, N>(
    name: &str,
    count: usize,
    unread: &[&str],
    build: impl FnOnce(&C, VarBuilder<'static>) -> tie_nets::Result<N>,
) {
    let config = read_json(&path(&format!("{name}.json"))).unwrap();
    check_with(name, count, |tensor| unread.contains(&tensor), |weights| build(&config, weights));
}

/// The same for a network without a config file.
fn check_with<N>(
    name: &str,
    count: usize,
    is_unread: impl Fn(&str) -> bool,
    build: impl FnOnce(VarBuilder<'static>) -> tie_nets::Result<N>,
) {
    check_tensors(name, manifest(name), count, is_unread, build);
}

fn check_tensors<N>(
    name: &str,
    mut there: Shapes,
    count: usize,
    is_unread: impl Fn(&str) -> bool,
    build: impl FnOnce(VarBuilder<'static>) -> tie_nets::Result<N>,
) {
    let asked = Arc::new(Mutex::new(Shapes::new()));
    assert_eq!(there.len(), count, "{name}: the manifest is not whole");
    let recorder = Recorder { asked: Arc::clone(&asked), there: there.clone() };
    build(VarBuilder::from_backend(Box::new(recorder), DType::F32, Device::Cpu)).unwrap();
    let asked = asked.lock().unwrap();
    there.retain(|name, _| !is_unread(name));
    let missing: Vec<_> = there.iter().filter(|(name, shape)| asked.get(*name) != Some(shape)).collect();
    let extra: Vec<_> = asked.iter().filter(|(name, shape)| there.get(*name) != Some(shape)).collect();
    assert!(missing.is_empty() && extra.is_empty(), "{name}: not asked for {missing:?}; asked for {extra:?}");
}

#[test]
fn the_unet_of_kandinsky_asks_for_the_tensors_of_its_checkpoint() {
    check("kandinsky-unet", 724, &[], UNet::new);
}

#[test]
fn the_movq_asks_for_the_tensors_of_its_checkpoint_but_the_codebook() {
    check("kandinsky-movq", 431, &["quantize.embedding.weight"], Movq::new);
}

#[test]
fn the_prior_asks_for_the_tensors_of_its_checkpoint() {
    check("kandinsky-prior", 338, &[], Prior::new);
}

#[test]
fn the_text_encoder_asks_for_the_tensors_of_its_checkpoint_but_the_numbers_of_its_positions() {
    check("clip-big-g-text", 518, &["text_model.embeddings.position_ids"], TextEncoder::new);
}

#[test]
fn the_text_encoder_of_stable_diffusion_asks_for_the_tensors_of_its_checkpoint() {
    check("clip-l-text", 197, &["text_model.embeddings.position_ids"], TextModel::new);
}

#[test]
fn the_image_encoder_asks_for_the_tensors_of_its_checkpoint_but_the_numbers_of_its_positions() {
    check("clip-big-g-vision", 777, &["vision_model.embeddings.position_ids"], VisionEncoder::new);
}

#[test]
fn the_unet_of_stable_diffusion_asks_for_the_tensors_of_its_checkpoint() {
    check("sd15-unet", 686, &[], stable_diffusion::UNet::new);
}

#[test]
fn the_vae_asks_for_the_tensors_of_its_checkpoint_which_spells_attention_in_the_old_way() {
    check("sd15-vae", 248, &[], stable_diffusion::Vae::new);
}

#[test]
fn segment_anything_asks_for_the_tensors_of_its_checkpoint_and_reads_its_sizes_off_them() {
    check_with(
        "sam-vit-h",
        594,
        |_| false,
        |weights| {
            assert_eq!(Config::read(&weights)?, Config::vit_h());
            Sam::open(weights)
        },
    );
}

#[test]
fn the_image_tower_of_lisa_asks_for_the_tensors_of_its_checkpoint_but_the_numbers_of_its_positions() {
    check("clip-l-vision", 392, &["vision_model.embeddings.position_ids"], VisionModel::new);
}

#[test]
fn clipseg_asks_for_the_tensors_of_its_checkpoint_but_those_that_compare_pictures_with_texts() {
    // Names as the library makes them at the published sizes; the file itself has not been looked at.
    check("clipseg", 461, &["clip.visual_projection.weight"], ClipSeg::new);
}

#[test]
fn lisa_asks_for_the_tensors_of_its_checkpoints() {
    let tower = || {
        let zeros = Recorder { asked: Arc::default(), there: manifest("clip-l-vision") };
        let config = read_json(&path("clip-l-vision.json")).unwrap();
        VisionModel::new(&config, VarBuilder::from_backend(Box::new(zeros), DType::F32, Device::Cpu)).unwrap()
    };
    for (name, count) in [("lisa-7b", 891), ("lisa-13b", 963)] {
        // Both hold Segment Anything's largest network under a name of their own.
        let mut there = manifest(name);
        let sam = manifest("sam-vit-h").into_iter();
        there.extend(sam.map(|(name, shape)| (format!("model.visual_model.{name}"), shape)));
        let config = read_json(&path(&format!("{name}.json"))).unwrap();
        check_tensors(
            name,
            there,
            count,
            |_| false,
            |weights| Lisa::new(&config, WeightType::AsStored, weights, tower()),
        );
    }
}

#[test]
fn mobile_sam_asks_for_the_tensors_of_its_checkpoint_but_the_head_that_names_things() {
    let is_unread =
        |name: &str| ["norm_head.", "head."].iter().any(|head| name.contains(&format!("image_encoder.{head}")));
    check_with("mobile-sam", 412, is_unread, |weights| {
        assert_eq!(Config::read(&weights)?, Config::mobile());
        Sam::open(weights)
    });
}
