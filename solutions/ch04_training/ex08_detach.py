"""4.8 detach: What a loss must not be differentiated by

PyTorch follows every tensor that depends on a parameter, and `detach()` or
`torch.no_grad()` ends that for one tensor or in one block. `jax.grad` follows
all that depends on the argument it differentiates by, through every function
that you call. The one thing that ends it is

    jax.lax.stop_gradient(tree)

which returns the same numbers, as constants. It changes nothing in its
argument, so use what it returns. `x.copy()`, `jnp.array(x)` and a new name stop
nothing, and `float(x)` and `np.asarray(x)` raise an error under jax.grad. There
is no `no_grad` for a block, and evaluation needs none: JAX computes a gradient
only where jax.grad asks for it.

A stop in the wrong place changes no value. The loss is the same to the last
digit, and only the gradient differs. Three losses in which that happens:

- A temporal difference. The target is the reward plus what the same network
  says of the next state. It is a constant: only the prediction learns.
- A codebook, as in VQ-VAE. The nearest code takes the place of z, and its
  gradient goes to z as if nothing had been replaced ("straight through"). One
  part of the loss moves the codes to z, and `beta` times the other moves z to
  the codes. Without `beta`, both parts have the same value.
- A teacher, as in BYOL and DINO, is an average of the student's weights. The
  student learns to say what the teacher says. No gradient goes through the
  teacher, neither to its old weights nor to the student's.

Write the three functions. The checks call each by itself, and under jax.jit and
jax.grad with every argument but the functions as a tracer.

After 4.1 and 4.7. About 20 minutes.

https://docs.jax.dev/en/latest/_autosummary/jax.lax.stop_gradient.html
"""

# --- PyTorch ---
import torch


class TorchMLP(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.fc2 = torch.nn.Linear(hidden, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(torch.tanh(self.fc1(x)))


def torch_td_loss(
    model: torch.nn.Module,
    x: torch.Tensor,
    reward: torch.Tensor,
    next_x: torch.Tensor,
    done: torch.Tensor,
    discount: float,
) -> torch.Tensor:
    with torch.no_grad():
        target = reward + discount * ~done * model(next_x).squeeze(-1)
    return torch.nn.functional.mse_loss(model(x).squeeze(-1), target)


def torch_quantize(z: torch.Tensor, codebook: torch.Tensor, beta: float) -> tuple[torch.Tensor, torch.Tensor]:
    codes = codebook[torch.cdist(z, codebook).argmin(-1)]
    mse_loss = torch.nn.functional.mse_loss
    loss = mse_loss(codes, z.detach()) + beta * mse_loss(z, codes.detach())
    return z + (codes - z).detach(), loss


def torch_teacher_loss(student: torch.nn.Module, teacher: torch.nn.Module, x: torch.Tensor, decay: float) -> torch.Tensor:
    """Moves the teacher's weights first."""
    with torch.no_grad():
        for t, s in zip(teacher.parameters(), student.parameters(), strict=True):
            t.copy_(decay * t + (1 - decay) * s)
        target = teacher(x)
    return torch.nn.functional.mse_loss(student(x), target)


# --- JAX ---
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp


def td_loss(
    value: Callable[[Any, jax.Array], jax.Array],
    params: Any,
    x: jax.Array,
    reward: jax.Array,
    next_x: jax.Array,
    done: jax.Array,
    discount: float,
) -> jax.Array:
    """The loss of `torch_td_loss`: a float32 (). Its gradient in params is
    PyTorch's; a gradient in other arguments, such as reward, may be anything.

    value(params, x): returns a float32 (batch,), finite numbers. It may look at
        all rows, as a BatchNorm does. params: any tree, of dicts, tuples,
        namedtuples or classes that are registered with JAX.
    x, next_x: (batch, ...), floats or integers of any rank: what value takes.
    reward: float32 (batch,). done: bool (batch,); where it is True, the target
        is the reward alone. discount: 0 to 1.
    """
    # <solution>
    target = reward + discount * jnp.where(done, 0.0, value(params, next_x))
    return jnp.mean((value(params, x) - jax.lax.stop_gradient(target)) ** 2)
    # </solution>


def quantize(z: jax.Array, codebook: jax.Array, beta: float) -> tuple[jax.Array, jax.Array]:
    """(quantized, loss), as `torch_quantize` returns them, with PyTorch's
    gradients of both in z and in codebook.

    z: float32 (batch, dim). codebook: float32 (codes, dim), with one code or
        hundreds. The numbers of both lie around 0. In each row of z, the
        nearest code counts; where it stands in the codebook twice, one of the
        two does, in the gradient too. beta: 0 or more.
    quantized: float32 (batch, dim), the nearest code's numbers; its gradient
        goes to z alone. loss: float32 ().
    """
    # <solution>
    distances = jnp.sum((z[:, None] - codebook) ** 2, axis=-1)
    codes = codebook[jnp.argmin(distances, axis=-1)]
    stop = jax.lax.stop_gradient
    loss = jnp.mean((codes - stop(z)) ** 2) + beta * jnp.mean((z - stop(codes)) ** 2)
    return z + stop(codes - z), loss
    # </solution>


def teacher_loss(
    forward: Callable[[Any, jax.Array], jax.Array], student: Any, teacher: Any, x: jax.Array, decay: float
) -> tuple[jax.Array, Any]:
    """(loss, new teacher), as after `torch_teacher_loss`: the new teacher is
    decay * teacher + (1 - decay) * student, a tree of the same form, and what
    it says is the target.

    The gradient of the loss in student is PyTorch's; in teacher it is zero. The
    new teacher that is returned may be a constant or not.

    forward(params, x): returns a float32 array of any shape. student, teacher:
        params, two trees of the same form, any; they stay as they are. x: an
        array of any shape, of floats or integers: what forward takes. decay: 0
        to 1.
    """
    # <solution>
    new = jax.tree.map(lambda t, s: decay * t + (1 - decay) * s, teacher, student)
    new = jax.lax.stop_gradient(new)
    return jnp.mean((forward(student, x) - forward(new, x)) ** 2), new
    # </solution>
