"""5.2 torch_batchnorm: A BatchNorm that keeps PyTorch's running statistics

In training, PyTorch's BatchNorm uses two variances. It normalizes the batch
with the biased one, the mean of (x - mean)^2. It stores the unbiased one in
`running_var`: the biased one times n / (n - 1), where n counts the values per
channel, batch * height * width. Flax's `nn.BatchNorm` stores the biased one.
With 12 values per channel, PyTorch's is 9 % larger, and a model trained on
small batches evaluates differently. The momentum differs as well:

    PyTorch   running = (1 - momentum) * running + momentum * new
              default momentum 0.1
    Flax      running = momentum * running + (1 - momentum) * new
              default momentum 0.99

A Flax module keeps values that are not parameters in a separate collection,
here "batch_stats":

    mean = self.variable("batch_stats", "mean", jnp.zeros, (features,))
    mean.value          # reads
    mean.value = ...    # writes

`init` makes the variable and `apply` finds it. What you pass to `apply` never
changes: `model.apply(variables, x, train=True, mutable=["batch_stats"])`
returns a pair, the output and {"batch_stats": the new values}. Without
`mutable`, a write raises an error. `init` runs the module too. There
`self.is_initializing()` is True, and the statistics must not change, even where
a model calls the layer twice: a fresh model has seen no data.

Write `__call__` with its parameters and statistics (`self.param("scale",
nn.initializers.ones, (features,))` makes a parameter). The checks run it under
`jax.jit`, with batches of different sizes, and with x around 1000, where a
variance needs care (5.1). They compare the gradients of training as well, for a
channel of zeros too: as in PyTorch, these flow through the batch's mean and
variance.

After 1.2 and 5.1. About 20 minutes.

https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
"""

# --- PyTorch ---
import torch


def torch_bn(features: int, momentum: float = 0.1, eps: float = 1e-5) -> torch.nn.BatchNorm2d:
    """A BatchNorm2d for x (batch, features, height, width). Its weight, bias,
    running_mean and running_var are each (features,).
    """
    return torch.nn.BatchNorm2d(features, momentum=momentum, eps=eps)


# --- JAX ---
import flax.linen as nn
import jax
import jax.numpy as jnp


class TorchBN(nn.Module):
    """`torch.nn.BatchNorm2d` for images with their channels last.

    It has the parameters "scale" (PyTorch's weight) and "bias" and, in
    "batch_stats", the running "mean" and "var". All are float32 (features,) and
    start as in PyTorch, at 1, 0, 0 and 1.
    """

    momentum: float = 0.1  # the weight of the new batch, as in PyTorch
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        """x: float32 (batch, height, width, features), with more than one value
        per channel. Returns an array of x's shape.

        With `train`, normalizes with the batch's statistics, in `init` too,
        and updates the running ones, except in `init`. `apply` may have
        mutable=True instead of the collection's name. Without `train`,
        normalizes with the running ones, in `init` too, and writes nothing.
        """
        # <solution>
        features = x.shape[-1]
        scale = self.param("scale", nn.initializers.ones, (features,))
        bias = self.param("bias", nn.initializers.zeros, (features,))
        running_mean = self.variable("batch_stats", "mean", jnp.zeros, (features,))
        running_var = self.variable("batch_stats", "var", jnp.ones, (features,))

        if train:
            mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2))
            if not self.is_initializing():
                n = x.size // features
                running_mean.value += self.momentum * (mean - running_mean.value)
                running_var.value += self.momentum * (var * n / (n - 1) - running_var.value)
        else:
            mean, var = running_mean.value, running_var.value
        return (x - mean) * jax.lax.rsqrt(var + self.eps) * scale + bias
        # </solution>
