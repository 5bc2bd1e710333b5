// `import Anneal` is all that a program needs.
@_exported public import AnnealAdapters
@_exported public import AnnealDatasets
@_exported public import AnnealEvaluation
@_exported public import AnnealExport
@_exported public import AnnealFiles
@_exported public import AnnealInference
@_exported public import AnnealModels
@_exported public import AnnealNeural
@_exported public import AnnealRemote
@_exported public import AnnealText
@_exported public import AnnealTorch
@_exported public import AnnealTraining
