"""4.5 schedules: Learning rates by step, and clipped gradients

A PyTorch scheduler changes `lr` inside the optimizer when you call
`scheduler.step()`, once per epoch or once per batch. In optax a schedule is a
function. It takes the number of updates done so far, and returns the learning
rate of the next one. It goes where a number would, `optax.sgd(schedule)`, and
counts updates from 0. Under `jax.jit` the count is a tracer, an array without a
value. So a schedule cannot ask `if step < warmup` in Python; `jnp.where` and
optax's schedules work there.

optax has most of PyTorch's schedules. Look twice at these:

  * `optax.exponential_decay` falls a little at every step; StepLR falls every
    step_size steps: pass `staircase=True`. It divides floats: in compiled code
    it falls one step late at some sizes, such as 41, which the checks leave
    out. `step // step_size` is exact.
  * `decay_steps` of `optax.warmup_cosine_decay_schedule` includes the warmup.
  * After its last step CosineAnnealingLR rises again; optax's cosine stays
    where it ended.
  * optax has no OneCycleLR. The second of 11 steps has 0.42 of the largest
    rate in PyTorch, and 0.28 in `optax.cosine_onecycle_schedule`. Both warm up
    along a cosine, but PyTorch's warmup ends at step 2.3, optax's at step 3.

`clip_grad_norm_` scales all gradients by one factor, so that the norm of all of
them together is at most max_norm. It does nothing when the norm is smaller.
(`optax.clip` is different: it clips each number on its own.)

Write the three functions. The checks also call the schedules and `clip` in
compiled code.

After 4.4. About 20 minutes.

https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html
"""

# --- PyTorch ---
import math

import torch


class TorchMLP(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.fc2 = torch.nn.Linear(hidden, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(torch.tanh(self.fc1(x)))


def torch_step_lr(optimizer: torch.optim.Optimizer, step_size: int, gamma: float):
    return torch.optim.lr_scheduler.StepLR(optimizer, step_size, gamma)


def torch_warmup_cosine(optimizer: torch.optim.Optimizer, warmup: int, total: int):
    """From 0 up to the optimizer's lr in `warmup` steps, then down to 0 along a
    cosine until step `total`.
    """

    def share(step: int) -> float:
        if step < warmup:
            return step / warmup
        return 0.5 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))

    return torch.optim.lr_scheduler.LambdaLR(optimizer, share)


def torch_rates(optimizer: torch.optim.Optimizer, scheduler, steps: int) -> list[float]:
    """The learning rate of each step."""
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def torch_clip(model: torch.nn.Module, max_norm: float) -> None:
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)


# --- JAX ---
from typing import Any

import jax
import jax.numpy as jnp
import optax


def step_lr(lr: float, step_size: int, gamma: float) -> optax.Schedule:
    """The schedule of `torch_step_lr`: lr, multiplied by gamma after every
    step_size steps, however many they are and however small it becomes. gamma
    is above 0, and may be above 1.
    """
    # <solution>
    return optax.exponential_decay(lr, transition_steps=step_size, decay_rate=gamma, staircase=True)
    # </solution>


def warmup_cosine(lr: float, warmup: int, total: int) -> optax.Schedule:
    """The schedule of `torch_warmup_cosine`, for the steps 0 to total; 0 <
    warmup < total.
    """
    # <solution>
    return optax.warmup_cosine_decay_schedule(init_value=0.0, peak_value=lr, warmup_steps=warmup, decay_steps=total)
    # </solution>


def clip(grads: Any, max_norm: float) -> Any:
    """New gradients as `clip_grad_norm_` leaves them: the norm of all leaves
    together is at most max_norm. So max_norm=0 leaves zeros.

    grads: a dict of layers with any names, each a dict of float32 arrays of any
    shape. It stays as it is. Gradients that are all 0 stay 0.
    """
    # <solution>
    # PyTorch adds 1e-6 to the norm. optax.clip_by_global_norm does not; the
    # difference is negligible.
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
    # </solution>
