internal import AnnealDatasets

extension BadRowPolicy: RecipeChoice {}
