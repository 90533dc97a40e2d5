"""Graded checks of 2.4 numbers."""

import pytest
import torch

from flaxkata.checks import (
    Array,
    between,
    compare,
    each,
    expect,
    fetch,
    named,
    one_of,
    reading,
    unchanged,
    unless_raised,
    when,
)

LEARNED = "JAX cuts 64 bits to 32 without an error, NumPy's numbers have a dtype, and a buffer may be shared."

HINTS = (
    "`.long()` and `.double()` have no twins here. What needs 64 bits happens in NumPy, before the array is JAX's. What must "
    "stay on the device is kept in two int32s, as digits are: the sum of the small ones carries over.",
    "`buffer.astype(np.int32) != buffer` finds what does not fit; `np.array(buffer)` copies. `n // 1_000_000` and "
    "`n % 1_000_000` split n before anything is added. `jnp.asarray(factor).astype(x.dtype)` gives a factor the dtype of x.",
    "take: raise OverflowError if `(buffer.astype(np.int32) != buffer).any()` for an int64 buffer, else "
    "jnp.asarray(np.array(buffer)). since: jnp.asarray(times - start, dtype=jnp.float32). count: rest = seen[1] + n % "
    "1_000_000, then jnp.stack([seen[0] + n // 1_000_000 + rest // 1_000_000, rest % 1_000_000]). scale: x times the factor in "
    "the dtype of x.",
)

WORDS = {
    "torch.int64": "jnp.int32",
    "torch.float64": "jnp.float32",
    "torch.from_numpy": "jnp.asarray",
    "torch.tensor": "jnp.array",
}
LARGEST = 2**31 - 1
MILLION = 1_000_000


def batch(dtype, shape):
    """Numbers of a data loader, as a NumPy array."""
    if dtype.startswith("float"):
        return torch.randn(shape, dtype=getattr(torch, dtype)).numpy()
    low, high = {"int64": (-(2**31), 2**31), "int32": (-(2**31), 2**31), "uint8": (0, 256), "bool": (0, 2)}[dtype]
    return torch.randint(low, high, shape).to(getattr(torch, dtype)).numpy()


BATCHES = (
    ("int64", (5,)),
    ("int64", (2, 3)),
    ("int64", ()),
    ("int64", (0, 3)),
    ("int32", (4, 3)),
    ("uint8", (2, 3, 4)),
    ("float64", (5,)),
    ("float64", ()),
    ("float32", (1, 3)),
    ("bool", (6,)),
)


def in_its_place(taken, shape, at):
    """What `take` returned where the number was that does not fit; nothing if
    it is not an array of that shape.
    """
    alike = isinstance(taken, Array) and taken.shape == shape
    return [taken.value.flat[at].item()] if alike else []


TOO_LARGE = (
    (LARGEST + 1, (3, 2)),
    (-LARGEST - 2, (2, 4)),
    (2**32 + 7, (5,)),
    (-(2**40), (3, 2)),
    (2**62, ()),
    (-(2**63), (2, 4)),
)


@pytest.mark.points(2)
def test_numbers(learner, reference):
    """`take` returns the buffer's numbers in 32 bits, and raises an error for a
    whole number that does not fit.
    """
    for dtype, shape in each(BATCHES, "with a buffer of {} and shape {}"):
        buffer = batch(dtype, shape)
        compare(learner.take(buffer), reference.torch_take(buffer), "take(buffer)")
    with when("with a buffer of the smallest and the largest int32, as int64"):
        edges = torch.tensor([-LARGEST - 1, 0, LARGEST]).numpy()
        compare(learner.take(edges), reference.torch_take(edges), "take(buffer)")
    with when("with larger numbers than an int32 holds in a buffer of float64"):
        large = torch.tensor([0.5, 1.75e9, -3e9, 2.0**40], dtype=torch.float64).numpy()
        compare(learner.take(large), reference.torch_take(large), "take(buffer)")
    with when("with NaN and infinity in a buffer of float64"):
        odd = torch.tensor([torch.nan, 0.1, -torch.inf], dtype=torch.float64).numpy()
        compare(learner.take(odd), reference.torch_take(odd), "take(buffer)")
    for number, shape in each(TOO_LARGE, "with {} in a buffer of int64 and shape {}"):
        buffer = batch("int64", shape)
        at = amount(0, buffer.size)
        buffer.flat[at] = number
        taken = unless_raised(learner.take, buffer)
        returned = [] if taken is None else in_its_place(fetch(taken), buffer.shape, at)
        words = f"take(buffer) raised no error for {number}, which int32 does not hold"
        words += f"; in its place it returned {returned[0]}." if returned else "."
        expect(taken is None, "take(buffer)", words, returned)


@pytest.mark.points(2)
def test_own_memory(learner, inside, reference):
    """What `take` returned stays as it is when the loader fills the buffer
    again.
    """
    refilled = reading(inside.refilled, "take(buffer)")
    words = "with a buffer of {} and shape {}, filled three times"
    cases = (("int32", (4, 5)), ("float32", (7,)), ("uint8", (2, 3, 4)), ("bool", (50,)), ("int64", (6,)), ("float64", (2, 3)))
    for dtype, shape in each(cases, words):
        batches = [batch(dtype, shape) for _ in range(3)]
        both = refilled(learner.take, batches)
        unchanged(batches, fetch(both[1]), "buffer")
        for i, given in enumerate(batches):
            compare(both[0][i], reference.torch_take(given), f"take(buffer) for batch {i + 1}, after all three")


@pytest.mark.points(2)
def test_since(learner, inside, reference):
    """`since` gives the seconds that PyTorch gets in float64."""
    for shape in each(((6,), (2, 3), (), (0,)), "with times of shape {}"):
        start = 1.5e9 + 3e8 * torch.rand((), dtype=torch.float64).item()
        times = start + torch.rand(shape, dtype=torch.float64) * one_of(0.5, 3600) - 20
        given = named(inside.kept(times.numpy()), "times")
        compare(learner.since(given, start), reference.torch_since(times, start), "since(times, start)")
        unchanged(times.numpy(), fetch(given), "times")
    with when("with times less than a millisecond after start"):
        start = 1.5e9 + 3e8 * torch.rand((), dtype=torch.float64).item()
        times = start + 1e-3 * torch.rand(5, dtype=torch.float64)
        expected = reference.torch_since(times, start)
        compare(learner.since(times.numpy(), start), expected, "since(times, start)", tolerance=1e-8)
    with when("with a time that is missing, and one before start"):
        times = torch.tensor([1.75e9 + 0.25, torch.nan, 1.6e9], dtype=torch.float64)
        start = 1.75e9 - 50.5
        compare(learner.since(times.numpy(), start), reference.torch_since(times, start), "since(times, start)")


def as_pair(total):
    return torch.tensor([total // MILLION, total % MILLION])


def amount(low, high):
    """A whole number with all its digits: `between` gives three."""
    return int(torch.randint(low, high, ()))


@pytest.mark.points(2)
def test_count(learner, inside, reference):
    """`count` is exact, call by call, in a scan and under jax.jit: PyTorch's
    int64 as millions and a rest.
    """
    cases = (
        (amount(0, 400_000), amount(1, 500_000)),
        (3 * MILLION + 999_999, 1),  # the carry
        (3 * MILLION + 999_999, 0),
        (0, 0),
        (amount(2, 9) * MILLION + 600_000, 7 * MILLION + amount(400_000, 999_999)),
        (amount(2**31, 2**40), amount(0, MILLION)),
        (amount(2**40, 2**50), LARGEST),
        (2000 * MILLION + 999_999, LARGEST - amount(0, 1000)),
        (amount(0, 9) * MILLION + amount(0, 9), 16_999_999),  # float32 takes it for 17 millions
        (amount(0, 9) * MILLION, amount(1000, 2000) * MILLION - 1),
    )
    for total, n in each(cases, "with {} seen and n {}"):
        seen, more = as_pair(total), torch.tensor(n)
        compare(learner.count(seen.int(), more.int()), reference.torch_count(seen, more), "count(seen, n)")
    counted = reading(inside.counted, "counting in a scan under jax.jit")
    for calls, most in each(((1000, 50_000), (300, LARGEST)), "after {} calls with n up to {}"):
        ns, seen = torch.randint(most, (calls,)), as_pair(amount(0, 2 * MILLION))
        expected = seen
        for n in ns:
            expected = reference.torch_count(expected, n)
        compare(counted(learner.count, seen.int(), ns.int()), expected, "seen")


FACTORS = {
    "bfloat16": ("float", "int", "numpy.float64", "numpy.float32", "numpy.int64", "numpy.ndarray", "jax.Array"),
    "float16": ("float", "numpy.float64", "jax.Array"),
    "float32": ("int", "numpy.float64", "numpy.ndarray"),
}
SHAPES = {"bfloat16": (5,), "float16": (2, 3), "float32": (2, 1, 3)}
COMPILED = (("bfloat16", "float"), ("bfloat16", "numpy.float64"), ("float16", "jax.Array"), ("float32", "numpy.ndarray"))


@pytest.mark.points(2)
def test_scale(learner, inside, reference, jax):
    """`scale` gives PyTorch's product, and keeps the dtype of x, as PyTorch
    does; under jax.jit too.
    """
    for dtype, what in each([(d, w) for d in FACTORS for w in FACTORS[d]], "with x in {} and a factor of type {}"):
        value = amount(2, 9) if "int" in what else between(0.1, 3.0) * one_of(-1, 1)
        x, factor = torch.randn(SHAPES[dtype]).to(getattr(torch, dtype)), named(inside.factor(what, value), "factor")
        theirs = reference.torch_scale(x, torch.tensor(value) if what in ("numpy.ndarray", "jax.Array") else value)
        compare(learner.scale(x, factor), theirs, "scale(x, factor)")
        if (dtype, what) in COMPILED:
            with when("under jax.jit"):
                compare(jax.jit(learner.scale)(x, factor), theirs, "scale(x, factor)")
    with when("with x in bfloat16 and a jax.Array of float16 as factor"):
        x, factor = torch.randn(5).bfloat16(), torch.tensor(between(0.1, 3.0)).half()
        compare(learner.scale(x, factor), reference.torch_scale(x, factor), "scale(x, factor)")
    for factor in each((0, 0.0), "with a factor of {}"):
        x = torch.randn(3)
        compare(learner.scale(x, factor), reference.torch_scale(x, factor), "scale(x, factor)")


DEFAULTS = {
    "jnp.arange(3)": torch.arange(3).int(),
    "jnp.zeros(3)": torch.zeros(3),
    "jnp.ones(3, jnp.bfloat16) * np.ones(3, np.float32)": torch.ones(3),
}


ARGUMENTS = {
    "take": lambda: (batch("int64", (3,)),),
    "since": lambda: (torch.tensor([1.75e9], dtype=torch.float64).numpy(), 1.7e9),
    "count": lambda: (torch.tensor([5, 20]).int(), torch.tensor(7).int()),
    "scale": lambda: (torch.randn(3).bfloat16(), 2.0),
}


def test_settings(learner, inside):
    """After all four functions, JAX's dtypes are those of its default
    settings.
    """
    for name, given in ARGUMENTS.items():
        unless_raised(getattr(learner, name), *given())
    unless_raised(learner.take, torch.tensor([2**40]).numpy())
    with when("after all four functions"):
        for what, right in DEFAULTS.items():
            found = unless_raised(inside.by_default, what)
            if expect(found is not None, what, f"{what} raises an error; with JAX's default settings, it does not."):
                compare(found, right, what, reference="JAX by default")


def test_settings_of_the_program(learner, inside):
    """In a program that has set `jax_enable_x64`, it is still set after each of
    the four functions.
    """
    for name in each(list(ARGUMENTS), "after {} in a program that has set jax_enable_x64"):
        inside.enable_x64(True)
        unless_raised(getattr(learner, name), *ARGUMENTS[name]())
        found = fetch(inside.default_dtype())
        inside.enable_x64(False)
        words = f"jnp.arange(3) has dtype {found}; in such a program it has int64."
        expect(found == "int64", "jnp.arange(3)", words, detail=found)
