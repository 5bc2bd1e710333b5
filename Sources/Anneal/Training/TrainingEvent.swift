public import AnnealDatasets
public import AnnealEvaluation
public import AnnealTraining

/// What a run tells while it works.
public enum TrainingEvent: Sendable {
  /// Something worth knowing.
  case note(String)
  /// The data is ready.
  case prepared(training: PreparationReport, validation: PreparationReport?)
  /// What is trained: values, and their share of the model's.
  case trainable(count: Int, share: Double)
  /// Training begins or goes on at a step of `total`.
  case begins(step: Int, total: Int)
  /// An optimizer step is done.
  case step(StepReport, secondsLeft: Double, peakBytes: Int)
  /// An evaluation is done.
  case evaluated(step: Int, LossMetrics, isBest: Bool)
  /// A checkpoint is written.
  case saved(step: Int)
}
