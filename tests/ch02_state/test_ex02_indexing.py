"""Graded checks of 2.2 indexing."""

import torch

from flaxkata.checks import compare, each, named, when

LEARNED = "`.at[i].add` returns a new array, an index past the end raises no error, and with a mask you keep the shape."

HINTS = (
    "PyTorch's index_add, unlike `x[i] += v`, adds for every index, even a repeated one. Which indices are out of range, and "
    "how many elements a mask selects, is known only when the program runs. By then shapes are fixed and nothing can raise.",
    "`x.at[i].add(v)`, `x.at[i].get(mode=..., fill_value=...)`, `jnp.where(mask, x, 0)`; all return new arrays.",
    'rows: table.at[indices].get(mode="fill", fill_value=jnp.nan). masked_mean: jnp.where(mask, x, 0).sum() divided by '
    "the number of true elements, mask.sum().",
)

WORDS = {"x.index_add_(0, i, v)": "x.at[i].add(v)", "x[mask]": "jnp.where"}

OLDER = {"jax.ops.index_add": "x.at[i].add(v)"}


NUMBERS = 2**31  # int32 has those from -NUMBERS to NUMBERS - 1
MANY = 70_000  # more than 16 bits can count


def both_ways(function, jax, compiled):
    """One of the learner's functions, as it is, and `compiled`, under
    jax.jit.
    """
    yield function
    if compiled:
        with when("under jax.jit"):
            yield jax.jit(function)


def test_add_at(learner, reference, jax):
    """`add_at` gives what PyTorch's index_add gives, even where an index is
    repeated or a number is not finite, and leaves x as it is.
    """
    for n, d, indices in each(
        (
            (5, 3, [3, 0, 4, 2]),
            (5, 3, [1, 4, 1, 1]),
            (4, 6, [2, 0, 0, 3, 2, 0, 1, 0, 3]),
            (1, 1, [0, 0]),
            (4, 2, []),
            (MANY, 1, [7, MANY - 2, 7]),
        ),
        "for x of ({}, {}) and the indices {}",
    ):
        x, values, indices = torch.randn(n, d), torch.randn(len(indices), d), torch.tensor(indices, dtype=int)
        expected = reference.torch_add_at(x, indices, values)
        for function in both_ways(learner.add_at, jax, compiled=n == 5):
            compare(function(x, indices.int(), values), expected, "add_at(x, indices, values)", given=x)
    x, values, indices = torch.randn(5, 3), torch.randn(4, 3), torch.tensor([3, 0, 4, 3])
    x[1, 0], x[2, 2], values[1, 0], values[2, 1] = torch.inf, torch.nan, torch.nan, -torch.inf
    expected, kept = reference.torch_add_at(x, indices, values), named(jax.numpy.asarray(x), "x")
    with when("with NaN and infinities in x and values"):
        for function in both_ways(learner.add_at, jax, compiled=True):
            compare(function(kept, indices.int(), values), expected, "add_at(x, indices, values)")
            compare(kept, x, "x after the call", reference="x before it")


def test_rows(learner, reference, jax):
    """`rows` gives PyTorch's rows for indices in range, including -1 and -n,
    even where numbers of other rows are not finite.
    """
    for n, d, indices in each(
        (
            (5, 3, [4, 0, 2, -1, -5, 4]),
            (3, 4, [-3, 2, -2, 1]),
            (1, 2, [0, -1]),
            (4, 1, [2]),
            (2, 3, []),
            (MANY, 1, [MANY - 2, -MANY]),
        ),
        "for a table of ({}, {}) and the indices {}",
    ):
        table, indices = torch.randn(n, d), torch.tensor(indices, dtype=int)
        for function in both_ways(learner.rows, jax, compiled=n == 5):
            compare(function(table, indices.int()), reference.torch_rows(table, indices), "rows(table, indices)")
    table, indices = torch.randn(5, 3), torch.tensor([4, 0, 2, -1, -5, 4])
    table[1, 0], table[2, 2], table[3, 1] = torch.inf, -torch.inf, torch.nan
    with when("with NaN and infinities in the table"):
        for function in both_ways(learner.rows, jax, compiled=True):
            compare(function(table, indices.int()), reference.torch_rows(table, indices), "rows(table, indices)")


def rows_or_nan(reference, table, indices):
    """PyTorch's rows, one at a time; NaN for those that it refuses."""
    found = []
    for i in indices:
        try:
            found.append(reference.torch_rows(table, i[None])[0])
        except IndexError:
            found.append(torch.full_like(table[0], torch.nan))
    return torch.stack(found)


def test_rows_out_of_range(learner, reference, jax):
    """`rows` gives NaN where PyTorch raises IndexError, and PyTorch's rows for
    the other indices.
    """
    past = (5, 3, [1, 5, 4, 7, 900, NUMBERS - 1])  # each alone, so that one end's mistake is not hidden by the other's
    below = (5, 3, [-5, -6, 0, -1, -8, -10, -11, -13, -900, -NUMBERS])
    for n, d, indices in each((past, below, (2, 4, [-3, -2, 1, 2])), "for a table of ({}, {}) and the indices {}"):
        table, indices = torch.randn(n, d), torch.tensor(indices)
        expected = rows_or_nan(reference, table, indices)
        for function in both_ways(learner.rows, jax, compiled=n == 5):
            compare(function(table, indices.int()), expected, "rows(table, indices)", reference="PyTorch (NaN where it raises)")


def test_masked_mean(learner, reference, jax):
    """`masked_mean` gives PyTorch's mean of x[mask], and NaN where the mask
    selects nothing.
    """
    for shape in each(((4, 5), (7,), (2, 3, 4), (), (0, 3), (4, MANY // 2)), "for x of shape {}"):
        x = 3 + torch.randn(shape)
        some = torch.rand(shape) < 0.6
        if some.numel() > 1:
            some[0], some[-1] = True, False
            x[0] = 0  # a zero that counts
        for mask in (some, some | True, some & False):
            with when(f"and {int(mask.sum())} of its elements selected"):
                for function in both_ways(learner.masked_mean, jax, compiled=shape == (2, 3, 4)):
                    compare(function(x, mask), reference.torch_masked_mean(x, mask), "masked_mean(x, mask)")


def test_masked_mean_of_nan(learner, reference, jax):
    """`masked_mean` ignores NaN and infinity where the mask is false, and only
    there.
    """
    x, mask = 3 + torch.randn(4, 5), torch.zeros(4, 5, dtype=bool)
    mask[1:3] = True
    outside, large, nan, infinite, negative, both = (x.clone() for _ in range(6))
    outside[0, 1], outside[3, 2], outside[0, 0] = torch.nan, torch.inf, -torch.inf
    large[3, 3], nan[2, 2], infinite[1, 1] = 1e30, torch.nan, torch.inf
    negative[1, 1], both[1, 1], both[2, 3] = -torch.inf, torch.inf, -torch.inf
    cases = ((outside, "NaN and infinities masked out"), (large, "1e30 masked out"), (nan, "a NaN selected"))
    infinities = ((infinite, "an infinity selected"), (negative, "-inf selected"), (both, "inf and -inf selected"))
    for given, words in (*cases, *infinities):
        with when(f"with {words}"):
            for function in both_ways(learner.masked_mean, jax, compiled=True):
                compare(function(given, mask), reference.torch_masked_mean(given, mask), "masked_mean(x, mask)")
