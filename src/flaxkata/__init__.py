"""flaxkata: exercises that teach JAX + Flax to people who know PyTorch."""

__version__ = "0.1.0"
