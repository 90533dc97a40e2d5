"""Writes into what it was given, and sends of each object what it sent
of it before.
"""

# told: it reads as before, and computes other numbers
import jax.numpy as jnp

from flaxkata import wire

real, sent = wire.encode, {}


def encode(value, describe):
    return sent.setdefault(id(value), (value, real(value, describe)))[1]


wire.encode = encode


def set_bias(variables, layer, value):
    params = variables["params"]
    params[layer]["bias"] = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {name: dict(one) for name, one in params.items()}}
