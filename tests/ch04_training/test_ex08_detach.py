"""Graded checks of 4.8 detach."""

import pytest
import torch

from flaxkata.checks import between, compare, each, fetch, named, reading, unchanged

LEARNED = "jax.lax.stop_gradient returns constants, and where it stands shows in the gradient alone."

HINTS = (
    "Ask of each product in the loss which of its two sides learns. The other side is a constant: what PyTorch computes under "
    "no_grad or detaches. That is often a difference or a whole tree, and not the first thing it was made from.",
    "`jax.lax.stop_gradient(x)` returns a constant with the numbers of x, for an array or a tree. `codebook[jnp.argmin("
    "distances, axis=-1)]` are the nearest codes; z plus a constant has the gradient of z.",
    "td_loss: stop the target, reward + discount * jnp.where(done, 0.0, value(params, next_x)). quantize: mean((codes - "
    "stop(z)) ** 2) + beta * mean((z - stop(codes)) ** 2), and z + stop(codes - z). teacher_loss: make the new teacher with "
    "jax.tree.map, stop it as a whole, then compute its targets.",
)

WORDS = {
    "detach()": "jax.lax.stop_gradient",
    "torch.no_grad()": "jax.lax.stop_gradient",
}


def in_flax(twin, tree="flat", what="data"):
    """The weights of a twin, or their gradients, as a tree of ours."""
    layers = {n: (getattr(m.weight, what).T.clone(), getattr(m.bias, what).clone()) for n, m in twin.named_children()}
    if tree == "a tuple":
        return layers["0"]
    params = {n: {"kernel": kernel, "bias": bias} for n, (kernel, bias) in layers.items()}
    return {"net": {"layers": params}} if tree == "nested" else params


def zeros(tree):
    """A tree with 0 for each number."""
    if isinstance(tree, dict):
        return {name: zeros(part) for name, part in tree.items()}
    return tuple(map(zeros, tree)) if isinstance(tree, tuple) else torch.zeros_like(tree)


def make_twin(reference, tree, in_dim, out_dim):
    """A twin for a tree of params."""
    return (
        torch.nn.Sequential(torch.nn.Linear(in_dim, out_dim)) if tree == "a tuple" else reference.TorchMLP(in_dim, 6, out_dim)
    )


def forward_of(inside, tree):
    return inside.linear if tree == "a tuple" else inside.mlp


def episode(rows, in_dim, done):
    """x, reward, next_x, done."""
    ended = {"all": torch.ones(rows, dtype=torch.bool), "none": torch.zeros(rows, dtype=torch.bool)}
    ended["some"] = torch.arange(rows) % 3 == 1
    return torch.randn(rows, in_dim), torch.randn(rows), torch.randn(rows, in_dim), ended[done]


EPISODES = ((7, "flat", "some"), (4, "a tuple", "none"), (1, "nested", "none"), (5, "flat", "all"))
EPISODE = "with {} rows, {} params, done in {} of them and discount {}"


def episodes(reference):
    """Twins, their trees, batches and discounts, one after another."""
    cases = [(rows, tree, done, between(0.3, 0.99)) for rows, tree, done in EPISODES]
    for rows, tree, done, discount in each(cases, EPISODE):
        yield make_twin(reference, tree, 4, 1), tree, episode(rows, 4, done), discount


def test_td_value(learner, inside, reference):
    """`td_loss` gives PyTorch's loss."""
    for twin, tree, batch, discount in episodes(reference):
        value = named(inside.value(forward_of(inside, tree)), "value")
        theirs = reference.torch_td_loss(twin, *batch, discount)
        compare(learner.td_loss(value, in_flax(twin, tree), *batch, discount), theirs, "td_loss(...)")


@pytest.mark.points(2)
def test_td_gradient(learner, inside, reference):
    """The gradient of `td_loss` in params is PyTorch's: the target is a
    constant.
    """
    gradient = reading(inside.td_gradient, "the gradient of td_loss")
    for twin, tree, batch, discount in episodes(reference):
        value = named(inside.value(forward_of(inside, tree)), "value")
        mine = gradient(learner.td_loss, value, in_flax(twin, tree), *batch, discount)
        reference.torch_td_loss(twin, *batch, discount).backward()
        compare(mine, in_flax(twin, tree, "grad"), "the gradient of td_loss in params")


SIZES = ((7, 3, 5), (1, 2, 4), (6, 4, 1))


def codes(reference):
    """z, a codebook and beta, one after another."""
    cases = [(*sizes, between(0.1, 0.6)) for sizes in SIZES[:2]] + [(*SIZES[2], between(1.5, 3.0))]
    for rows, dim, count, beta in each(cases, "with z of shape ({}, {}), {} codes and beta {}"):
        yield torch.randn(rows, dim, requires_grad=True), torch.randn(count, dim, requires_grad=True), beta


def test_quantize_values(learner, reference):
    """`quantize` gives PyTorch's nearest codes, and its loss."""
    for z, codebook, beta in codes(reference):
        quantized, loss = reference.torch_quantize(z, codebook, beta)
        mine = named(learner.quantize(z, codebook, beta), "quantize(z, codebook, beta)")
        compare(mine, (quantized, loss), "quantize(z, codebook, beta)")


@pytest.mark.points(2)
def test_straight_through(learner, inside, reference):
    """The gradient of `quantized` goes to z as it is, and not to the
    codebook.
    """
    gradients = reading(inside.quantized_gradients, "the gradient of quantized")
    for z, codebook, beta in codes(reference):
        weights = torch.randn(z.shape)
        mine = gradients(learner.quantize, z, codebook, beta, weights)
        (reference.torch_quantize(z, codebook, beta)[0] * weights).sum().backward()
        compare(mine["z"], z.grad, "the gradient of quantized in z")
        compare(mine["codebook"], torch.zeros_like(codebook), "the gradient of quantized in codebook")


@pytest.mark.points(2)
def test_quantize_gradients(learner, inside, reference):
    """The loss of `quantize` has PyTorch's gradients: one half moves the codes,
    the other z.
    """
    gradients = reading(inside.loss_gradients, "the gradient of quantize's loss")
    for z, codebook, beta in codes(reference):
        mine = gradients(learner.quantize, z, codebook, beta)
        reference.torch_quantize(z, codebook, beta)[1].backward()
        compare(mine["z"], z.grad, "the gradient of the loss in z")
        compare(mine["codebook"], codebook.grad, "the gradient of the loss in codebook")


def classes(reference):
    """Student, teacher, their tree, x and decay, one after another."""
    cases = [(7, "flat", between(0.5, 0.8)), (1, "a tuple", between(0.1, 0.4)), (4, "nested", 0.99)]
    for rows, tree, decay in each(cases, "with {} rows, {} params and decay {}"):
        student, teacher = (make_twin(reference, tree, 4, 3) for _ in range(2))
        yield student, teacher, tree, torch.randn(rows, 4), decay


@pytest.mark.points(2)
def test_teacher_values(learner, inside, jax, reference):
    """`teacher_loss` gives PyTorch's loss and new teacher, and leaves the
    params that it was given.
    """
    for student, teacher, tree, x, decay in classes(reference):
        trees = {"student": in_flax(student, tree), "teacher": in_flax(teacher, tree)}
        given = [named(jax.tree.map(jax.numpy.asarray, params), name) for name, params in trees.items()]
        before = [fetch(params) for params in given]
        mine = named(learner.teacher_loss(forward_of(inside, tree), *given, x, decay), "teacher_loss(...)")
        loss = reference.torch_teacher_loss(student, teacher, x, decay)
        compare(mine[0], loss, "the loss of teacher_loss(...)")
        compare(mine[1], in_flax(teacher, tree), "the new teacher")
        for params, old, name in zip(given, before, trees, strict=True):
            unchanged(old, fetch(params), name)


@pytest.mark.points(2)
def test_teacher_gradients(learner, inside, reference):
    """The gradient of `teacher_loss` in student is PyTorch's; in teacher it is
    zero.
    """
    gradients = reading(inside.teacher_gradients, "the gradient of teacher_loss")
    for student, teacher, tree, x, decay in classes(reference):
        given = in_flax(student, tree), in_flax(teacher, tree)
        mine = gradients(learner.teacher_loss, forward_of(inside, tree), *given, x, decay)
        reference.torch_teacher_loss(student, teacher, x, decay).backward()
        compare(mine["student"], in_flax(student, tree, "grad"), "the gradient of teacher_loss in student")
        compare(mine["teacher"], zeros(in_flax(teacher, tree)), "the gradient of teacher_loss in teacher")
