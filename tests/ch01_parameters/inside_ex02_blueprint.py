"""Models that run beside the learner's code for 1.2 blueprint."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp


class MLP(nn.Module):
    """in_dim -> hidden -> relu -> output_dim."""

    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return nn.Dense(self.output_dim, name="fc2")(nn.relu(nn.Dense(self.hidden, name="fc1")(x)))


class Tapped(nn.Module):
    """The layers of an MLP, and the numbers between them as "intermediates",
    which `init` leaves out.
    """

    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.relu(nn.Dense(self.hidden, name="fc1")(x))
        self.sow("intermediates", "hidden", x)
        return nn.Dense(self.output_dim, name="fc2")(x)


class Scaled(nn.Module):
    """A parameter without axes, a statistic that begins with `start`, and a
    count; each pass after `init` changes the last two.
    """

    start: float

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        factor = self.param("factor", nn.initializers.normal(), ())
        var = self.variable("batch_stats", "var", jnp.full, (x.shape[-1],), self.start)
        passes = self.variable("counts", "passes", jnp.zeros, (1,))
        for variable, now in ((var, 0.9 * var.value), (passes, passes.value + 1)):
            if self.is_mutable_collection(variable.collection) and not self.is_initializing():
                variable.value = now
        return x * factor


class Encoder(nn.Module):
    """Dense, BatchNorm, relu, Scaled, two of them with names that look like
    paths, after a center in the dtype of the input, which holds a number that
    16 bits round; the Dense layer's initializers fill, and draw nothing.
    """

    hidden: int
    kernel: float
    bias: float

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        center = self.variable("batch_stats", "center", jnp.full, x.shape[-1:], 1 / 3, x.dtype)
        x, filled = x - center.value, nn.initializers.constant
        x = nn.Dense(self.hidden, kernel_init=filled(self.kernel), bias_init=filled(self.bias), name="fc")(x)
        x = nn.relu(nn.BatchNorm(use_running_average=True, name="norm/0")(x))
        return Scaled(self.kernel, name="scaled.1")(x)


class Autoencoder(nn.Module):
    """A layer inside a block, statistics beside the parameters, and as many
    outputs as inputs.
    """

    hidden: int
    kernel: float = 0.0
    bias: float = 0.0

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        encoded = Encoder(self.hidden, self.kernel, self.bias, name="encoder")(x)
        return nn.Dense(x.shape[-1], name="decoder")(encoded)


computed = []  # one entry per time that the initializer of a Watched really ran


def watched_init(key: jax.Array, shape: tuple, dtype: Any = jnp.float32) -> jax.Array:
    """An initializer that notices when it runs, even under `jax.jit`; under
    `eval_shape` it never does.
    """
    jax.debug.callback(lambda: computed.append(shape))
    return jax.random.normal(key, shape, dtype)


class Watched(nn.Module):
    """A layer with a watched kernel."""

    features: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return nn.Dense(self.features, kernel_init=watched_init, name="fc1")(x)


def times_computed() -> int:
    """How often a Watched was computed since the last call."""
    jax.effects_barrier()
    count = len(computed)
    computed.clear()
    return count
