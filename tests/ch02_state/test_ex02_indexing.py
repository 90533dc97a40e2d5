"""Graded checks of 2.2 indexing."""

import torch

from flaxkata.checks import compare

LEARNED = "`.at[i].add` returns a new array, an index past the end raises no error, and with a mask you keep the shape."

HINTS = (
    "PyTorch's index_add, unlike `x[i] += v`, adds for every index, even a repeated one. Which indices are out of range, and "
    "how many elements a mask selects, is known only when the program runs. By then shapes are fixed and nothing can raise.",
    "`x.at[i].add(v)`, `x.at[i].get(mode=..., fill_value=...)`, `jnp.where(mask, x, 0)`; all return new arrays.",
    'rows: table.at[indices].get(mode="fill", fill_value=jnp.nan). masked_mean: jnp.where(mask, x, 0).sum() divided by '
    "the number of true elements, mask.sum().",
)


def both_ways(learner, jax, name):
    """One of the learner's functions as it is and under jax.jit, each with its
    name for messages.
    """
    return ((getattr(learner, name), name), (jax.jit(getattr(learner, name)), f"jax.jit({name})"))


def test_add_at(learner, reference, jax):
    """`add_at` gives what PyTorch's index_add gives, even where an index is
    repeated.
    """
    x, values = torch.randn(5, 3), torch.randn(4, 3)
    for function, name in both_ways(learner, jax, "add_at"):
        for indices in (torch.tensor([3, 0, 4, 2]), torch.tensor([1, 4, 1, 1])):
            label = f"{name}(x, {indices.tolist()}, values)"
            expected = reference.torch_add_at(x, indices, values)
            compare(function(x, indices.int(), values), expected, label, given=x)


def test_rows(learner, reference, jax):
    """`rows` gives PyTorch's rows for indices in range, including -1 and
    -n.
    """
    table, indices = torch.randn(5, 3), torch.tensor([4, 0, 2, -1, -5, 4])
    for function, name in both_ways(learner, jax, "rows"):
        compare(function(table, indices.int()), reference.torch_rows(table, indices), f"{name}(table, {indices.tolist()})")


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
    table, indices = torch.randn(5, 3), torch.tensor([1, 5, -5, -6, 4, 900])
    expected = rows_or_nan(reference, table, indices)
    for function, name in both_ways(learner, jax, "rows"):
        compare(
            function(table, indices.int()),
            expected,
            f"{name}(table, {indices.tolist()})",
            reference="PyTorch (NaN where it raises)",
        )


def test_masked_mean(learner, reference, jax):
    """`masked_mean` gives PyTorch's mean of x[mask], and NaN where the mask
    selects nothing.
    """
    x = 3 + torch.randn(4, 5)
    some = torch.rand(4, 5) < 0.4
    for function, name in both_ways(learner, jax, "masked_mean"):
        for mask, what in ((some, "a mask"), (torch.zeros(4, 5, dtype=bool), "a mask without a true element")):
            compare(function(x, mask), reference.torch_masked_mean(x, mask), f"{name} with {what}")


def test_masked_mean_of_nan(learner, reference, jax):
    """`masked_mean` ignores NaN and infinity where the mask is false, and only
    there.
    """
    x, mask = 3 + torch.randn(4, 5), torch.zeros(4, 5, dtype=bool)
    mask[1:3] = True
    outside, within = x.clone(), x.clone()
    outside[0, 1], outside[3, 2], within[2, 2] = torch.nan, torch.inf, torch.nan
    for function, name in both_ways(learner, jax, "masked_mean"):
        for given, what in ((outside, "NaN and infinity masked out"), (within, "a NaN selected")):
            compare(function(given, mask), reference.torch_masked_mean(given, mask), f"{name} with {what}")
