//! Llama with weights of random numbers: what fewer bits cost, GGUF files, and files that are not what they should be.

use crate::reference;
use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{DType, Device, Tensor, safetensors};
use candle_nn::VarBuilder;
use std::collections::HashMap;
use std::io::BufWriter;
use std::path::Path;
use std::path::PathBuf;
use tempfile::TempDir;
use tie_nets::compute::Compute;
use tie_nets::llama::{Cache, Config, Llama, Tokenizer};
use tie_nets::ops::WeightType;
use tie_nets::weights::{load_files, read_json};

/// Numbers about 0, the same in every run.
fn noise(shape: &[usize], seed: u64) -> Tensor {
    let mut state = seed.wrapping_mul(2) | 1;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / 8_388_608.0 - 1.0
    };
    let values: Vec<f32> = std::iter::repeat_with(next).take(shape.iter().product()).collect();
    Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
}

/// The states of a text.
fn states(llama: &Llama, ids: &[u32]) -> Tensor {
    llama.forward(&llama.embed(ids).unwrap(), &mut Cache::new()).unwrap()
}

/// The root of the mean square of the difference, as a share of that of the numbers.
fn error(ours: &Tensor, theirs: &Tensor) -> f32 {
    let mean_square = |x: &Tensor| x.sqr().unwrap().mean_all().unwrap().to_scalar::<f32>().unwrap();
    (mean_square(&(ours - theirs).unwrap()) / mean_square(theirs)).sqrt()
}

#[test]
fn weights_in_fewer_bits_change_the_states_by_so_much_at_most() {
    // Wide enough for blocks of 256.
    let config: Config = serde_json::from_value(serde_json::json!({
        "hidden_size": 256, "intermediate_size": 512, "num_hidden_layers": 3, "num_attention_heads": 4, "vocab_size": 50,
        "rms_norm_eps": 1e-6, "max_position_embeddings": 64, "tie_word_embeddings": true
    }))
    .unwrap();
    let mut weights = HashMap::new();
    let mut add = |name: String, shape: &[usize]| {
        let size = if shape.len() == 1 { 0.0 } else { 1.7 / (shape[1] as f64).sqrt() };
        let values = (noise(shape, weights.len() as u64 + 1) * size).unwrap();
        weights.insert(name, if shape.len() == 1 { (values + 1.0).unwrap() } else { values });
    };
    add("model.embed_tokens.weight".to_owned(), &[50, 256]);
    add("model.norm.weight".to_owned(), &[256]);
    for layer in 0..3 {
        let mut add = |name: &str, shape: &[usize]| add(format!("model.layers.{layer}.{name}.weight"), shape);
        for name in ["input_layernorm", "post_attention_layernorm"] {
            add(name, &[256]);
        }
        for name in ["q_proj", "k_proj", "v_proj", "o_proj"] {
            add(&format!("self_attn.{name}"), &[256, 256]);
        }
        for name in ["gate_proj", "up_proj"] {
            add(&format!("mlp.{name}"), &[512, 256]);
        }
        add("mlp.down_proj", &[256, 512]);
    }
    let folder = TempDir::new().unwrap();
    let states = |kept, stored| {
        let file = folder.path().join("model.safetensors");
        let tensors = weights.iter().map(|(name, tensor)| (name.as_str(), tensor.to_dtype(stored).unwrap()));
        safetensors::save(&tensors.collect::<HashMap<_, _>>(), &file).unwrap();
        let build = |weights: VarBuilder<'_>| Llama::new(&config, kept, weights);
        let llama = load_files(&[file], &Compute::processor(), &|_, _| true, build).unwrap();
        // By many rows at once, and one by one: other ways through the weights.
        let ids = [3, 14, 15, 9, 26, 5, 35];
        let whole = states(&llama, &ids);
        let mut cache = Cache::new();
        let one = |id| llama.forward(&llama.embed(&[id]).unwrap(), &mut cache).unwrap();
        let single = Tensor::cat(&ids.map(one), 1).unwrap();
        assert!(error(&single, &whole) < 1e-5, "{kept:?}: single tokens are off by {}", error(&single, &whole));
        whole
    };
    let exact = states(WeightType::AsStored, DType::F32);
    let bounds = [
        (WeightType::AsStored, DType::F16, 2e-3),
        (WeightType::AsStored, DType::BF16, 0.012),
        (WeightType::Q8, DType::F32, 0.03),
        (WeightType::Q4, DType::F32, 0.35),
    ];
    for (kept, stored, most) in bounds {
        let error = error(&states(kept, stored), &exact);
        println!("{kept:?} of {stored:?}: {error:.5}");
        assert!(error < most, "{kept:?} of {stored:?} is off by {error}");
        assert!(error > most / 20.0, "{kept:?} of {stored:?} is off by {error} only: is it used?");
    }
}

/// The rows of a head as GGUF files have them: those that turn together side by side.
fn side_by_side(weight: &Tensor, heads: usize) -> Tensor {
    let (rows, width) = weight.dims2().unwrap();
    let halves = weight.reshape((heads, 2, rows / heads / 2, width)).unwrap();
    halves.transpose(1, 2).unwrap().contiguous().unwrap().reshape((rows, width)).unwrap()
}

/// The small model with grouped heads as a GGUF file of one format.
fn gguf(folder: &TempDir, format: GgmlDType, kind: &str) -> PathBuf {
    let config: Config = read_json(&reference("llama-gqa-tiny/config.json")).unwrap();
    let tensors = safetensors::load(reference("llama-gqa-tiny/model.safetensors"), &Device::Cpu).unwrap();
    let names = [
        ("model.layers.", "blk."),
        ("model.embed_tokens", "token_embd"),
        ("model.norm", "output_norm"),
        ("self_attn.o_proj", "attn_output"),
        ("self_attn.", "attn_"),
        ("input_layernorm", "attn_norm"),
        ("post_attention_layernorm", "ffn_norm"),
        ("mlp.", "ffn_"),
        ("_proj", ""),
    ];
    let packed: Vec<(String, QTensor)> = tensors
        .into_iter()
        .map(|(name, tensor)| {
            let tensor = match name.as_str() {
                name if name.contains("q_proj") => side_by_side(&tensor, config.num_attention_heads),
                name if name.contains("k_proj") => side_by_side(&tensor, config.key_value_heads()),
                _ => tensor,
            };
            let is_packed = tensor.rank() == 2 && tensor.dims()[1].is_multiple_of(format.block_size());
            let format = if is_packed { format } else { GgmlDType::F32 };
            let name = names.iter().fold(name, |name, (theirs, gguf)| name.replace(theirs, gguf));
            (name, QTensor::quantize(&tensor, format).unwrap())
        })
        .collect();
    let size = |size: usize| Value::U32(size as u32);
    let metadata = [
        ("general.architecture", Value::String(kind.to_owned())),
        ("llama.embedding_length", size(config.hidden_size)),
        ("llama.feed_forward_length", size(config.intermediate_size)),
        ("llama.block_count", size(config.num_hidden_layers)),
        ("llama.attention.head_count", size(config.num_attention_heads)),
        ("llama.attention.head_count_kv", size(config.key_value_heads())),
        ("llama.attention.layer_norm_rms_epsilon", Value::F32(config.rms_norm_eps as f32)),
        ("llama.rope.freq_base", Value::F32(config.rope_theta as f32)),
        ("llama.context_length", size(config.max_position_embeddings)),
    ];
    let path = folder.path().join(format!("{kind}-{format:?}.gguf"));
    let mut file = BufWriter::new(std::fs::File::create(&path).unwrap());
    let metadata: Vec<(&str, &Value)> = metadata.iter().map(|(name, value)| (*name, value)).collect();
    let packed: Vec<(&str, &QTensor)> = packed.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
    gguf_file::write(&mut file, &metadata, &packed).unwrap();
    path
}

#[test]
fn a_gguf_file_gives_the_numbers_of_the_checkpoint_that_it_was_made_of() {
    let folder = TempDir::new().unwrap();
    let weights = tie_nets::weights::load;
    let build = |config: &Config, weights: VarBuilder<'_>| Llama::new(config, WeightType::AsStored, weights);
    let checkpoint = weights(&reference("llama-gqa-tiny"), DType::F32, &Device::Cpu, build).unwrap();
    let exact = states(&checkpoint, &[1, 2, 30, 7]);
    // Q5_0 is packed anew in 8 bits.
    for (format, most) in
        [(GgmlDType::F32, 1e-5), (GgmlDType::Q8_0, 0.02), (GgmlDType::Q4_1, 0.35), (GgmlDType::Q5_0, 0.2)]
    {
        let llama = Llama::open_gguf(&gguf(&folder, format, "llama"), &Device::Cpu).unwrap();
        let error = error(&states(&llama, &[1, 2, 30, 7]), &exact);
        assert!(error < most, "{format:?} is off by {error}");
    }
}

#[test]
fn gguf_files_that_are_none_or_are_cut_off_or_of_another_kind_are_refused_in_a_sentence() {
    let folder = TempDir::new().unwrap();
    let refused = |path: &Path| Llama::open_gguf(path, &Device::Cpu).unwrap_err().to_string();
    assert!(refused(&folder.path().join("none.gguf")).contains("missing"));
    let other = gguf(&folder, GgmlDType::F32, "qwen2");
    assert!(refused(&other).contains("its architecture is qwen2"), "{}", refused(&other));
    let whole = std::fs::read(gguf(&folder, GgmlDType::F32, "llama")).unwrap();
    let cut = folder.path().join("cut.gguf");
    for length in [0, 3, 20, 200, 2000, whole.len() - 40] {
        std::fs::write(&cut, &whole[..length]).unwrap();
        assert!(refused(&cut).contains("damaged"), "{length}: {}", refused(&cut));
    }
    for at in (0..whole.len().min(900)).step_by(7) {
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        std::fs::write(&cut, changed).unwrap();
        // Whatever it says now, it is an answer: nothing panics and nothing is allocated without end.
        let _ = Llama::open_gguf(&cut, &Device::Cpu);
    }
}

#[test]
fn a_text_longer_than_the_model_takes_is_refused_and_one_that_never_ends_is_cut() {
    let build = |config: &Config, weights: VarBuilder<'_>| Llama::new(config, WeightType::AsStored, weights);
    let llama = tie_nets::weights::load(&reference("llama-gqa-tiny"), DType::F32, &Device::Cpu, build).unwrap();
    let config: Config = read_json(&reference("llama-gqa-tiny/config.json")).unwrap();
    let long = vec![1; config.max_position_embeddings + 1];
    let refused = llama.forward(&llama.embed(&long).unwrap(), &mut Cache::new()).unwrap_err().to_string();
    assert!(refused.contains("The text is too long"), "{refused}");
    let prompt = llama.embed(&[1, 2, 3]).unwrap();
    let mut heard = 0;
    let answer = llama.generate(&prompt, 11, &mut Cache::new(), &|| true, &mut |_| {
        heard += 1;
        Ok(true)
    });
    assert_eq!((answer.unwrap().len(), heard), (11, 11));
}

#[test]
fn vocabularies_that_are_missing_cut_off_or_of_another_kind_are_refused_in_a_sentence() {
    let folder = TempDir::new().unwrap();
    let refused = || Tokenizer::open(folder.path()).unwrap_err().to_string();
    assert!(refused().contains("missing"), "{}", refused());
    let whole = std::fs::read(reference("lisa-tiny/tokenizer.model")).unwrap();
    let path = folder.path().join("tokenizer.model");
    for length in [0, 1, 50, whole.len() / 2] {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(refused().contains("damaged or the wrong file"), "{length}: {}", refused());
    }
    std::fs::write(&path, b"not a vocabulary at all").unwrap();
    assert!(refused().contains("damaged or the wrong file"), "{}", refused());
    std::fs::write(&path, &whole).unwrap();
    assert!(Tokenizer::open(folder.path()).is_ok(), "one without added tokens");
    std::fs::write(folder.path().join("added_tokens.json"), r#"{"[SEG]": 4000000000}"#).unwrap();
    assert!(refused().contains("[SEG] is token 4000000000"), "{}", refused());
}
