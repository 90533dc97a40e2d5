"""5.2 torch_batchnorm: A BatchNorm that keeps PyTorch's running statistics

In training PyTorch's BatchNorm uses two variances. It normalises the batch with
the biased one, the mean of
(x - mean)^2. Into `running_var` goes the unbiased one, that times n / (n - 1),
where n counts the values of a channel: batch * height * width. Flax's
`nn.BatchNorm` stores the biased one. With 12 values a channel PyTorch's is 9 %
larger, and a model that was trained on small batches evaluates differently. The
momentum differs as well:

    PyTorch   running = (1 - momentum) * running + momentum * new     momentum 0.1
    Flax      running = momentum * running + (1 - momentum) * new     momentum 0.99

What a Flax module keeps beside its parameters is in a collection of its own,
here "batch_stats":

    mean = self.variable("batch_stats", "mean", jnp.zeros, (features,))      # made by init, found by apply
    mean.value                                                               # reads
    mean.value = ...                                                         # writes

The variables that you pass to `apply` never change: `model.apply(variables, x,
train=True, mutable=["batch_stats"])` gives a pair, the output and
{"batch_stats": the new values}. Without `mutable`, a write raises. `init` runs
the module too; `self.is_initializing()` tells, and a fresh model must have seen
no data.

Write `__call__` with its parameters and statistics (`self.param("scale",
nn.initializers.ones, (features,))` makes a parameter).

After 1.2 and 5.1. About 20 minutes.

https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
"""

# --- PyTorch ---
import torch


def torch_bn(features: int, momentum: float = 0.1, eps: float = 1e-5) -> torch.nn.BatchNorm2d:
    """weight, bias, running_mean and running_var, each (features,); for x
    (batch, features, height, width).
    """
    return torch.nn.BatchNorm2d(features, momentum=momentum, eps=eps)


# --- JAX ---
import flax.linen as nn
import jax
import jax.numpy as jnp


class TorchBN(nn.Module):
    """`torch.nn.BatchNorm2d` for images with their channels last.

    Parameters "scale" (PyTorch's weight) and "bias"; in "batch_stats" the
    running "mean" and "var". All are float32 (features,) and start as PyTorch's
    do, at 1, 0, 0 and 1.
    """

    momentum: float = 0.1  # the share of the new, as in PyTorch
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        """x: float32 (batch, height, width, features), with more than one value
        a channel. Returns x's shape.

        With `train`, normalises with the batch's statistics, and updates the
        running ones except in `init`. Without, normalises with the running ones
        and writes nothing.
        """
        raise NotImplementedError("5.2 torch_batchnorm: your code here")
