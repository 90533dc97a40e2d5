import jax
import jax.numpy as jnp


def add_at(x: jax.Array, indices: jax.Array, values: jax.Array) -> jax.Array:
    """x with row `values[j]` added to row `indices[j]`, for each j; a row that
    is named twice gets both. A NaN or an infinity reaches only the rows that it
    is added to. The caller can still use x.

    x: float32 (n, d). indices: int32 (k,), each in [0, n); k may exceed n.
    values: float32 (k, d). Returns float32 (n, d).
    """
    return x.at[indices].add(values)


def rows(table: jax.Array, indices: jax.Array) -> jax.Array:
    """Rows of `table` by `indices`; NaN in every element of a row where PyTorch
    would raise IndexError. A NaN or an infinity in the table is in no row but
    its own.

    table: float32 (n, d). indices: int32 (k,), any numbers that int32 has; -1
    is the last row, -n the first. Returns float32 (k, d).
    """
    return table.at[indices].get(mode="fill", fill_value=jnp.nan)


def masked_mean(x: jax.Array, mask: jax.Array) -> jax.Array:
    """The mean of those elements of x whose mask is true; NaN if there are
    none. The other elements may be anything, even NaN; a NaN or an infinity
    that is selected counts, as in PyTorch.

    x: float32, any shape, even (). mask: bool, the same shape. Returns float32
    ().
    """
    low = jnp.min(x, initial=jnp.inf, where=mask)
    return low + jnp.where(mask, x - low, 0.0).sum() / mask.sum()
