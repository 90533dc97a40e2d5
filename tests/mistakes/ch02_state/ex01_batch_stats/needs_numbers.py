"""A step works when it is called directly, and raises an error under `jax.jit`:
something needs the numbers of an array. Usually that is an `if` on a value,
`float(...)`, or a NumPy function. Under `jax.jit` the arrays are tracers, which
have no numbers. Leave it out, or look at the result after the call.
"""

import flax.linen as nn
import jax.numpy as jnp


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x, train):
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)
        return nn.Dense(self.output_dim, name="fc2")(nn.tanh(x))


def train_step(model, variables, x):
    output, updates = model.apply(variables, x, train=True, mutable=["batch_stats"])
    if jnp.isnan(output).any():
        raise ValueError("the output has NaN in it")
    return output, {**variables, **updates}


def eval_step(model, variables, x):
    return model.apply(variables, x, train=False)
