"""4.3 cross_entropy: F.cross_entropy with all that it does silently

`F.cross_entropy(logits, labels)` is a short call that decides a lot: it takes
logits (not probabilities), leaves out the samples with the label -100, and
returns a mean. In JAX you decide. optax has the core of it:

    # (batch, classes), (batch,) -> (batch,)
    optax.softmax_cross_entropy_with_integer_labels(logits, labels)

It returns one loss per sample and does not know about -100. A negative index
counts from the end, as in NumPy, so with 200 classes the label -100 means class
100: you get a number, but the wrong one. With 5 classes there is no such class,
and the loss is NaN. So give each sample a label that exists. Leave samples out
afterwards, and not by multiplying by 0: NaN times 0 is NaN.

For the samples i that are kept, PyTorch computes the following, with p =
log_softmax(logits), C classes, class weights w (1 if none are given) and label
smoothing s:

    ( (1 - s) * sum_i w[y_i] * -p[i, y_i]
        + s / C * sum_i sum_c w[c] * -p[i, c] )  /  sum_i w[y_i]

With weights this is a weighted mean: it divides by the sum of the weights, not
by the number of samples. Smoothing gives s / C to every class, including the
right one.

Write `cross_entropy`: plain labels first, then -100, then the rest. The checks
come in this order; the last one runs the function under `jax.jit` and compares
its gradient too.

After 4.1 and 4.2. About 20 minutes.

https://optax.readthedocs.io/en/latest/api/losses.html
"""

# --- PyTorch ---
import torch


def torch_cross_entropy(
    logits: torch.Tensor,
    labels: torch.Tensor,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    weight: torch.Tensor | None = None,
) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(logits, labels, weight, ignore_index=ignore_index, label_smoothing=label_smoothing)


# --- JAX ---
import jax
import jax.numpy as jnp
import optax


def cross_entropy(
    logits: jax.Array,
    labels: jax.Array,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    weight: jax.Array | None = None,
) -> jax.Array:
    """The mean cross-entropy that torch.nn.functional.cross_entropy returns, as
    float32 ().

    logits: float32 (batch, classes), even in the hundreds. labels: int32
    (batch,), each a class or `ignore_index`, which marks a sample to leave out
    (at least one sample is kept). ignore_index: a class, or a number that is
    not a class, such as -100 or 255. weight: float32 (classes,) or None.
    """
    raise NotImplementedError("4.3 cross_entropy: your code here")
