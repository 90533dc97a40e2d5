"""6.2 per_sample: A gradient for each sample, and many models at once

`loss.backward()` adds up the gradients of all samples. To get each one by
itself, `torch.func` turns the model into a function of its parameters and
takes the `grad` of the loss of one sample; `vmap` then adds the batch axis. In
JAX the loss is such a function from the start, so only `jax.grad` and
`jax.vmap` are left:

    jax.vmap(f, in_axes=(None, 0, 0))

f is written for one sample, and sees no batch axis. in_axes has an entry for
each argument: the axis to take the samples from, or None for an argument that
is the same for all samples. An entry holds for all leaves of a tree. Each leaf
of the result has the samples along a new first axis. f is traced once; a
Python loop gives the same numbers, but runs f for every sample.

With these gradients you can clip each sample by itself, as private training
(DP-SGD) does: multiply all leaves of one sample's gradient by one factor, so
that their norm is at most max_norm, and take the mean afterwards. Then no
sample adds more than max_norm / samples to the mean. Clipping the mean itself
guarantees no such thing. `optax.global_norm(tree)`, the norm of all leaves
together, knows nothing of samples: under vmap it sees one of them.

vmap takes its axis from arrays, but the weights of four models are four trees.
`torch.func.stack_module_state` stacks them into one tree, with the models
along the first axis of each leaf. In JAX, `jax.tree.map(f, *trees)` calls f
with the leaves that are at the same place in all trees, and `jnp.stack` does
the rest.

Two layers need care. With one key, dropout under vmap uses the same mask for
all samples (torch.func.vmap raises an error by default): split the key, and
map over the keys. A BatchNorm in train mode sees one sample and returns its
own bias, whatever x is (PyTorch's raises an error). With
`nn.BatchNorm(axis_name="batch")` and `jax.vmap(..., axis_name="batch")` it
sees the batch again.

Write the three functions; each is checked by itself.

After 4.1 and 4.5. About 20 minutes.

https://docs.jax.dev/en/latest/101/transformations.html
"""

# --- PyTorch ---
import torch
from torch.func import functional_call, grad, stack_module_state, vmap


class TorchMLP(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.fc2 = torch.nn.Linear(hidden, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(torch.tanh(self.fc1(x)))


def torch_per_sample_grads(model: torch.nn.Module, xs: torch.Tensor, ys: torch.Tensor) -> dict[str, torch.Tensor]:
    """Each sample's own gradients, by parameter: (samples, *shape)."""

    def loss(params: dict[str, torch.Tensor], x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.mse_loss(functional_call(model, params, (x,)), y)

    params = {name: p.detach() for name, p in model.named_parameters()}
    return vmap(grad(loss), in_dims=(None, 0, 0))(params, xs, ys)


def torch_dp_mean(grads: dict[str, torch.Tensor], max_norm: float) -> dict[str, torch.Tensor]:
    """The mean of the clipped gradients of all samples."""
    norms = torch.stack([g.flatten(1).norm(dim=1) for g in grads.values()]).norm(dim=0)
    factors = (max_norm / (norms + 1e-6)).clamp(max=1.0)
    return {name: torch.einsum("s,s...->...", factors, g) / len(g) for name, g in grads.items()}


def torch_ensemble(models: list[torch.nn.Module], x: torch.Tensor) -> torch.Tensor:
    """The output of each model for x: (models, batch, output_dim)."""
    params, buffers = stack_module_state(models)

    def forward(params: dict[str, torch.Tensor], buffers: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
        return functional_call(models[0], (params, buffers), (x,))

    return vmap(forward, in_dims=(0, 0, None))(params, buffers, x)


# --- JAX ---
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(
    loss_fn: Callable[[Any, jax.Array, jax.Array], jax.Array], params: Any, xs: jax.Array, ys: jax.Array
) -> Any:
    """The gradient of each sample's own loss: a tree like params, in which each
    leaf has the samples along a new first axis.

    loss_fn(params, x, y): the loss of one sample, a float32 (), for x (in_dim,)
        and y (output_dim,). Its Python code must run once or twice, not once
        per sample.
    params: any tree of float32 leaves. It stays as it is.
    xs, ys: float32 (samples, in_dim) and (samples, output_dim).
    """
    # <solution>
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)
    # </solution>


def dp_mean(grads: Any, max_norm: float) -> Any:
    """The mean of all samples' gradients, each sample's clipped to max_norm.

    grads: any tree of float32 leaves (samples, ...), which must not change. A
        sample's gradient may be zero everywhere. PyTorch adds 1e-6 to each
        norm; you need not.
    max_norm: finite and above 0.
    Returns a tree of float32 leaves (...). Must also work under jax.jit.
    """

    # <solution>
    def clip(grad):  # of one sample
        # PyTorch's clip_grad_norm_ adds 1e-6 too; the effect is negligible.
        factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grad) + 1e-6))
        return jax.tree.map(lambda g: factor * g, grad)

    return jax.tree.map(lambda g: g.mean(axis=0), jax.vmap(clip)(grads))
    # </solution>


def ensemble(forward: Callable[[Any, jax.Array], jax.Array], all_params: list, x: jax.Array) -> jax.Array:
    """The output of each model for x: float32 (models, batch, output_dim).

    forward(params, x): the output of one model, float32 (batch, output_dim).
        It may look at the whole batch. Its Python code must run once or twice,
        not once per model.
    all_params: the params of each model, any trees with the same keys, in any
        order, and the same shapes and dtypes. They stay as they are.
    x: float32 (batch, in_dim), the same for all models.
    """
    # <solution>
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
    # </solution>
