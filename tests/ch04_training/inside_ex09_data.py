"""What runs beside the learner's code for 4.9 data."""

import random
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax


def row_losses(params: Any, batch: Any) -> jax.Array:
    """TorchNet's cross entropy, row by row."""
    x = batch["image"].reshape(len(batch["image"]), -1).astype(jnp.float32)
    x = x / jnp.linalg.norm(x, axis=1, keepdims=True)
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    logits = hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"]
    return optax.softmax_cross_entropy_with_integer_labels(logits, batch["label"])


class Counting:
    """A loss, and how often Python has run it."""

    def __init__(self, tupled: bool = False) -> None:
        self.tupled = tupled  # whether params and batch are tuples
        self.traced, self.run = 0, 0  # with a batch of tracers, of arrays

    def __call__(self, params: Any, batch: Any) -> jax.Array:
        if self.tupled:
            params, batch = dict(zip(("fc1", "fc2"), params, strict=True)), {"image": batch[0], "label": batch[1]}
        if isinstance(batch["image"], jax.core.Tracer):
            self.traced += 1
        else:
            self.run += 1
        return row_losses(params, batch)


def sgd(lr: float, decay: float) -> optax.GradientTransformation:
    """An optimizer that has a state, and whose update needs the params."""
    return optax.chain(optax.add_decayed_weights(decay), optax.sgd(lr, momentum=0.9))


def adam(lr: float, decay: float) -> optax.GradientTransformation:
    """Another one."""
    return optax.adamw(lr, weight_decay=decay)


def start(tx: optax.GradientTransformation, params: Any) -> Any:
    """The params and the first state of tx."""
    return params, tx.init(params)


def train(step: Any, begun: tuple[Any, Any], batches: Any) -> tuple[Any, list, list[int], tuple[Any, Any]]:
    """After a step with each (batch, mask): the params, the losses, how many
    values each step returned (0: no tuple), and (params, state).
    """
    (params, state), losses, counts = begun, [], []
    for batch, mask in batches:
        returned = step(params, state, batch, mask)
        counts.append(len(returned) if isinstance(returned, tuple | list) else 0)
        if counts[-1] != 3:
            break
        params, state, loss = returned
        losses.append(loss)
    return params, losses, counts, (params, state)


def kept(tree: Any) -> Any:
    """The tree itself, to be fetched later."""
    return tree


def together(*items: Any) -> list:
    """A list of them."""
    return list(items)


def generators() -> list[int]:
    """A number of the state of each global generator."""
    _, numbers, *rest = np.random.get_state()
    return [int(numbers.astype(np.int64).sum()) + int(rest[0]), sum(random.getstate()[1]) % (1 << 60)]


def stir(seed: int) -> None:
    """Seed the global generators."""
    np.random.seed(seed)
    random.seed(seed)


class Loader:
    """Batches (x, mask), and how many have been taken; with `reused`, all in
    the same arrays.
    """

    def __init__(self, batches: list[tuple[np.ndarray, np.ndarray]], reused: bool = False) -> None:
        self._batches, self._reused, self.taken, self.read = batches, reused, 0, 0

    def __iter__(self) -> Iterator[Any]:
        self.read += 1
        held = [_aligned(leaf) for leaf in self._batches[0]] if self._batches else []
        for batch in self._batches:
            self.taken += 1
            for place, leaf in zip(held, batch, strict=True):
                place[...] = leaf
            yield {"x": held[0], "rest": (held[1],)} if self._reused else {"x": batch[0].copy(), "rest": (batch[1].copy(),)}


def _aligned(like: np.ndarray) -> np.ndarray:
    """Memory that JAX would share: it begins at a multiple of 64 bytes."""
    raw = np.zeros(like.nbytes + 64, np.uint8)
    begin = -raw.ctypes.data % 64
    return raw[begin : begin + like.nbytes].view(like.dtype).reshape(like.shape)


def read(prefetch: Any, batches: list, ahead: int) -> tuple[list, tuple[list[int], int], list[int]]:
    """What `prefetch` yields, how many batches had been taken when each
    arrived, how often it began to read, and how many batches were JAX's by
    then; all that was yielded stays.
    """
    loader = Loader(batches)
    before = _arrays(batches)
    yielded, taken, arrays = [], [], []
    for batch in prefetch(loader, ahead):
        yielded.append(batch)
        taken.append(loader.taken)
        arrays.append(_arrays(batches) - before)
    return yielded, (taken, loader.read), arrays


def _arrays(batches: list) -> int:
    """How many arrays JAX has of the shape of a batch's first leaf."""
    return sum(array.shape == batches[0][0].shape for array in jax.live_arrays()) if batches else 0


def read_reused(prefetch: Any, batches: list, ahead: int) -> list:
    """What `prefetch` yields from a generator that has one set of arrays."""
    return list(prefetch((batch for batch in Loader(batches, True)), ahead))


def each_of(function: Any, given: tuple) -> list:
    """What a function returns for each of some arguments."""
    return [function(*arguments) for arguments in given]


def sort(results: list) -> None:
    """Sort arrays and lists in place, those that can be written to."""
    for result in results:
        if isinstance(result, list) or (isinstance(result, np.ndarray) and result.flags.writeable):
            result.sort()


def form(tree: Any) -> str:
    """A tree as JAX shows its form, * for each leaf."""
    return str(jax.tree.structure(tree)).removeprefix("PyTreeDef(")[:-1]


def computes_with_jax(collate: Any, samples: list) -> bool:
    """Whether `collate` asks JAX for numbers: while JAX traces, it writes the
    computation down, and NumPy gets none.
    """

    def traced() -> None:
        collate(samples)

    try:
        return bool(jax.make_jaxpr(traced)().eqns)
    except jax.errors.JAXTypeError:
        return True
