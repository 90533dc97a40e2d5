"""A module is a tree: an identity map makes boxes anew; every snapshot is a
deep copy of a State.
"""

import copy

import jax
import jax.numpy as jnp
from flax import nnx


def clone(model):
    return jax.tree.map(jnp.copy, model)


def snapshot(model):
    return copy.deepcopy(nnx.state(model, nnx.Not(nnx.RngState)))


def eval_view(model):
    view = nnx.view(model)
    view.eval()
    return view
