"""Graded checks of 4.8 detach."""

import pytest
import torch

from flaxkata.checks import as_numpy, between, compare, each, expect, fetch, named, reading, unchanged, when

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


CENTERED = "vectors less the batch's mean"  # what it says of a row depends on the others


class Layer(torch.nn.Module):
    """A layer that takes vectors, indices, or images (batch, H, W, C)."""

    def __init__(self, takes, out_dim):
        super().__init__()
        self.takes = takes
        self.kernel = torch.nn.Parameter(torch.randn(4, out_dim))
        self.bias = torch.nn.Parameter(torch.randn(out_dim))

    def forward(self, x):
        if self.takes == "indices":
            return self.kernel[x] + self.bias
        if self.takes == CENTERED:
            x = x - x.mean(0)
        return (x.amax(1).mean(1) if self.takes == "images" else x) @ self.kernel + self.bias


LAYERS = ("a tuple", "a namedtuple", "a class")  # the params of one layer; the others are a network's


def make_twin(reference, takes, form, out_dim):
    """A twin that takes some kind of x, and whose params have a form."""
    return Layer(takes, out_dim) if form in LAYERS else reference.TorchMLP(4, 6, out_dim)


def numbers(twin, form, what="data"):
    """The weights of a twin, or their gradients, as a dict or a tuple."""
    if form in LAYERS:
        return tuple(getattr(p, what).clone() for p in (twin.kernel, twin.bias))
    params = {
        n: {"kernel": getattr(m.weight, what).T.clone(), "bias": getattr(m.bias, what).clone()}
        for n, m in twin.named_children()
    }
    return {"net": {"layers": params}} if form == "a nested dict" else params


def zeros(tree):
    """A tree with 0 for each number."""
    if isinstance(tree, dict):
        return {name: zeros(part) for name, part in tree.items()}
    return tuple(map(zeros, tree)) if isinstance(tree, tuple) else torch.zeros_like(tree)


def forward_of(inside, takes, form):
    """The function over there that is such a twin."""
    return getattr(inside, "centered" if takes == CENTERED else takes) if form in LAYERS else inside.mlp


def inputs(kind, shape):
    """x of a kind."""
    return torch.randint(4, shape, dtype=torch.int32) if kind == "indices" else torch.randn(shape)


EPISODES = (
    ("vectors", (7, 4), "a flat dict", "some"),
    (CENTERED, (4, 4), "a tuple", "some"),
    ("vectors", (1, 4), "a nested dict", "none"),
    ("vectors", (5, 4), "a flat dict", "all"),
    ("indices", (6,), "a namedtuple", "some"),
    ("images", (3, 5, 2, 4), "a class", "some"),
)
EPISODE = "where value takes {}, with x of shape {}, params in {}, done in {} of the rows and discount {}"


def episodes(inside, reference):
    """Twins, their form, value, params, batches and discounts, one after
    another.
    """
    discounts = [between(0.3, 0.99), between(0.3, 0.99), 1.0, between(0.3, 0.99), 0.0, between(0.3, 0.99)]
    cases = [(*case, discount) for case, discount in zip(EPISODES, discounts, strict=True)]
    for kind, shape, form, done, discount in each(cases, EPISODE):
        x, next_x, rows = inputs(kind, shape), inputs(kind, shape), shape[0]
        ended = {"all": torch.arange(rows) >= 0, "none": torch.arange(rows) < 0, "some": torch.arange(rows) % 3 == 1}
        twin = make_twin(reference, kind, form, 1)
        value = named(inside.value(forward_of(inside, kind, form)), "value")
        params = named(inside.in_form(numbers(twin, form), form), "params")
        yield twin, form, value, params, (x, torch.randn(rows), next_x, ended[done]), discount


def test_td_value(learner, inside, reference):
    """`td_loss` gives PyTorch's loss."""
    for twin, _, value, params, batch, discount in episodes(inside, reference):
        theirs = reference.torch_td_loss(twin, *batch, discount)
        compare(learner.td_loss(value, params, *batch, discount), theirs, "td_loss(...)")


@pytest.mark.points(2)
def test_td_gradient(learner, inside, reference):
    """The gradient of `td_loss` in params is PyTorch's: the target is a
    constant.
    """
    gradient = reading(inside.td_gradient, "the gradient of td_loss")
    for twin, form, value, params, batch, discount in episodes(inside, reference):
        mine = gradient(learner.td_loss, value, params, *batch, discount)
        reference.torch_td_loss(twin, *batch, discount).backward()
        compare(mine, numbers(twin, form, "grad"), "the gradient of td_loss in params")


def chosen(z, codebook):
    """The codes of the rows by the distance, and by other rules."""
    gaps, products, squares = z[:, None] - codebook, z @ codebook.T, codebook.square().sum(-1)
    lengths = z.norm(dim=-1, keepdim=True) * codebook.norm(dim=-1)
    rules = [gaps.square().sum(-1), gaps.abs().sum(-1), gaps.abs().amax(-1), -products / lengths, -products]
    return [rule.argmin(-1) for rule in (*rules, squares - products, squares + products, squares + 2 * products)]


def separated(z, codebook):
    """Whether each rule chooses other codes, and several."""
    rules = [tuple(indices.tolist()) for indices in chosen(z, codebook)]
    return len(set(rules)) == len(rules) and all(len(set(indices)) > 1 for indices in rules)


def without_ties(z, codebook):
    """Whether the nearest code is nearer than the next, beyond rounding."""
    near = torch.cdist(z, codebook).sort(-1).values
    return near.shape[1] == 1 or bool((near[:, 1] - near[:, 0]).min() > 0.02)


def vectors_and_codes(rows, dim, count):
    """z and a codebook. With several rows, dimensions and codes, distances
    other than PyTorch's show.
    """
    while True:  # 8 times on average
        z, codebook = torch.randn(rows, dim), torch.randn(count, dim)
        if without_ties(z, codebook) and (min(rows, dim, count) == 1 or separated(z, codebook)):
            return z.requires_grad_(), codebook.requires_grad_()


SIZES = ((7, 3, 5), (1, 2, 4), (5, 1, 3), (6, 4, 1))


def codes(reference):
    """z, a codebook and beta, one after another."""
    betas = (between(0.1, 0.6), between(0.1, 0.6), 0.0, between(1.5, 3.0))
    cases = [(*sizes, beta) for sizes, beta in zip(SIZES, betas, strict=True)]
    for rows, dim, count, beta in each(cases, "with z of shape ({}, {}), {} codes and beta {}"):
        yield *vectors_and_codes(rows, dim, count), beta


def test_quantize_values(learner, reference):
    """`quantize` gives PyTorch's nearest codes, and its loss, even where each
    code stands in the codebook twice.
    """

    def same_as_pytorch(z, codebook, beta):
        mine = named(learner.quantize(z, codebook, beta), "quantize(z, codebook, beta)")
        compare(mine, reference.torch_quantize(z, codebook, beta), "quantize(z, codebook, beta)")

    for z, codebook, beta in codes(reference):
        same_as_pytorch(z, codebook, beta)
    with when("where each of 4 codes stands in the codebook twice"):  # their gradients may go to either
        z, codebook = vectors_and_codes(7, 3, 4)
        same_as_pytorch(z, torch.cat([codebook, codebook]), between(0.1, 0.6))
    with when("with 300 codes, where the last one is the nearest"):
        z, codebook = vectors_and_codes(1, 4, 300)
        after = int(torch.cdist(z, codebook).argmin()) + 1
        same_as_pytorch(z, codebook.roll(-after, 0), between(0.1, 0.6))


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
    with when("where z has one row, and each of 4 codes stands in the codebook twice"):
        z, codebook = vectors_and_codes(1, 3, 4)
        twice, beta = torch.cat([codebook, codebook]), between(0.1, 0.6)
        (theirs,) = torch.autograd.grad(reference.torch_quantize(z, twice, beta)[1], twice)
        mine = gradients(learner.quantize, z, twice, beta)["codebook"]
        found = torch.tensor(as_numpy(fetch(mine)))
        either = min(
            theirs, theirs.roll(4, 0), key=lambda one: (found - one).abs().sum()
        )  # the first of the two, or the second
        compare(mine, either, "the gradient of the loss in codebook")


CLASSES = (
    ("vectors", (7, 4), "a flat dict"),
    ("vectors", (1, 4), "a tuple"),
    ("vectors", (4, 4), "a nested dict"),
    ("indices", (2, 5), "a namedtuple"),  # forward returns (2, 5, 3)
    ("images", (3, 5, 2, 4), "a class"),  # here (3,)
    ("indices", (), "a class"),  # and here ()
)


def classes(inside, reference):
    """Student and teacher, their form, forward, params, x and decay, one after
    another.
    """
    decays = [between(0.5, 0.8), between(0.1, 0.4), 0.99, between(0.3, 0.7), 1.0, 0.0]
    cases = [(*case, decay) for case, decay in zip(CLASSES, decays, strict=True)]
    for kind, shape, form, decay in each(cases, "with {} x of shape {}, params in {} and decay {}"):
        flat = kind == "images" or shape == ()
        twins = [make_twin(reference, kind, form, 1 if flat else 3) for _ in range(2)]
        forward = forward_of(inside, kind, form)
        forward = named(inside.value(forward) if flat else forward, "forward")
        pairs = zip(twins, ("student", "teacher"), strict=True)
        params = [named(inside.in_form(numbers(twin, form), form), name) for twin, name in pairs]
        yield *twins, form, forward, params, inputs(kind, shape), decay


@pytest.mark.points(2)
def test_teacher_values(learner, inside, reference):
    """`teacher_loss` gives PyTorch's loss and new teacher, and leaves the
    params that it was given.
    """
    for student, teacher, form, forward, params, x, decay in classes(inside, reference):
        before = [fetch(inside.plain(tree)) for tree in params]
        shape = fetch(inside.shape(params[1]))
        mine = named(learner.teacher_loss(forward, *params, x, decay), "teacher_loss(...)")
        loss = reference.torch_teacher_loss(student, teacher, x, decay)
        compare(mine[0], loss, "the loss of teacher_loss(...)")
        compare(inside.plain(mine[1]), numbers(teacher, form), "the new teacher")
        found = fetch(inside.shape(mine[1]))
        words = f"the new teacher is a tree {found}; the teacher is {shape}. Each * is an array."
        expect(found == shape, "the form of the new teacher", words, detail=found)
        for tree, old in zip(params, before, strict=True):
            unchanged(old, fetch(inside.plain(tree)), repr(tree))


@pytest.mark.points(2)
def test_teacher_gradients(learner, inside, reference):
    """The gradient of `teacher_loss` in student is PyTorch's; in teacher it is
    zero.
    """
    gradients = reading(inside.teacher_gradients, "the gradient of teacher_loss")
    for student, teacher, form, forward, params, x, decay in classes(inside, reference):
        mine = gradients(learner.teacher_loss, forward, *params, x, decay)
        reference.torch_teacher_loss(student, teacher, x, decay).backward()
        compare(mine["student"], numbers(student, form, "grad"), "the gradient of teacher_loss in student")
        compare(mine["teacher"], zeros(numbers(teacher, form)), "the gradient of teacher_loss in teacher")
