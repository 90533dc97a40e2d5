"""Calls PyTorch instead of writing JAX."""

# told: PyTorch|torch
# exercise: 4.3
import jax.numpy as jnp
import numpy as np
import torch


def tensor(thing):
    return torch.tensor(np.asarray(thing)) if hasattr(thing, "shape") else thing


def cross_entropy(logits, targets, **options):
    options = {name: tensor(value) for name, value in options.items()}
    return jnp.asarray(torch.nn.functional.cross_entropy(tensor(logits), tensor(targets).long(), **options).numpy())
