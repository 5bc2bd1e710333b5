/// Keys of other tools' recipes that mean something this version does not do.
///
/// They are told apart from misspelt keys, so that nobody searches for a typing error. Where such a
/// key only switches its feature off, it is accepted in silence.
enum RecipeLater {
  /// What each key is for, or what to write instead.
  static let keys: [String: String] = [
    "use_dora": dora, "peft_use_dora": dora,
    "loraplus_lr_ratio": "LoRA+ is not supported yet; use one learning_rate.",
    "load_in_4bit": "Write quantization_bit: 4.", "load_in_8bit": "Write quantization_bit: 8.",
    "bnb_config_kwargs": "Write quantization_bit, quantization_type and double_quantization.",
    "quantization_method": "Weights are coded while they are loaded; see quantization_type.",
    "fp16": "float16 training is not supported; use dtype: bfloat16 or float32.",
    "pure_bf16": "Use dtype: bfloat16; trained values stay float32.",
    "tf32": "There is no tf32 switch; use dtype: bfloat16 or float32.",
    "streaming": stream, "buffer_size": stream, "dataset_streaming": stream,
    "pretraining_dataset": "Use stage: pt with datasets.",
    "completion_only_loss": mask, "assistant_only_loss": mask, "mask_history": mask,
    "train_on_eos": "The end-of-turn token of a trained turn is always learned.",
    "packing_strategy": "Packing is always best-fit and isolated; use packing: true or false.",
    "attn_implementation": kernels, "flash_attn": kernels, "flash_attention": kernels,
    "enable_liger_kernel": kernels, "use_liger_kernel": kernels,
    "disable_gradient_checkpointing": "Use gradient_checkpointing: none.",
    "lora_target_linear": "Use lora_target_modules: all-linear.",
    "use_peft": "Use finetuning_type: lora or full.",
    "neftune_noise_alpha": "NEFTune is not supported yet.",
    "saves_per_epoch": "Use save_strategy: epoch, or save_steps.",
    "evals_per_epoch": "Use eval_strategy: epoch, or eval_steps.",
    "load_best_model_at_end": "best/ and last/ are always both kept.",
    "metric_for_best_model": "The best model is the one with the lowest evaluation loss.",
    "report_to": trackers, "wandb_project": trackers, "use_tensorboard": trackers,
    "use_mlflow": trackers, "run_name": trackers,
    "rl": preference, "beta": preference, "loss_type": preference, "pref_beta": preference,
    "pref_loss": preference, "pref_ftx": preference, "rl_beta": preference,
    "dpo_loss_type": preference, "simpo_gamma": preference, "orpo_alpha": preference,
    "kto_desirable_weight": preference, "precompute_ref_log_probs": preference,
    "ref_model": preference, "reward_model": preference, "sync_ref_model": preference,
    "deepspeed": machines, "fsdp": machines, "fsdp_config": machines,
    "export_dir": exporting, "export_size": exporting, "export_device": exporting,
    "export_quantization_bit": exporting,
    "hub_model_id": hub, "push_to_hub": hub, "export_hub_model_id": hub,
    "max_samples": "Write max_samples beside the path of each of the datasets.",
    "overwrite_cache":
      "Rows are prepared anew when they change; `anneal data prepare --no-cache` asks.",
    "do_eval": "Set eval_strategy, or give eval_dataset.",
    "dataset_name": "Write a local file's path under datasets.",
    "trust_remote_code": "Code that comes with a model is never run.",
    "freeze_trainable_layers": "Freezing by layer is not supported; use lora or full.",
  ]

  /// Keys that ask for what every run does.
  static let alwaysDone: Set<String> = ["do_train", "plot_loss"]

  private static let dora = "DoRA is not supported yet; use_rslora is."
  private static let stream =
    "Rows are always read a part at a time and kept as tokens on the disk (dataset_prepared_path)."
  private static let mask = "Use train_on_inputs and roles_to_train."
  private static let kernels = "The fastest kernels of the device are always used."
  private static let trackers = "Metrics go to metrics.csv, metrics.jsonl and curves.svg."
  private static let preference = "Preference training is not supported yet; stages are sft and pt."
  private static let machines = "Training on several machines is not supported yet."
  private static let exporting = "Use `anneal export` after the run."
  private static let hub = "Use `anneal push` after the run."
}
