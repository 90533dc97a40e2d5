"""Measures what the text of 4.9 says of DataLoader and of JAX."""

import importlib.util
import subprocess
import sys
import textwrap

import fresh
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, default_collate

from flaxkata import catalog

torch.set_num_threads(1)

WORKERS = """
    import os, sys, warnings
    import numpy as np
    import jax, jax.numpy as jnp
    from torch.utils.data import DataLoader

    class Squares:
        def __init__(self, library):
            self.library = library

        def __len__(self):
            return 6

        def __getitem__(self, index):
            x = np.full(3, index, np.float32)
            return np.asarray(jnp.asarray(x) ** 2 if self.library == "jax" else x**2)

    def collate(samples):
        return jax.tree.map(lambda *leaves: np.stack(leaves), *samples)

    if __name__ == "__main__":
        library, context, seconds = sys.argv[1:]
        jnp.ones(3).block_until_ready()
        options = {} if context == "default" else {"multiprocessing_context": context}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                loader = DataLoader(Squares(library), 4, num_workers=1, collate_fn=collate, timeout=int(seconds), **options)
                print([type(batch).__name__ + str(batch[:, 0].tolist()) for batch in loader])
            except RuntimeError as error:
                print(error)
        print([str(w.message) for w in caught if "fork" in str(w.message)], flush=True)
        os._exit(0)  # without waiting for the worker that hangs
"""
RIGHT = "['ndarray[0.0, 1.0, 4.0, 9.0]', 'ndarray[16.0, 25.0]']"


def solution():
    """Our answer as a module, with both of its sections."""
    (exercise,) = catalog.select(fresh.ROOT, ["4.9"])
    spec = importlib.util.spec_from_file_location("solution_4_9", exercise.solution)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def workers(tmp_path, library, context, seconds):
    """(what a DataLoader with a worker gave, the warnings about fork)."""
    script = tmp_path / "workers.py"
    script.write_text(textwrap.dedent(WORKERS))
    command = [sys.executable, str(script), library, context, str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=True)
    gave, warned = done.stdout.splitlines()
    return gave, warned


@pytest.mark.skipif(sys.platform != "linux" or sys.version_info >= (3, 14), reason="workers are not forked by default")
def test_forked_workers(tmp_path):
    """A forked worker that uses NumPy works, with a warning, and one that
    computes with JAX hangs.
    """
    gave, warned = workers(tmp_path, "numpy", "default", 60)
    assert gave == RIGHT and "os.fork() was called" in warned
    gave, warned = workers(tmp_path, "jax", "default", 8)
    assert "timed out after 8 seconds" in gave and "os.fork() was called" in warned


@pytest.mark.skipif(sys.platform != "linux", reason="there is no forkserver")
def test_forkserver(tmp_path):
    """With forkserver, both work."""
    assert [workers(tmp_path, library, "forkserver", 120) for library in ("numpy", "jax")] == [(RIGHT, "[]")] * 2


def test_tensors():
    """Without a collate function batches are tensors, float64 and int64 for
    Python's numbers, and jax.jit raises TypeError for them.
    """
    (batch,) = DataLoader([(1.0, 2), (3.0, 4)], 2)
    assert [t.dtype for t in batch] == [t.dtype for t in default_collate([(1.0, 2)])] == [torch.float64, torch.int64]
    with pytest.raises(TypeError):
        jax.jit(lambda x: x + 1)(batch[0])
    assert jax.tree.map(lambda a, b: a + b, {"a": (1, np.ones(2))}, {"a": (2, np.ones(2))})["a"][0] == 3


def test_compiled_for_each_shape():
    """A last batch of 5 rows is traced again, and a padded one is not."""
    traced = []

    @jax.jit
    def mean(x):
        traced.append(x.shape)
        return x.mean()

    for rows in (8, 8, 5, 8, 5):
        mean(np.ones((rows, 3), np.float32))
    assert traced == [(8, 3), (5, 3)]


def test_rows_of_zeros():
    """Where a model divides by a row's norm, a row of zeros makes the gradient
    NaN, though where hides it in the loss; a copy of a real row does not.
    """

    def loss(w, x, mask):
        x = x / jnp.linalg.norm(x, axis=1, keepdims=True)
        return jnp.mean(jnp.where(mask, x @ w, 0.0))

    w, mask, row = jnp.ones(3), jnp.array([True, False]), jnp.array([1.0, 2.0, 3.0])
    with_zeros, with_copy = jnp.stack([row, jnp.zeros(3)]), jnp.stack([row, row])
    assert jnp.isfinite(loss(w, with_zeros, mask)) and jnp.isnan(jax.grad(loss)(w, with_zeros, mask)).all()
    assert jnp.isfinite(jax.grad(loss)(w, with_copy, mask)).all()


def test_orders():
    """A sum of seed and epoch repeats orders; the pair does not, and seeds of
    any size below 2**31 have their own.
    """

    def summed(seed, epoch):
        return np.random.default_rng(seed + epoch).permutation(50).tolist()

    assert summed(1, 0) == summed(0, 1)
    order = solution().order
    pairs = [(1, 0), (0, 1), (2**31 - 1, 0), (0, 2**31 - 1), (2**31 - 1, 2**31 - 1)]
    assert len({tuple(order(50, *pair).tolist()) for pair in pairs}) == len(pairs)


def test_memory():
    """On a CPU device_put shares memory that begins at a multiple of 64 bytes;
    jnp.array copies.
    """
    raw = np.zeros(4 * 12 + 64, np.uint8)
    begin = -raw.ctypes.data % 64
    array = raw[begin : begin + 48].view(np.float32)
    shared, copied = jax.device_put(array, jax.devices("cpu")[0]), jnp.array(array)
    jax.block_until_ready((shared, copied))
    array[:] = 1
    assert shared[0] == 1 and copied[0] == 0


def test_returns_before_it_is_done():
    """A compiled function returns before its result is there."""

    @jax.jit
    def long(x):
        return jax.lax.fori_loop(0, 40, lambda i, x: jnp.tanh(x @ x), x)

    x = jnp.ones((500, 500))
    long.lower(x).compile()
    jax.block_until_ready(long(x))
    result = long(x)
    assert not result.is_ready()
    jax.block_until_ready(result)
