"""6.4 mixed_precision: bfloat16 to compute, float32 to remember

A bfloat16 is a float32 without its last 16 bits: the range is the same, and
two to three digits are left. Under `torch.autocast` the weights stay float32.
A Linear rounds them, and its input, to bfloat16 before it multiplies, and
F.cross_entropy computes in float32 all the same. In JAX you say where to
round, and have to know what undoes it:

  * `x.astype(jnp.bfloat16)` rounds. The gradient goes back through it, and
    arrives in float32 where the params are float32.
  * bfloat16 times a float32 array is float32, and so is what comes after. An
    array without axes counts too, such as `scale` below, and so does
    `np.float32(2)`. In PyTorch neither changes the dtype of a bfloat16 tensor
    that has axes. Python's own numbers do not, in PyTorch or in JAX, and
    `jnp.array(2.0)` still counts as one.
  * `nn.Dense(n, dtype=jnp.bfloat16)` rounds its input and its params when it
    is applied; the params that you hold stay float32. `param_dtype` is for
    those that `init` makes. Without dtype, a Dense computes in what its input
    and its params promote to: float32, if one of them is.
  * `optax.softmax_cross_entropy_with_integer_labels` computes in the dtype of
    the logits.

What many small parts add up to needs float32. In bfloat16 1 + 0.001 is 1, so
that small steps change no weight; 256 + 1 is 256, where a count ends; and
Adam's 0.999 is 1, so that its average of squares only grows.

For gradients in bfloat16, which take half the memory, the model is given a
copy of the weights in bfloat16, and they are the gradients in this copy. The
optimizer has the weights in float32, the master: its state is made of the
master, it is given the gradients in float32, and the next copy is made of the
new master.

Write the three functions; each is checked by itself.

After 4.3 and 4.4. About 20 minutes.

https://docs.jax.dev/en/latest/type_promotion.html
"""

# --- PyTorch ---
import torch


class TorchNet(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, classes: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.fc2 = torch.nn.Linear(hidden, classes)
        self.scale = torch.nn.Parameter(torch.tensor(3.7))  # of the logits, as CLIP has one

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.scale * self.fc2(torch.tanh(self.fc1(x)))


def torch_forward_bf16(model: TorchNet, x: torch.Tensor) -> torch.Tensor:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return model(x)


def torch_cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """float32 (), of bfloat16 logits."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return torch.nn.functional.cross_entropy(logits, labels)


def torch_master_step(
    optimizer: torch.optim.Optimizer, master: list[torch.nn.Parameter], copy: list[torch.nn.Parameter]
) -> None:
    """master: the optimizer's, float32. copy: the model's, bfloat16, with the
    gradients.
    """
    for m, p in zip(master, copy, strict=True):
        m.grad = p.grad.float()
    optimizer.step()
    with torch.no_grad():
        for m, p in zip(master, copy, strict=True):
            p.copy_(m)


# --- JAX ---
from typing import Any

import jax
import jax.numpy as jnp
import optax


def forward_bf16(params: Any, x: jax.Array) -> jax.Array:
    """What `torch_forward_bf16` computes: the logits, bfloat16 (batch,
    classes).

    The input, the output and the params of each layer are rounded to bfloat16.

    params: float32, {"fc1": {"kernel" (in_dim, hidden), "bias" (hidden,)},
        "fc2": {"kernel" (hidden, classes), "bias" (classes,)}, "scale" ()}.
        Gradients in params are float32.
    x: float32 (batch, in_dim).
    """
    # <solution>
    params, x = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), (params, x))
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return params["scale"] * (hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"])
    # </solution>


def cross_entropy(logits: jax.Array, labels: jax.Array) -> jax.Array:
    """The mean over the batch, computed in float32: a float32 ().

    logits: bfloat16 (batch, classes); labels: int32 (batch,).
    """
    # <solution>
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()
    # </solution>


def master_step(tx: optax.GradientTransformation, master: Any, state: Any, grads: Any) -> tuple[Any, Any, Any]:
    """(new master, new state of tx, new copy) after one step with grads, as
    `torch_master_step` takes it.

    master: the weights, a tree of float32 arrays; state: `tx.init(master)`, or
        what the step before returned. Both stay as they are.
    grads: like master, in bfloat16; tx is given them in float32.
    The new copy is the new master in bfloat16.
    """
    # <solution>
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    master = optax.apply_updates(master, updates)
    return master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master)
    # </solution>
