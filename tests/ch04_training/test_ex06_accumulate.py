"""Graded checks of 4.6 accumulate."""

import pytest
import torch

from flaxkata.checks import compare, curve, each, expect, fetch, named, reading, unchanged

LEARNED = "the gradient of a mean over all samples weights each part by its share of the samples."

HINTS = (
    "PyTorch adds up the gradients of each `backward()`, and the loss is divided beforehand. Here you have each batch's "
    "gradients: multiply them by the batch's share of all samples, and add.",
    "`sum(len(x) for x, _ in batches)` is the number of samples; `jax.tree.map(lambda r, g: r + g * share, result, grads)` "
    "adds one tree to another; `optax.MultiSteps` is the optimizer that waits.",
    "Begin with jax.tree.map(jnp.zeros_like, params), and for each batch add grad_fn(params, x, y) times len(x) / total. "
    "step_every: optax.MultiSteps(tx, every_k_schedule=k).",
)

WORDS = {"(loss / k).backward()": "optax.MultiSteps"}


def in_flax(layer, what="data"):
    return {"kernel": getattr(layer.weight, what).T.clone(), "bias": getattr(layer.bias, what).clone()}


def mlp_in_flax(twin, what="data"):
    return {name: in_flax(layer, what) for name, layer in twin.named_children()}


def in_a_tuple(layer, what="data"):
    return tuple(leaf for _, leaf in sorted(in_flax(layer, what).items()))


def in_a_list(layer, what="data"):
    return list(in_a_tuple(layer, what))


def in_depth(layer, what="data"):
    return {"layers": [(in_flax(layer, what),)]}


FORMS = {"a dict": in_flax, "a tuple": in_a_tuple, "a list": in_a_list, "a dict of a list of a tuple": in_depth}


@pytest.fixture
def same(learner, inside, reference):
    """A function that accumulates over batches of given sizes and compares with
    PyTorch.
    """

    def check(*sizes):
        twin = reference.TorchMLP(4, 6, 3)
        batches = [(torch.randn(n, 4), (i + 1) * torch.randn(n, 3)) for i, n in enumerate(sizes)]
        mine = learner.accumulate(named(inside.mlp_gradients, "grad_fn"), mlp_in_flax(twin), batches)
        reference.torch_accumulate(twin, batches)
        compare(mine, mlp_in_flax(twin, "grad"), "accumulate(grad_fn, params, batches)")

    return check


def test_even(same):
    """`accumulate` over batches of equal size returns the gradients of the
    large batch.
    """
    for count in each((3, 1), "with {} batches of 8"):
        same(*count * [8])


@pytest.mark.points(2)
def test_uneven(same):
    """`accumulate` returns the gradients of the large batch even if the batches
    differ in size.
    """
    for sizes in each(((8, 8, 2), (1, 8), (8, 1, 2, 2, 5, 3), (2, 8, 2)), "with batches of the sizes {0}"):
        same(*sizes)


def test_arguments_unchanged(learner, inside, reference):
    """`accumulate` leaves params and batches as they are: the next epoch uses
    them again.
    """
    given = {
        "params": mlp_in_flax(reference.TorchMLP(4, 6, 3)),
        "batches": [(torch.randn(n, 4), torch.randn(n, 3)) for n in (8, 8, 2)],
    }
    kept = {name: inside.kept(tree) for name, tree in given.items()}
    learner.accumulate(named(inside.mlp_gradients, "grad_fn"), kept["params"], kept["batches"])
    for name, tree in kept.items():
        unchanged(given[name], fetch(tree), name)


def test_one_at_a_time(learner, inside):
    """`accumulate` calls `grad_fn` with one batch at a time, and with `params`
    of any form.
    """
    layer = torch.nn.Linear(4, 3)
    batches = [(torch.randn(8, 4), torch.randn(8, 3)) for _ in range(2)]
    grad_fn = named(inside.WatchingLinear(), "grad_fn")
    for x, y in batches:
        (torch.nn.functional.mse_loss(layer(x), y) / 2).backward()
    for form in each(FORMS, "with params in {}"):
        mine = learner.accumulate(grad_fn, FORMS[form](layer), batches)
        compare(mine, FORMS[form](layer, "grad"), "accumulate(...) of one layer")
    most = fetch(grad_fn.most)
    words = f"grad_fn computed with {most} samples at once; each of the batches has 8."
    expect(most <= 8, "how many samples grad_fn is given", words, most)


def pulled(params):
    """SGD that pulls the params back to where they began."""
    start = [p.detach().clone() for p in params]

    def pull(*_):
        for p, s in zip(params, start, strict=True):
            p.grad += 0.5 * (p.detach() - s)

    optimizer = torch.optim.SGD(params, lr=0.1)
    optimizer.register_step_pre_hook(pull)
    return optimizer


WORDS_OF = {"pulled": "one with inf in its state"}


@pytest.mark.points(2)
def test_step_every(learner, inside, reference):
    """`step_every` trains like PyTorch's loop that steps after every k-th
    batch, whatever optimizer tx is, even if it begins with another model too.
    """
    teacher = torch.randn(4, 3)
    batches = [(x, x @ teacher) for x in torch.randn(36, 64, 4)]
    optimizers = {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
        "adamw": lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.1),
        "pulled": lambda p: pulled(list(p)),
    }
    cases = (
        ("sgd", 3, "a dict of a list of a tuple", ()),
        ("adamw", 5, "a dict", ()),
        ("sgd", 1, "a tuple", ()),
        ("pulled", 2, "a list", (in_flax(torch.nn.Linear(2, 3)),)),
    )
    for name, k, form, others in cases:
        twin = torch.nn.Linear(4, 3)
        tx = named(getattr(inside, name)(), "tx")
        too = ", begun with another model too," if others else ""
        training = reading(inside.losses, f"training with step_every(tx, {k}){too}")
        mine = training(learner.step_every(tx, k), FORMS[form](twin), batches, others)
        theirs = reference.torch_train_every(twin, optimizers[name](twin.parameters()), k, batches)
        curve(
            mine,
            theirs,
            f"losses with step_every(tx, {k}){too} where tx is {WORDS_OF.get(name, name)}, and the params are {form}",
        )
