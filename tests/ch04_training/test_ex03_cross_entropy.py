"""Graded checks of 4.3 cross_entropy."""

import pytest
import torch

from flaxkata.checks import between, compare, each, when

LEARNED = "optax returns one loss per sample; the label -100, the weights and the divisor are yours to decide."

HINTS = (
    "F.cross_entropy drops the samples labeled -100 from the sum and from the count. Here you do both: use a mask of the "
    "samples that count, in the numerator and in the denominator.",
    "counted = labels != ignore_index; `jnp.where(counted, labels, 0)` has only labels that exist; "
    "`jnp.where(counted, losses, 0)` leaves samples out. `jax.nn.log_softmax(logits)` is for the smoothed part, and "
    "`weight[labels]` picks the weights.",
    "w = jnp.where(counted, weight[labels], 0); right = w * losses; "
    "even = jnp.where(counted, -jnp.mean(weight * log_softmax, axis=-1), 0); "
    "then return the sum of (1 - s) * right + s * even, divided by w.sum().",
)

WORDS = {
    "F.cross_entropy": "optax.softmax_cross_entropy_with_integer_labels",
    "F.log_softmax": "jax.nn.log_softmax",
    "ignore_index": "jnp.where",
}


def some(classes, batch=8, left_out=(), ignore_index=-100, scale=3):
    """Logits and labels; no two labels of the first `classes` samples are the
    same.
    """
    logits = scale * torch.randn(batch, classes)
    labels = (classes - 1 - 3 * torch.arange(batch)) % classes
    labels[list(left_out)] = ignore_index
    return logits, labels


def weights(classes):
    """A weight for each class, the largest several times the smallest."""
    return 0.25 + 2 * torch.rand(classes)


@pytest.fixture
def same(learner, reference):
    """A function that compares the loss with PyTorch's."""

    def check(logits, labels, **options):
        mine = learner.cross_entropy(logits, labels.int(), **options)
        call = ", ".join(["logits", "labels", *(f"{name}=..." for name in options)])
        compare(mine, reference.torch_cross_entropy(logits, labels, **options), f"cross_entropy({call})")

    return check


def test_plain(same):
    """`cross_entropy` of logits and labels is PyTorch's mean over the samples,
    as one number.
    """
    for classes, batch in each(((5, 8), (2, 1), (2, 33_000)), "with {} classes and a batch of {}"):
        same(*some(classes, batch))
    with when("with logits of several hundred"):
        same(*some(5, scale=300))


@pytest.mark.points(2)
def test_ignored(same):
    """Samples labeled -100 are left out of `cross_entropy`, with few classes
    and with many.
    """
    for classes in each((5, 200), "with {} classes and two labels -100"):
        same(*some(classes, left_out=(0, 3)))
    with when("with 5 classes and one label that is not -100"):
        same(*some(5, left_out=range(7)))


def test_ignore_index(same):
    """`ignore_index` can be a different label, such as 0 for padding, or 255,
    which is not a class.
    """
    for index in each((0, 3, 255, -1), "with two labels {}"):
        same(*some(5, left_out=(0, 4), ignore_index=index), ignore_index=index)


def test_smoothing(same):
    """`label_smoothing` spreads over the classes as in PyTorch, even with
    samples left out.
    """
    for smoothing in each((between(0.1, 0.3), between(0.6, 0.9)), "with label_smoothing {}"):
        same(*some(5), label_smoothing=smoothing)
    for index in each((-100, 0), "with label_smoothing 0.2 and two labels {}"):
        same(*some(5, left_out=(0, 3), ignore_index=index), label_smoothing=0.2, ignore_index=index)


def test_weight(same):
    """`weight` makes `cross_entropy` a weighted mean, even with samples left
    out.
    """
    for scale in each((1, between(1e-5, 2e-5)), "with weights around {}"):
        same(*some(5), weight=scale * weights(5))
    for index in each((-100, 0), "with weights and two labels {}"):
        same(*some(5, left_out=(0, 4), ignore_index=index), weight=weights(5), ignore_index=index)


def test_everything(same):
    """`weight` and `label_smoothing` together, with samples left out, even
    where a weight is 0.
    """
    for smoothing, index in each(
        ((between(0.1, 0.3), -100), (between(0.6, 0.9), 255)), "with weights, label_smoothing {} and one label {}"
    ):
        options = {"weight": weights(5), "label_smoothing": smoothing, "ignore_index": index}
        same(*some(5, left_out=(2,), ignore_index=index), **options)
    with when("with the weights 0, 1, 0, 3 and 2, label_smoothing 0.2 and one label -100"):
        same(*some(5, left_out=(2,)), weight=torch.tensor([0.0, 1, 0, 3, 2]), label_smoothing=0.2)


def test_jit(learner, jax, reference):
    """Under `jax.jit`, as in training, `cross_entropy` and its gradient equal
    PyTorch's; samples that are left out have the gradient 0.
    """
    loss_and_grad = jax.jit(jax.value_and_grad(learner.cross_entropy), static_argnames=("ignore_index", "label_smoothing"))
    options = {"weight": weights(5), "label_smoothing": 0.2, "ignore_index": 255}
    logits, labels = some(5, left_out=(0, 3), ignore_index=255)
    theirs = logits.clone().requires_grad_()
    loss = reference.torch_cross_entropy(theirs, labels, **options)
    loss.backward()
    mine = loss_and_grad(logits, labels.int(), **options)
    with when("with weights, label_smoothing 0.2 and two labels 255"):
        compare(mine[0], loss, "cross_entropy(...) under jax.jit")
        compare(mine[1], theirs.grad, "the gradient of cross_entropy(...) under jax.jit")
