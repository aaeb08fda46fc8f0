"""What a model is trained with: `compile`, `targets` and arrays, held against the outputs."""
