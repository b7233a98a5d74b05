//! A folder of models and cases, and what is compared.

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::path::{Path, PathBuf};
use tie_nets::{Result, weights};

pub(crate) struct Folder {
    path: PathBuf,
    is_committed: bool,
    failures: RefCell<Vec<String>>,
}

impl Folder {
    pub(crate) fn committed() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
        Self { is_committed: true, path, failures: RefCell::default() }
    }

    /// That of `PARITY_DIR`, else the committed one.
    pub(crate) fn chosen() -> Self {
        let committed = Self::committed();
        match std::env::var_os("PARITY_DIR") {
            Some(path) => Self { is_committed: false, path: path.into(), ..committed },
            None => committed,
        }
    }

    pub(crate) const fn is_committed(&self) -> bool {
        self.is_committed
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The names of all cases.
    pub(crate) fn cases(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path("cases")) else { return Vec::new() };
        let name = |path: PathBuf| Some(path.file_name()?.to_str()?.strip_suffix(".safetensors")?.to_owned());
        let mut names: Vec<String> = entries.filter_map(|entry| name(entry.unwrap().path())).collect();
        names.sort();
        names
    }

    pub(crate) fn case(&self, name: &str) -> Case<'_> {
        let bytes = std::fs::read(self.path(&format!("cases/{name}.safetensors"))).unwrap();
        let (_, metadata) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
        let tensors = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu).unwrap();
        let metadata = metadata.metadata().clone().unwrap_or_default();
        Case { folder: self, name: name.to_owned(), tensors, metadata }
    }

    /// A network through the loader of the application.
    pub(crate) fn load<C: DeserializeOwned, N>(
        &self,
        name: &str,
        build: impl FnOnce(&C, VarBuilder<'_>) -> Result<N>,
    ) -> N {
        weights::load(&self.path(name), DType::F32, &Device::Cpu, build).unwrap()
    }

    pub(crate) fn failures(&self) -> Vec<String> {
        self.failures.borrow().clone()
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}

pub(crate) struct Case<'f> {
    pub folder: &'f Folder,
    name: String,
    tensors: HashMap<String, Tensor>,
    metadata: HashMap<String, String>,
}

impl Case<'_> {
    pub(crate) fn has(&self, field: &str) -> bool {
        self.tensors.contains_key(field)
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    pub(crate) fn tensor(&self, field: &str) -> Tensor {
        self.tensors.get(field).unwrap_or_else(|| panic!("{}: there is no {field}", self.name)).clone()
    }

    /// The only number of a field.
    pub(crate) fn number(&self, field: &str) -> f64 {
        self.numbers(field)[0]
    }

    pub(crate) fn numbers(&self, field: &str) -> Vec<f64> {
        self.tensor(field).to_dtype(DType::F64).unwrap().flatten_all().unwrap().to_vec1().unwrap()
    }

    pub(crate) fn text(&self, key: &str) -> &str {
        self.metadata.get(key).unwrap_or_else(|| panic!("{}: there is no {key}", self.name))
    }

    pub(crate) fn value(&self, key: &str) -> f64 {
        self.text(key).parse().unwrap_or_else(|_| panic!("{}: {key} is no number", self.name))
    }

    pub(crate) fn has_text(&self, key: &str) -> bool {
        self.metadata.contains_key(key)
    }

    /// The largest difference from a field, which must be of the same shape.
    pub(crate) fn compare(&self, field: &str, ours: &Tensor, limit: f64) {
        self.compare_with(field, ours, &self.tensor(field), limit);
    }

    pub(crate) fn compare_with(&self, field: &str, ours: &Tensor, theirs: &Tensor, limit: f64) {
        let name = &self.name;
        let difference = if ours.dims() == theirs.dims() {
            let [ours, theirs] = [ours, theirs].map(|tensor| tensor.to_dtype(DType::F64).unwrap());
            let values: Vec<f64> = (ours - theirs).unwrap().abs().unwrap().flatten_all().unwrap().to_vec1().unwrap();
            // Not a number is no small difference.
            values.into_iter().map(|value| if value.is_nan() { f64::INFINITY } else { value }).fold(0.0, f64::max)
        } else {
            println!("{name}: {field} has the shape {:?} instead of {:?}", ours.dims(), theirs.dims());
            f64::INFINITY
        };
        let line = format!("{name}: {field} {difference:.2e} ({limit:.0e})");
        println!("{line}");
        if difference > limit {
            self.folder.failures.borrow_mut().push(line);
        }
    }

    pub(crate) fn compare_exactly(&self, field: &str, ours: &[f64]) {
        let ours = Tensor::from_slice(ours, self.tensor(field).shape(), &Device::Cpu).unwrap();
        self.compare(field, &ours, 0.0);
    }

    /// The noise of a field, one draw after the other.
    pub(crate) fn noise(&self, field: &str) -> impl FnMut(&[usize]) -> Result<Tensor> + use<> {
        let mut draws: VecDeque<Tensor> = if self.has(field) {
            let noise = self.tensor(field);
            (0..noise.dim(0).unwrap()).map(|draw| noise.get(draw).unwrap()).collect()
        } else {
            VecDeque::new()
        };
        let name = self.name.clone();
        move |shape| {
            let noise =
                draws.pop_front().unwrap_or_else(|| panic!("{name}: more noise was drawn than by the reference"));
            assert_eq!(noise.dims(), shape, "{name}: noise of another shape was drawn");
            Ok(noise)
        }
    }
}

/// The picture of a case with values from −1 to 1.
pub(crate) fn image_of(case: &Case<'_>) -> Tensor {
    let bytes = case.tensor("image_u8_hwc").to_dtype(DType::F32).unwrap();
    let image = bytes.permute((2, 0, 1)).unwrap().unsqueeze(0).unwrap().contiguous().unwrap();
    ((image / 127.5).unwrap() - 1.0).unwrap()
}
