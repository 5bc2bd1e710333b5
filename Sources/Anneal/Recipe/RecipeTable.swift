extension RecipeKey {
  /// Every key, in the order of the reference and of the resolved recipe.
  public static let all: [RecipeKey] = model + method + data + batches + optimizer + machine + run

  private static let model: [RecipeKey] = [
    RecipeKey(
      "model_name_or_path", \.modelNameOrPath, in: .model, aliases: ["base_model", "model"],
      isRequired: true, "The base model: a folder in the Hugging Face layout."),
    RecipeKey(
      "adapter_name_or_path", \.adapterNameOrPath, in: .model, aliases: ["lora_model_dir"],
      "An adapter in PEFT's layout to go on training instead of a fresh one."),
    RecipeKey(
      "chat_template", \.chatTemplate, in: .model,
      aliases: ["template", "chat_template_path", "chat_template_jinja"],
      standard: "the model's own",
      "The chat template: a Jinja file, or the name of a built-in one."),
    RecipeKey(
      "quantization_bit", \.quantizationBit, in: .model, bounds: .fourOrEight, standard: "none",
      "Bits a value of the frozen base's linear weights is coded in while it is loaded: 4 is "
        + "QLoRA (arXiv 2305.14314). Memory falls to about a third; adapters stay float32."),
    RecipeKey(
      "quantization_type", \.quantizationType, in: .model, aliases: ["bnb_4bit_quant_type"],
      standard: "nf4 for 4 bits, int8 for 8",
      "The data type of the codes: nf4 or fp4 with a scale for each 64 values, or int8 with one "
        + "for each row; the numbers are those of bitsandbytes."),
    RecipeKey(
      "double_quantization", \.doubleQuantization, in: .model,
      aliases: ["use_bnb_nested_quant", "bnb_4bit_use_double_quant"],
      "Code the scales of 4-bit codes too, which saves 0.37 bits a value."),
  ]

  private static let method: [RecipeKey] = [
    RecipeKey(
      "stage", \.stage, in: .method,
      "sft learns the replies of conversations; pt learns every token of raw text."),
    RecipeKey(
      "finetuning_type", \.finetuningType, in: .method, aliases: ["adapter"],
      "lora trains small matrices beside the frozen base; full trains every weight."),
    RecipeKey(
      "lora_rank", \.loraRank, in: .method, aliases: ["lora_r"], bounds: .atLeastOne,
      "Rank r of an adapter: it holds r x (inputs + outputs) values a layer."),
    RecipeKey(
      "lora_alpha", \.loraAlpha, in: .method, bounds: .positive, standard: "2 x lora_rank (32)",
      "Strength of an adapter: its update is scaled by lora_alpha / lora_rank."),
    RecipeKey(
      "lora_dropout", \.loraDropout, in: .method, bounds: .share,
      "Probability that an adapter's input value is dropped while training."),
    RecipeKey(
      "lora_target_modules", \.loraTargetModules, in: .method,
      aliases: ["lora_target", "target_modules"],
      "The layers with an adapter: all-linear (every linear layer of the blocks), names such as "
        + "[q_proj, v_proj], or a regular expression over whole paths."),
    RecipeKey(
      "use_rslora", \.useRSLoRA, in: .method, aliases: ["peft_use_rslora"],
      "Scale by lora_alpha / sqrt(lora_rank), which keeps high ranks stable (arXiv 2312.03732)."),
    RecipeKey(
      "lora_modules_to_save", \.loraModulesToSave, in: .method,
      aliases: ["modules_to_save", "additional_target"],
      "Modules trained whole beside the adapters, such as [embed_tokens, lm_head]."),
  ]

  private static let data: [RecipeKey] = [
    RecipeKey(
      "datasets", \.datasets, in: .data, aliases: ["dataset", "train_data"], isRequired: true,
      "Training data: a path, a list of paths, or a list of mappings with path, type (the format, "
        + "else detected), split (of a folder, the files whose name begins so), weight "
        + "(how often its rows are seen in an epoch; with a mix_strategy that draws, how likely they "
        + "are), max_samples (so many of its rows at most, chosen by the seed) and field_map "
        + "(format's field: file's column)."),
    RecipeKey(
      "mix_strategy", \.mixStrategy, in: .data,
      "How several datasets make an epoch: concatenate reads all rows; interleave_first_exhausted "
        + "draws rows by weight until a dataset has no more; interleave_all_exhausted until every one "
        + "was read to its end, short ones again; temperature draws as many as there are, by "
        + "size^(1/mix_temperature)."),
    RecipeKey(
      "interleave_probs", \.interleaveProbs, in: .data, aliases: ["probabilities"],
      standard: "the weights of datasets",
      "How likely each of the datasets is, in their order, when mix_strategy draws; need not sum to "
        + "1."),
    RecipeKey(
      "mix_temperature", \.mixTemperature, in: .data, bounds: .positive,
      "With mix_strategy: temperature, 1 draws by size and larger numbers more evenly (arXiv "
        + "1907.05019)."),
    RecipeKey(
      "eval_datasets", \.evalDatasets, in: .data,
      aliases: ["eval_dataset", "test_datasets", "eval_data"],
      "Evaluation data of its own, given like datasets."),
    RecipeKey(
      "dataset_dir", \.datasetDir, in: .data,
      "The folder of a dataset_info.json (LLaMA-Factory's), whose names datasets may then be, with "
        + "commas between."),
    RecipeKey(
      "on_error", \.onError, in: .data,
      "A row that cannot be used: stop at it, skip it (counted, and kept in skipped.jsonl of the "
        + "run's folder), or report all of them and stop."),
    RecipeKey(
      "val_size", \.valSize, in: .data, aliases: ["val_set_size", "test_split_size"],
      bounds: .share, standard: "0.1; 0 with eval_datasets",
      "Share of the training rows that is held out for evaluation."),
    RecipeKey(
      "max_length", \.maxLength, in: .data,
      aliases: ["cutoff_len", "sequence_len", "max_seq_length"], bounds: .atLeastOne,
      "Longest sequence, in tokens; longer rows are cut at the end and counted."),
    RecipeKey(
      "packing", \.packing, in: .data, aliases: ["sample_packing", "neat_packing"],
      "Put several short rows into one sequence; no row ever sees another."),
    RecipeKey(
      "train_on_inputs", \.trainOnInputs, in: .data, aliases: ["train_on_prompt"],
      "Learn the prompts too, not the replies alone."),
    RecipeKey(
      "roles_to_train", \.rolesToTrain, in: .data,
      "Roles whose turns are learned, each with its end-of-turn token."),
    RecipeKey(
      "dataset_num_proc", \.datasetNumProc, in: .data,
      aliases: ["preprocessing_num_workers", "dataset_processes"], bounds: .atLeastOne,
      standard: "one a core", affectsResult: false, "Threads that prepare data."),
    RecipeKey(
      "dataset_prepared_path", \.datasetPreparedPath, in: .data, aliases: ["tokenized_path"],
      standard: "the cache folder", affectsResult: false,
      "The folder in which prepared rows (tokens and masks) are kept from one run to the next, or "
        + "none. They are found by the contents of the files, the tokenizer, the template and the "
        + "keys that matter, and made anew when one of these differs or a file of theirs is damaged."
    ),
  ]

  private static let batches: [RecipeKey] = [
    RecipeKey(
      "per_device_train_batch_size", \.perDeviceTrainBatchSize, in: .batches,
      aliases: ["micro_batch_size", "batch_size"], bounds: .atLeastOne,
      "Sequences computed at once; with packing, sequences of max_length tokens."),
    RecipeKey(
      "per_device_eval_batch_size", \.perDeviceEvalBatchSize, in: .batches,
      aliases: ["eval_batch_size"], bounds: .atLeastOne,
      standard: "per_device_train_batch_size", affectsResult: false,
      "Sequences evaluated at once."),
    RecipeKey(
      "gradient_accumulation_steps", \.gradientAccumulationSteps, in: .batches,
      bounds: .atLeastOne,
      "Micro-batches summed into one optimizer step; the loss is that of the whole step."),
    RecipeKey(
      "num_train_epochs", \.numTrainEpochs, in: .batches, aliases: ["num_epochs"],
      bounds: .epochs, "Passes over the training data; may be a fraction."),
    RecipeKey(
      "max_steps", \.maxSteps, in: .batches, bounds: .atLeastOne, standard: "none",
      "Optimizer steps after which the run ends, whatever num_train_epochs says."),
  ]

  private static let optimizer: [RecipeKey] = [
    RecipeKey(
      "learning_rate", \.learningRate, in: .optimizer, aliases: ["lr"], bounds: .positive,
      standard: "2e-4 for lora, 2e-5 for full", "Peak learning rate."),
    RecipeKey(
      "lr_scheduler_type", \.lrSchedulerType, in: .optimizer, aliases: ["lr_scheduler"],
      "How the learning rate goes on after the warm-up."),
    RecipeKey(
      "min_lr_ratio", \.minLRRatio, in: .optimizer, aliases: ["cosine_min_lr_ratio"],
      bounds: .wholeShare,
      "Learning rate at the end of linear and cosine, as a share of the peak."),
    RecipeKey(
      "warmup_ratio", \.warmupRatio, in: .optimizer, bounds: .wholeShare,
      "Share of the run in which the learning rate rises from 0 to its peak."),
    RecipeKey(
      "warmup_steps", \.warmupSteps, in: .optimizer, bounds: .nonNegative,
      standard: "from warmup_ratio",
      "Optimizer steps of warm-up; when given, warmup_ratio is not used."),
    RecipeKey(
      "optim", \.optim, in: .optimizer, aliases: ["optimizer"],
      "The optimizer, with float32 master values of all that is trained: adamw keeps 8 bytes of "
        + "moments a value, adamw_8bit 2 (block-wise codes, arXiv 2110.02861)."),
    RecipeKey(
      "adam_beta1", \.adamBeta1, in: .optimizer, bounds: .share,
      "Adam's decay of the gradient's running mean."),
    RecipeKey(
      "adam_beta2", \.adamBeta2, in: .optimizer, bounds: .share,
      "Adam's decay of the squared gradient's running mean."),
    RecipeKey(
      "adam_epsilon", \.adamEpsilon, in: .optimizer, bounds: .positive,
      "Adam's term against division by zero."),
    RecipeKey(
      "weight_decay", \.weightDecay, in: .optimizer, bounds: .nonNegative,
      "Decoupled weight decay, a share of each weight a step at learning rate 1."),
    RecipeKey(
      "max_grad_norm", \.maxGradNorm, in: .optimizer, aliases: ["gradient_clipping"],
      bounds: .nonNegative, "Largest norm of a step's gradient; 0 for no clipping."),
    RecipeKey(
      "label_smoothing_factor", \.labelSmoothingFactor, in: .optimizer,
      aliases: ["label_smoothing"], bounds: .share,
      "Share of each target's probability that is spread evenly over the vocabulary "
        + "(arXiv 1512.00567). The losses that are reported are without it."),
    RecipeKey(
      "z_loss_weight", \.zLossWeight, in: .optimizer, aliases: ["z_loss"], bounds: .nonNegative,
      "Weight of the squared logarithm of softmax's denominator, which keeps logits near 0 "
        + "(arXiv 2204.02311; 1e-4 there). The losses that are reported are without it."),
    RecipeKey(
      "optimizer_in_bwd", \.optimizerInBwd, in: .optimizer, affectsResult: false,
      "Move each block's values as soon as its gradient is there and let the gradient go, which "
        + "saves 2 to 4 bytes a trained value; needs gradient_accumulation_steps: 1 and "
        + "max_grad_norm: 0. The values are the same, bit for bit, where all gradients are finite; "
        + "a micro-batch that does not fit into memory ends the run instead of being computed in "
        + "parts."),
  ]

  private static let machine: [RecipeKey] = [
    RecipeKey(
      "dtype", \.dtype, in: .machine, aliases: ["torch_dtype"],
      "Number format of the base; auto is bfloat16 where the device computes it fast, else "
        + "float32. What is trained stays float32. `bf16: true` means `dtype: bfloat16`."),
    RecipeKey(
      "gradient_checkpointing", \.gradientCheckpointing, in: .machine,
      standard: "none; full with offload: activations or all", affectsResult: false,
      "Compute activations again in the backward pass to save memory; true means full."),
    RecipeKey(
      "offload", \.offload, in: .machine, affectsResult: false,
      "What is kept out of memory until it is needed: the frozen base's linear weights, which "
        + "then stay in their file; the inputs of recomputed blocks, which wait in a file of the "
        + "run's folder (beside a GPU, in the processor's memory); or all of both."),
    RecipeKey(
      "device", \.device, in: .machine, "auto, cpu, cuda, cuda:N or mps."),
    RecipeKey(
      "threads", \.threads, in: .machine, aliases: ["num_threads"], bounds: .threads,
      standard: "one a core", "Threads of computation on the processor."),
    RecipeKey(
      "memory_limit", \.memoryLimit, in: .machine, standard: "what is free",
      affectsResult: false,
      "Memory that tensors may take, such as 8GB; micro-batches that need more are computed in "
        + "parts."),
    RecipeKey(
      "seed", \.seed, in: .machine, bounds: .nonNegative,
      "Seed of the order of rows, of dropout and of fresh weights."),
  ]

  private static let run: [RecipeKey] = [
    RecipeKey(
      "output_dir", \.outputDir, in: .run, aliases: ["output"], isRequired: true,
      affectsResult: false,
      "The run's folder: metrics, curves, checkpoints, the best and the last model."),
    RecipeKey(
      "overwrite_output_dir", \.overwriteOutputDir, in: .run, aliases: ["overwrite"],
      affectsResult: false, "Replace a folder that is already there."),
    RecipeKey(
      "logging_steps", \.loggingSteps, in: .run, affectsResult: false,
      "Optimizer steps between two rows of metrics; below 1, a share of the run."),
    RecipeKey(
      "eval_strategy", \.evalStrategy, in: .run, aliases: ["evaluation_strategy"],
      standard: "steps; no without evaluation data",
      "When to evaluate, beside step 0 and the end."),
    RecipeKey(
      "eval_steps", \.evalSteps, in: .run,
      "Optimizer steps between evaluations; below 1, a share of the run."),
    RecipeKey(
      "save_strategy", \.saveStrategy, in: .run, affectsResult: false,
      "When to save a checkpoint that a run can resume from; best and last are always kept."),
    RecipeKey(
      "save_steps", \.saveSteps, in: .run, affectsResult: false,
      "Optimizer steps between checkpoints; below 1, a share of the run."),
    RecipeKey(
      "save_total_limit", \.saveTotalLimit, in: .run, bounds: .atLeastOne,
      affectsResult: false, "Newest checkpoints that are kept."),
    RecipeKey(
      "early_stopping_patience", \.earlyStoppingPatience, in: .run,
      aliases: ["early_stopping_steps"], bounds: .atLeastOne, standard: "none",
      "Evaluations in a row without a lower loss after which the run stops."),
    RecipeKey(
      "resume_from_checkpoint", \.resumeFromCheckpoint, in: .run,
      aliases: ["auto_resume_from_checkpoints"], affectsResult: false,
      "true goes on from the newest checkpoint that verifies, a path from that one."),
  ]
}
