"""The image as a table of pixels; sums instead of means; statistics through
put_variable.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


class TorchBN(nn.Module):
    momentum: float = 0.1
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x, train):
        table = x.reshape(-1, x.shape[-1])
        n, features = table.shape
        statistics = {"mean": jnp.zeros(features), "var": jnp.ones(features)}
        for name, start in statistics.items():
            statistics[name] = self.variable("batch_stats", name, lambda start=start: start).value
        mean, var = statistics["mean"], statistics["var"]
        if train:
            mean = table.sum(0) / n
            squares = ((table - mean) ** 2).sum(0)
            var = squares / n
            if not self.is_initializing():
                for name, new in {"mean": mean, "var": squares / (n - 1)}.items():
                    moved = statistics[name] + self.momentum * (new - statistics[name])
                    self.put_variable("batch_stats", name, moved)
        table = jax.nn.standardize(table, 0, mean, var, epsilon=self.eps)
        scale = self.param("scale", lambda _: jnp.ones(features))
        bias = self.param("bias", lambda _: jnp.zeros(features))
        return (table * scale + bias).reshape(x.shape)
