//! Small convolutional networks whose files list their own layers.
//!
//! A file is safetensors: 16-bit weights as `<layer>.weight`, `<layer>.bias` and `<layer>.slope`, and in the metadata
//! under `graph` the layers in execution order ([`Description`]). `assets/networks/make.py` writes such files from what
//! publishers ship. One runner serves them all: a network is data and needs no code.

mod activation;
mod layer;

use super::{ModelError, Result};
use candle_core::{Device, Tensor};
use layer::Layer;
use safetensors::SafeTensors;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// A network that is ready to run on the CPU, in 32-bit floats.
#[derive(Debug)]
pub struct Graph {
    input: [usize; 4],
    layers: Vec<Step>,
    outputs: BTreeMap<String, usize>,
    metadata: HashMap<String, String>,
}

/// A layer, the values that it reads, and those that are not needed after it. Value 0 is the image, value n the result
/// of the n-th layer.
#[derive(Debug)]
struct Step {
    layer: Layer,
    inputs: Vec<usize>,
    last_used: Vec<usize>,
}

/// The description of a network in its file.
#[derive(Debug, Deserialize)]
struct Description {
    /// Batch, channels, height and width; 0 where any size is right.
    input: [usize; 4],
    layers: Vec<layer::Description>,
    /// The layers whose results are outputs, by name.
    outputs: BTreeMap<String, usize>,
}

impl Graph {
    /// Reads a network from the bytes of its file.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] if the file is damaged: cut off, without layers, with layers that read what comes later, or with
    /// weights that are missing or do not fit.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        Ok(Self::build(bytes)?)
    }

    fn build(bytes: &[u8]) -> candle_core::Result<Self> {
        let damaged = |what: String| candle_core::Error::Msg(format!("the network's file is damaged: {what}"));
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| damaged(error.to_string()))?;
        let mut metadata = header.metadata().clone().unwrap_or_default();
        let graph = metadata.remove("graph").ok_or_else(|| damaged("it lists no layers".to_owned()))?;
        let description: Description =
            serde_json::from_str(&graph).map_err(|error| damaged(format!("its layers cannot be read ({error})")))?;
        let weights = candle_core::safetensors::load_buffer(bytes, &Device::Cpu)?;
        let count = description.layers.len();
        if let Some(name) = description.outputs.iter().find(|(_, number)| **number > count).map(|(name, _)| name) {
            return Err(damaged(format!("no layer produces the output {name}")));
        }
        let mut last_use: Vec<usize> = vec![0; count + 1];
        for (index, layer) in description.layers.iter().enumerate() {
            for &input in &layer.inputs {
                *last_use.get_mut(input).filter(|_| input <= index).ok_or_else(|| {
                    damaged(format!("layer {} reads the result of layer {input}, which has not run yet", index + 1))
                })? = index + 1;
            }
        }
        for &number in description.outputs.values() {
            last_use[number] = usize::MAX;
        }
        let mut layers = Vec::with_capacity(count);
        for (index, described) in description.layers.into_iter().enumerate() {
            let inputs = described.inputs.clone();
            let layer = Layer::build(described, &weights, index + 1)?;
            let mut last_used: Vec<usize> =
                inputs.iter().copied().filter(|&input| last_use[input] == index + 1).collect();
            last_used.dedup();
            layers.push(Step { layer, inputs, last_used });
        }
        Ok(Self { input: description.input, layers, outputs: description.outputs, metadata })
    }

    /// The file's other metadata, by name.
    pub fn metadata(&self, name: &str) -> Option<&str> {
        self.metadata.get(name).map(String::as_str)
    }

    /// Batch, channels, height and width of the image that it takes; 0 where any size is right.
    pub const fn input(&self) -> [usize; 4] {
        self.input
    }

    /// The named outputs for an image `(1, channels, height, width)`.
    ///
    /// # Errors
    /// If the image has another shape than [`input`](Self::input).
    pub fn run(&self, image: &Tensor) -> Result<Answers> {
        let shape = image.dims4()?;
        let sizes = [shape.0, shape.1, shape.2, shape.3];
        if self.input.iter().zip(sizes).any(|(&wanted, is)| wanted != 0 && wanted != is) {
            return Err(ModelError::Unsuitable(format!("The network takes {:?}, not {sizes:?}.", self.input)));
        }
        let mut values: Vec<Option<Tensor>> = vec![None; self.layers.len() + 1];
        values[0] = Some(image.clone());
        for (index, step) in self.layers.iter().enumerate() {
            let inputs: Vec<Tensor> = step.inputs.iter().filter_map(|&input| values[input].clone()).collect();
            for &input in &step.last_used {
                values[input] = None;
            }
            values[index + 1] = Some(step.layer.run(inputs)?);
        }
        let answer = |(name, &number): (&String, &usize)| Some((name.clone(), values[number].clone()?));
        Ok(Answers(self.outputs.iter().filter_map(answer).collect()))
    }
}

/// A network's outputs, by name.
#[derive(Debug)]
pub struct Answers(BTreeMap<String, Tensor>);

impl Answers {
    /// The output of this name.
    ///
    /// # Errors
    /// If there is no such output.
    pub fn get(&self, name: &str) -> Result<&Tensor> {
        let missing = || candle_core::Error::Msg(format!("the network has no output {name}"));
        Ok(self.0.get(name).ok_or_else(missing)?)
    }

    /// An output's numbers, in the order of its axes.
    ///
    /// # Errors
    /// See [`get`](Self::get).
    pub fn numbers(&self, name: &str) -> Result<Vec<f32>> {
        Ok(self.get(name)?.flatten_all()?.to_vec1()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::DType;

    /// A file with one convolution of one weight, whose layers are `layers`.
    fn file(layers: &str, outputs: &str) -> Vec<u8> {
        let weight = Tensor::new(&[2.0_f32], &Device::Cpu).unwrap().reshape((1, 1, 1, 1)).unwrap();
        let weight = weight.to_dtype(DType::F16).unwrap();
        let graph = format!("{{\"input\": [1, 1, 0, 0], \"layers\": [{layers}], \"outputs\": {outputs}}}");
        let metadata = HashMap::from([("graph".to_owned(), graph), ("note".to_owned(), "test".to_owned())]);
        safetensors::serialize([("1.weight", &weight)], Some(metadata)).unwrap()
    }

    const CONV: &str = r#"{"op": "conv", "in": [0], "stride": [1, 1], "pad": [0, 0, 1, 0], "groups": 1}"#;

    #[test]
    fn layers_run_in_order_and_answer_by_name() {
        let layers = format!(r#"{CONV}, {{"op": "add", "in": [1, 1], "then": "relu", "after": [0.5, 1.0]}}"#);
        let graph = Graph::read(&file(&layers, r#"{"twice": 2, "once": 1}"#)).unwrap();
        let image = Tensor::new(&[[[[1.0_f32, -1.0]]]], &Device::Cpu).unwrap();
        let answers = graph.run(&image).unwrap();
        assert_eq!(answers.numbers("once").unwrap(), [2.0, -2.0, 0.0]);
        assert_eq!(answers.numbers("twice").unwrap(), [3.0, 1.0, 1.0]);
        assert_eq!(graph.metadata("note"), Some("test"));
        assert!(answers.get("thrice").is_err());
    }

    #[test]
    fn damaged_files_and_wrong_images_are_refused() {
        let whole = file(CONV, r#"{"once": 1}"#);
        for cut in [0, 7, 20, whole.len() - 1] {
            assert!(Graph::read(&whole[..cut]).is_err(), "cut off at {cut}");
        }
        let forward = CONV.replace("[0]", "[2]");
        for (layers, outputs) in [(forward.as_str(), "{}"), (CONV, r#"{"no": 9}"#), ("{}", "{}"), ("", r#"{"no": 1}"#)]
        {
            assert!(Graph::read(&file(layers, outputs)).is_err(), "{layers}");
        }
        let graph = Graph::read(&whole).unwrap();
        assert!(graph.run(&Tensor::zeros((1, 3, 4, 4), DType::F32, &Device::Cpu).unwrap()).is_err());
    }
}
