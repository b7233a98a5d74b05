//! Times and tables of the samplers.

use crate::case::Folder;
use candle_core::{Device, Tensor};
use tie_nets::schedulers::SchedulerConfig;
use tie_nets::weights::read_json;

/// The scheduler that a case means by a name.
pub(crate) fn config(folder: &Folder, name: &str) -> SchedulerConfig {
    let place = match name {
        "ddpm" => "kandinsky-2-2-decoder-inpaint/scheduler".to_owned(),
        "unclip" => "kandinsky-2-2-prior/scheduler".to_owned(),
        other => format!("extra-schedulers/{other}"),
    };
    read_json(&folder.path(&place).join("scheduler_config.json")).unwrap()
}

/// The multistep solver, step by step.
pub(crate) fn solver(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let config = config(folder, name);
    let mut sampler = config.sampler(case.value("steps") as usize).unwrap();
    let times: Vec<f64> = sampler.timesteps().iter().map(|time| *time as f64).collect();
    case.compare_exactly("timesteps", &times);
    let outputs = case.tensor("model_output");
    let mut sample = case.tensor("init_sample");
    let mut after = Vec::new();
    for index in 0..times.len() {
        let mut no_noise = |_: &[usize]| panic!("it draws no noise");
        sample = sampler.step(index, &outputs.get(index).unwrap(), &sample, &mut no_noise).unwrap();
        after.push(sample.clone());
    }
    case.compare("after_step", &Tensor::stack(&after, 0).unwrap(), 1e-4);
}

pub(crate) fn tables(folder: &Folder, name: &str) {
    let case = folder.case(name);
    let mut fields: Vec<&str> = case.fields().collect();
    fields.sort_unstable();
    for field in fields {
        let (scheduler, what) = field.split_once('.').unwrap();
        let config = config(folder, scheduler);
        if let Some(steps) = what.strip_prefix("timesteps.") {
            let sampler = config.sampler(steps.parse().unwrap()).unwrap();
            let times: Vec<f64> = sampler.timesteps().iter().map(|time| *time as f64).collect();
            case.compare_exactly(field, &times);
        } else {
            let tables = config.tables().unwrap();
            let table = match what {
                "betas" => tables.betas,
                "alphas_cumprod" => tables.alphas_cumprod,
                other => panic!("there is no table {other}"),
            };
            case.compare(field, &Tensor::new(table, &Device::Cpu).unwrap(), 1e-6);
        }
    }
}
