"""4.9 data: A DataLoader that feeds JAX

A `torch.utils.data.DataLoader` can feed a JAX program. Four things around it
change: what a batch is made of, how large the last one is, in which order the
samples come, and when a batch reaches the device.

Without a collate function of yours, batches are tensors, with Python's floats
as float64 and its ints as int64. A function under `jax.jit` raises TypeError
for a tensor. Pass `DataLoader(..., collate_fn=collate)` a function that returns
NumPy arrays. Do not make `jax.Array`s there: with num_workers > 0, it runs in
other processes. On Linux, before Python 3.14, they are forked from yours, and
JAX warns about `os.fork()`. A forked worker that computes with JAX hangs; one
that uses NumPy alone works. With `multiprocessing_context="forkserver"`, both
work.

After batches of 8 rows, the last one may have 5. PyTorch runs it like the
others. `jax.jit` traces and compiles again for each new shape. With
`drop_last=True` these rows are never seen. The other way is to pad: add rows
until there are 8, and pass a mask that says which ones are real, so that the
others do not count in the loss. Rows of zeros look harmless. If the model
divides by a row's norm, they give NaN. `jnp.where` hides it in the loss, and
the gradient is NaN all the same. Copies of a real row are safe.

`shuffle=True` draws from a generator, whose state a checkpoint would have to
hold. If the order is a function of seed and epoch instead, a run that resumes
computes it again, and leaves out what it has seen. A sum of the two is not
enough: seed 1 in epoch 0 would have the order of seed 0 in epoch 1.
`np.random.default_rng((seed, epoch))` takes both.

A compiled step returns before the device is done with it. In that time, Python
can transfer the next batches. On a CPU `jax.device_put(array)` may share the
memory of a NumPy array, and then changes with it. `jnp.array(array)` may still
be reading a large one when it returns (2.4). `jnp.asarray(np.array(array))` has
a copy of its own, complete when the line is.

Write the five functions. A tree is any nesting of dicts, tuples and lists. A
tree like another has a tuple where that has one. `jax.tree.map` works on trees
of NumPy arrays and of Python's numbers too.

After 2.4, 4.2 and 4.4. About 30 minutes.

https://flax.readthedocs.io/en/latest/guides/data_loaders.html
"""

# --- PyTorch ---
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.utils.data import DataLoader


def torch_loader(
    samples: Sequence[Any], batch_size: int, order: Sequence[int], collate_fn: Callable[[list], Any] | None = None
) -> DataLoader:
    """Batches of the samples in this order. Without a collate_fn, they are made
    of tensors.
    """
    return DataLoader(samples, batch_size, sampler=order, collate_fn=collate_fn)


class TorchNet(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, classes: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.fc2 = torch.nn.Linear(hidden, classes)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """image: uint8 (batch, height, width). Returns logits (batch,
        classes).
        """
        x = image.flatten(1).float()
        x = x / x.norm(dim=1, keepdim=True)
        return self.fc2(torch.tanh(self.fc1(x)))


def torch_step(model: TorchNet, optimizer: torch.optim.Optimizer, batch: dict[str, torch.Tensor]) -> float:
    """One step; returns the loss before it."""
    loss = torch.nn.functional.cross_entropy(model(batch["image"]), batch["label"])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# --- JAX ---
import collections
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax


def order(n: int, seed: int, epoch: int, position: int = 0) -> np.ndarray:
    """The order in which an epoch reads samples 0 to n - 1, from `position` on.

    Returns integers (n - position,), as an array or a list: a shuffled order
    without its first `position` entries. The same arguments give the same
    order, whatever was drawn before, and even where the caller has changed the
    result of an earlier call. No generator of the program, such as NumPy's
    global one, is seeded or drawn from. Each pair of seed and epoch has
    an order of its own. seed and epoch: ints, 0 or more, below 2**31.
    """
    raise NotImplementedError("4.9 data: your code here")


def collate(samples: list[Any]) -> Any:
    """One batch: the samples stacked, leaf by leaf, along a new first axis.

    samples: one tree or more, all of the same structure and shapes; the entries
        of a dict may come in any order. Leaves are NumPy arrays of any rank, or
        Python ints, floats and bools.
    Returns a tree like a sample, of NumPy arrays (len(samples), ...), and
    computes with NumPy alone. int64 and Python ints become int32, float64 and
    Python floats float32, Python bools bool. All other dtypes that JAX has stay
    as they are.
    """

    raise NotImplementedError("4.9 data: your code here")


def pad(batch: Any, size: int) -> tuple[Any, np.ndarray]:
    """(the batch with `size` rows, a mask that is True where a row is real).

    batch: a tree of NumPy arrays (rows, ...), all with the same number of rows,
        1 to `size`; not changed.
    Returns a tree like batch, of NumPy arrays (size, ...) with the same dtypes,
    and a NumPy array bool (size,). The batch's rows come first, in their order.
    Each row after them is a copy of one of them, the same one in all leaves.
    """
    raise NotImplementedError("4.9 data: your code here")


def make_step(
    loss_fn: Callable[[Any, Any], jax.Array], tx: optax.GradientTransformation
) -> Callable[[Any, Any, Any, Any], tuple[Any, Any, jax.Array]]:
    """Returns step(params, state, batch, mask) -> (new params, new state of
    tx, loss).

    The loss is the mean of loss_fn over the rows whose mask is True, before the
    step: float32 (). The step follows the gradient of that mean. All calls of
    one step trace loss_fn once per shape of the batch, whatever the mask, or
    twice where the gradient is taken apart from the loss.

    loss_fn(params, batch): returns the loss of each row, float32 (rows,).
    params and batch may be any trees.
    tx: may need the params for its update, as weight decay does.
    mask: bool (rows,), with at least one True, anywhere. Rows whose mask is
        False are copies of others. Where the loss of a row that counts is NaN,
        so is the mean.
    """

    raise NotImplementedError("4.9 data: your code here")


def prefetch(batches: Iterable[Any], ahead: int) -> Iterator[Any]:
    """Yields each batch as a tree of `jax.Array`s, in order.

    While the caller has one batch, exactly the next `ahead` batches, or all
    that are left, have been taken from `batches` as well, and are
    `jax.Array`s already.

    batches: any iterable of trees of NumPy arrays, read once. It may write a
        batch into the arrays of the one before; what was yielded keeps its
        numbers.
    ahead: 0 or more.
    """
    raise NotImplementedError("4.9 data: your code here")
