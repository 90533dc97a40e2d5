"""8.2 save_resume: Save a run, and go on as if it had not stopped

To resume a run, PyTorch needs the state of several objects: the model, the
optimizer, the scheduler, the generator that dropout draws from, and the number
of steps done. Forgetting one of them raises no error. The run continues with
fresh moments, a different learning rate or other masks, and its losses are not
those of a run that never stopped.

In JAX all of it is in one tree, which the training loop carries:

    {"params": ..., "opt_state": ..., "step": ..., "key": ...}

The optimizer's moments and the schedule's count are in opt_state, and the next
mask is drawn from the key. flax.serialization has the functions to save a tree:

    to_bytes(tree)               bytes to write into a file
    from_bytes(template, data)   a tree like template, the numbers from data
    msgpack_restore(data)        the same numbers, in dicts of dicts
    to_state_dict(template)      the arrays of template, in dicts of dicts

The file holds dicts only, so without a template optax's tuples come back as
dicts. The template is the state that a program builds when it starts; its
numbers do not matter. Four more things to know:

  * `jax.random.key` returns a key array, not an array of numbers, and
    `to_bytes` raises TypeError for it. `jax.random.key_data(key)` returns its
    numbers, and `jax.random.wrap_key_data(numbers)` makes the key again.
  * The arrays come back as NumPy arrays.
  * `from_bytes` raises ValueError if the template asks for a layer that the
    file does not have. It ignores a layer that only the file has, and accepts
    an array of a different shape. `load_state_dict` raises an error in each of
    the three cases. `restore` must do the same.
  * `save` must not write into the state that it is given: the run continues.

You may use a different format. `np.savez` appends ".npz" to a path that does
not end in it, and loses the dtype of bfloat16. Orbax accepts absolute paths
only, overwrites an old checkpoint only with force=True, and is still writing
when its `save` returns; `wait_until_finished()` waits for the end.

Write the two functions.

After 3.2 and 4.5. About 20 minutes.

https://flax-linen.readthedocs.io/en/latest/api_reference/flax.serialization.html
"""

# --- PyTorch ---
import torch


class TorchMLP(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.fc2 = torch.nn.Linear(hidden, output_dim)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """mask: dropout multiplies by it. The checks draw it in JAX."""
        return self.fc2(torch.tanh(self.fc1(x)) * mask)


class TorchRun:
    """A run of 20 steps: model, optimizer, schedule and steps done."""

    def __init__(self, model: TorchMLP):
        self.model, self.step = model, 0
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=0.05)
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, T_max=20)

    def train(self, x: torch.Tensor, y: torch.Tensor, masks: torch.Tensor) -> list[float]:
        """The losses of one step per mask, each with the next batch.

        x: (batches, rows, in_dim), y: (batches, rows, output_dim).
        """
        losses = []
        for mask in masks:
            at = self.step % len(x)
            loss = torch.nn.functional.mse_loss(self.model(x[at], mask), y[at])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.scheduler.step()
            self.step += 1
            losses.append(loss.item())
        return losses


def torch_save(path, run: TorchRun) -> None:
    state = {
        "model": run.model.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "scheduler": run.scheduler.state_dict(),
        "step": run.step,
        "generator": torch.get_rng_state(),
    }
    torch.save(state, path)


def torch_restore(path, run: TorchRun) -> None:
    state = torch.load(path)
    run.model.load_state_dict(state["model"])
    run.optimizer.load_state_dict(state["optimizer"])
    run.scheduler.load_state_dict(state["scheduler"])
    run.step = state["step"]
    torch.set_rng_state(state["generator"])


# --- JAX ---
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
from flax import serialization


def save(path: str, state: dict[str, Any]) -> None:
    """Writes `state` to `path`, over what an earlier call wrote there, even if
    that had other layers.

    path: a path in the working directory, such as "checkpoint" or "run.2".
        Other paths keep what was written there. Files are all that is left for
        a later program: the checks move them to a different folder and restore
        from there.
    state: {"params", "opt_state", "step", "key"}, not changed. "params" is a
        dict of dicts, without a slash in a name, "opt_state" what `tx.init` or
        `tx.update` returned, "step" int32 (), and "key" a typed key (), of the
        default kind that `jax.random.key(seed)` makes. The other arrays are
        float32, float16, bfloat16, bool, or integers of 8 to 32 bits, and no
        number may change, not even a large integer.
    """
    raise NotImplementedError("8.2 save_resume: your code here")


def restore(path: str, template: dict[str, Any]) -> dict[str, Any]:
    """The state that was saved to `path`.

    template: a state of the same structure, shapes and dtypes, not changed.
    Returns a dict like the `state` of `save`: the containers that the optimizer
        made, `jax.Array`s, and a typed key.
    Raises an error, such as ValueError, if the file has other layers than the
        template, or an array of a different shape, even one of equal size.
    """
    raise NotImplementedError("8.2 save_resume: your code here")
