"""What the texts of 2.4 say of PyTorch, JAX and NumPy, measured anew."""

import contextlib
import re
import warnings

import fresh
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from flaxkata import catalog

torch.set_num_threads(1)


def text():
    (exercise,) = catalog.select(fresh.ROOT, ["2.4"])
    return exercise.text


def aligned(dtype, size=16):
    """A buffer that begins at a multiple of 64 bytes, and one that does not."""
    memory = np.zeros(4 * size + 128, np.uint8)
    start = -memory.ctypes.data % 64
    return [memory[at : at + 4 * size].view(dtype) for at in (start, start + 4)]


def test_table():
    """Its three lines, in both libraries; none raises an error or warns."""
    lines = re.findall(r"^ {4}(.*?) {2,}(\S+) {2,}(\S+)$", text(), re.MULTILINE)[1:]
    inputs = np.array([2**32 + 7]), np.array([1.75e9 + 50]), np.array([2**31 - 1, 1], np.int32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mine = jnp.asarray(inputs[0]).tolist(), jnp.asarray(inputs[1]).tolist(), int(jnp.asarray(inputs[2]).sum())
    theirs = torch.tensor(inputs[0]).tolist(), torch.tensor(inputs[1]).tolist(), torch.tensor(inputs[2]).sum().item()
    assert [(a, b) for _, a, b in lines] == [(str(a), str(b)) for a, b in zip(theirs, mine, strict=True)]
    assert torch.tensor(inputs[0]).int().tolist() == [7]  # `.int()` alone would raise no error


def test_ways_into_32_bits():
    """A dtype of 64 bits is not given, a Python int is refused."""
    for dtype, given in ((jnp.int64, "int32"), (jnp.float64, "float32")):
        with pytest.warns(UserWarning, match="is not available, and will be truncated"):
            assert jnp.asarray(np.arange(3), dtype=dtype).dtype == given
    with pytest.raises(OverflowError):
        jnp.asarray(2**31)
    with pytest.raises(OverflowError):
        jnp.arange(3) + 2**31


def test_float32():
    """Its multiples near 1.75e9, where counting ends, and how accurate a mean
    is.
    """
    assert np.spacing(np.float32(1.75e9)) == 128 and np.spacing(np.float32(1.5e9)) == np.spacing(np.float32(1.8e9)) == 128
    assert jnp.float32(2**24) + 1 == 2**24 == 16777216 and jnp.float32(2**24 - 1) + 1 == 2**24
    x = np.random.default_rng(0).exponential(size=3_000_000).astype(np.float32)
    for mean in (float(jnp.mean(x)), torch.from_numpy(x).mean().item()):
        assert mean == pytest.approx(x.astype(np.float64).mean(), rel=2e-7)
    assert float(jnp.ones(2**25).sum()) == 2**25


def test_x64():
    """What the setting changes, that it ends with the block, and what becomes
    of an array that leaves it.
    """
    assert not jax.config.jax_enable_x64
    try:
        jax.config.update("jax_enable_x64", True)
        assert (jnp.arange(3).dtype, jnp.ones(3).dtype) == ("int64", "float64")
    finally:
        jax.config.update("jax_enable_x64", False)
    with contextlib.suppress(KeyError), jax.enable_x64(True):
        wide = jnp.asarray(np.array([2**31]))
        raise KeyError
    assert wide.dtype == "int64" and wide.tolist() == [2**31]
    assert jnp.arange(3).dtype == "int32"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert (wide + 1).dtype == "int32" and (wide + 1).tolist() == [-(2**31) + 1]


def test_numbers_beside_arrays():
    """Who changes bfloat16."""
    theirs, mine = torch.ones(3).bfloat16(), jnp.ones(3, jnp.bfloat16)
    assert ((theirs * 2.0).dtype, (mine * 2.0).dtype) == (torch.bfloat16, "bfloat16")
    assert ((theirs / np.sqrt(64)).dtype, (mine / np.sqrt(64)).dtype) == (torch.bfloat16, "float32")
    assert (theirs * torch.tensor(2.0)).dtype == torch.bfloat16 and isinstance(np.sqrt(64), float)
    assert all((mine * number).dtype == "float32" for number in (np.float32(2), np.array(2.0), jnp.float32(2)))


def test_shared_memory():
    """Who shares a buffer's memory, and that copies do not."""
    buffer = np.ones(4, np.float32)
    shared, copied = torch.from_numpy(buffer), torch.tensor(buffer)
    buffer[:] = 0
    assert shared.sum() == 0 and copied.sum() == 4
    ways = {
        jax.device_put: True,
        lambda b: jnp.asarray(b, dtype=b.dtype): True,
        lambda b: jnp.asarray(b.astype(b.dtype, copy=False), dtype=b.dtype): True,
        lambda b: jax.device_put(b, may_alias=False): True,
        jnp.array: False,
        lambda b: jnp.asarray(np.array(b)): False,
        lambda b: jax.device_put(b.copy()): False,
    }
    for dtype in (np.float32, np.int32):
        for way, shares in ways.items():
            for buffer, can in zip(aligned(dtype), (True, False), strict=True):
                buffer[:] = 1
                array = jax.block_until_ready(way(buffer))
                buffer[:] = 0
                assert (array.sum() == 0) == (shares and can), (dtype, can)
    buffer, _ = aligned(np.int32)
    wide = buffer.astype(np.int64)
    array = jax.block_until_ready(jax.device_put(wide))
    wide[:] = 5
    assert array.sum() == 0  # converted, and thereby copied


def test_large_buffers():
    """`jnp.array` may return while a large buffer is still read; NumPy's copy
    is complete.
    """

    def late(copy):
        _, buffer = aligned(np.float32, 2_000_000)
        buffer[:] = 1
        array = copy(buffer)
        buffer[:] = 0
        return array.sum() < buffer.size

    assert not any(late(lambda b: jnp.asarray(np.array(b))) for _ in range(20))
    if not any(late(jnp.array) for _ in range(300)):
        pytest.skip("JAX was never late on this machine")
