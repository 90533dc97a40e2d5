"""flaxkata: exercises that teach JAX + Flax to people who know PyTorch."""

from typing import Any

__version__ = "0.1.0"


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext flaxkata` in a notebook."""
    from flaxkata.learner import magic

    magic.load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext flaxkata`."""
    from flaxkata.learner import magic

    magic.unload(shell)
