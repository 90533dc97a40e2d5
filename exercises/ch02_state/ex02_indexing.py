"""2.2 indexing: Add at, read at, and average what a mask selects

Indexing in JAX looks like PyTorch's. It differs in three places, and the first
two raise no error:

    PyTorch                                JAX
    x.index_add_(0, i, v) adds in place    x.at[i].add(v) returns a new array;
                                           x does not change
    x[i] raises if i is past the end       x[i] gives the last element
    x[mask] has as many elements as are    x[mask] raises under jax.jit: shapes
    true in the mask                       must be known beforehand

Of three elements, x[9] is the last and x[-9] the first.

`.at[i]` has `set`, `add`, `multiply`, `min`, `max` and `get`. Where an index
occurs twice, `add` adds twice, as `index_add` does. `set` keeps one of the two,
and so does `x[i] += v` in PyTorch.

A compiled program cannot raise an error, so an index out of range must become
something else. `x.at[i].get(mode=...)` lets you choose what; a NaN is hard to
overlook. Instead of selecting with a mask, keep the shape: let `jnp.where` put
a harmless value where the mask is false, and count the true elements.
Multiplying by the mask is not the same, as NaN times zero is NaN (unless the
compiler turns the product into a selection, as it does with `x * mask` for a
bool mask).

Write the three functions. All must work under `jax.jit`.

After 1.4. About 15 minutes.

https://docs.jax.dev/en/latest/_autosummary/jax.numpy.ndarray.at.html
"""

# --- PyTorch ---
import torch


def torch_add_at(x: torch.Tensor, indices: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """x (n, d) with row values[j] (k, d) added to row indices[j] (k,), for each
    j; x does not change.
    """
    return x.index_add(0, indices, values)


def torch_rows(table: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:
    """Rows of table (n, d) by indices (k,). Raises IndexError unless all are in
    [-n, n); -1 is the last row.
    """
    return table[indices]


def torch_masked_mean(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean of those elements of x whose mask is true; NaN if there are
    none.
    """
    return x[mask].mean()


# --- JAX ---
import jax
import jax.numpy as jnp


def add_at(x: jax.Array, indices: jax.Array, values: jax.Array) -> jax.Array:
    """x with row `values[j]` added to row `indices[j]`, for each j; a row that
    is named twice gets both. A NaN or an infinity reaches only the rows that it
    is added to. The caller can still use x.

    x: float32 (n, d). indices: int32 (k,), each in [0, n); k may exceed n.
    values: float32 (k, d). Returns float32 (n, d).
    """
    raise NotImplementedError("2.2 indexing: your code here")


def rows(table: jax.Array, indices: jax.Array) -> jax.Array:
    """Rows of `table` by `indices`; NaN in every element of a row where PyTorch
    would raise IndexError. A NaN or an infinity in the table is in no row but
    its own.

    table: float32 (n, d). indices: int32 (k,), any numbers that int32 has; -1
    is the last row, -n the first. Returns float32 (k, d).
    """
    raise NotImplementedError("2.2 indexing: your code here")


def masked_mean(x: jax.Array, mask: jax.Array) -> jax.Array:
    """The mean of those elements of x whose mask is true; NaN if there are
    none. The other elements may be anything, even NaN; a NaN or an infinity
    that is selected counts, as in PyTorch.

    x: float32, any shape, even (). mask: bool, the same shape. Returns float32
    ().
    """
    raise NotImplementedError("2.2 indexing: your code here")
