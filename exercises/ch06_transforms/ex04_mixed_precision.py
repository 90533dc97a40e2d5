"""6.4 mixed_precision: bfloat16 to compute, float32 to remember

A bfloat16 is a float32 without its last 16 bits: the range is the same, but
only two to three digits are left. Under `torch.autocast` the weights stay
float32. A Linear rounds them and its input to bfloat16 before it multiplies,
while F.cross_entropy still computes in float32. In JAX you say where to round,
and have to know what undoes it:

  * `x.astype(jnp.bfloat16)` rounds. The gradient goes back through it, and
    arrives in float32 where the params are float32.
  * bfloat16 times a float32 array is float32, and so is everything after it.
    This includes arrays without axes, such as `scale` below, and
    `np.float32(2)`. In PyTorch neither changes the dtype of a bfloat16 tensor
    that has axes. Python's own numbers change the dtype neither in PyTorch nor
    in JAX, and to JAX `jnp.array(2.0)` still counts as a Python number.
  * `nn.Dense(n, dtype=jnp.bfloat16)` rounds its input and its params when it
    is applied; the params that you hold stay float32. `param_dtype` is the
    dtype of the params that `init` makes. Without dtype, a Dense computes in
    what its input and its params promote to: float32 if one of them is.
  * `optax.softmax_cross_entropy_with_integer_labels` computes in the dtype of
    the logits.

Sums of many small parts need float32. In bfloat16, 1 + 0.001 is 1, so small
steps change no weight; 256 + 1 is 256, so a count ends there; and Adam's 0.999
is 1, so its average of squares only grows.

Gradients in bfloat16 take half the memory. To get them, the model takes a copy
of the weights in bfloat16, and you differentiate with respect to this copy.
The optimizer keeps the weights in float32, the master: its state is made from
the master, it takes the gradients in float32, and the next copy is made from
the new master.

Write the three functions; each is checked by itself.

After 4.3 and 4.4. About 20 minutes.

https://docs.jax.dev/en/latest/101/type_promotion.html
"""

# --- PyTorch ---
import torch


class TorchNet(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, classes: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.fc2 = torch.nn.Linear(hidden, classes)
        self.scale = torch.nn.Parameter(torch.tensor(3.7))  # of the logits, as in CLIP

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.scale * self.fc2(torch.tanh(self.fc1(x)))


def torch_forward_bf16(model: TorchNet, x: torch.Tensor) -> torch.Tensor:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return model(x)


def torch_cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The loss of bfloat16 logits: float32 ()."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return torch.nn.functional.cross_entropy(logits, labels)


def torch_master_step(
    optimizer: torch.optim.Optimizer, master: list[torch.nn.Parameter], copy: list[torch.nn.Parameter]
) -> None:
    """One step of the optimizer.

    master: the optimizer's weights, float32.
    copy: the model's weights, bfloat16, which hold the gradients.
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
    """The logits of `torch_forward_bf16`: bfloat16 (batch, classes).

    Round x and the params of each layer to bfloat16. What a layer returns, the
    hidden units and `scale` itself may be rounded or not; the logits must be
    bfloat16.

    params: float32, {"fc1": {"kernel" (in_dim, hidden), "bias" (hidden,)},
        "fc2": {"kernel" (hidden, classes), "bias" (classes,)}, "scale" ()}.
        Gradients with respect to params are float32. They stay as they are.
    x: float32 (batch, in_dim).
    Must also work under jax.grad and jax.jit.
    """
    raise NotImplementedError("6.4 mixed_precision: your code here")


def cross_entropy(logits: jax.Array, labels: jax.Array) -> jax.Array:
    """The mean loss over the batch, computed in float32: a float32 ().

    logits: bfloat16 (batch, classes), large or small, but between -1e37 and
        1e37; labels: int32 (batch,).
    Must also work under jax.jit.
    """
    raise NotImplementedError("6.4 mixed_precision: your code here")


def master_step(tx: optax.GradientTransformation, master: Any, state: Any, grads: Any) -> tuple[Any, Any, Any]:
    """One step with grads, as `torch_master_step` takes it.

    tx: may need the params for its update, as weight decay does.
    master: the weights, any tree of float32 arrays; state: `tx.init(master)`,
        or what the step before returned. Neither may change.
    grads: a tree like master, in bfloat16; tx must get them in float32, even
        an infinity or NaN.
    Returns (new master, new state of tx, new copy); the new copy is the new
    master in bfloat16. Must also work under jax.jit.
    """
    raise NotImplementedError("6.4 mixed_precision: your code here")
