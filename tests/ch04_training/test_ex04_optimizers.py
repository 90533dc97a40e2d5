"""Graded checks of 4.4 optimizers."""

import numpy as np
import pytest
import torch

from flaxkata.checks import between, compare, curve, each, expect, fetch, named, reading, unchanged, when

LEARNED = "an optax optimizer is two functions, its state is yours to carry, and its defaults are not PyTorch's."

HINTS = (
    "`optimizer.step()` reads p.grad and changes p and the optimizer's momentum or moments. In optax all three are "
    "arguments and results: carry params and state through the loop. PyTorch's documentation says where weight_decay goes.",
    "`optax.chain(optax.add_decayed_weights(weight_decay), optax.sgd(lr, momentum, nesterov))`; the same with `optax.adam`, "
    "and with `optax.rmsprop` and two settings of its own; `optax.adamw` without a chain. In train: `tx.init`, "
    "`jax.value_and_grad`, `tx.update`, `optax.apply_updates`.",
    "optax.rmsprop(lr, decay=0.99, eps_in_sqrt=False); optax.adamw(lr, weight_decay=decay), where decay is weight_decay, or "
    "0.01 if weight_decay is None. In train, a jitted step(params, state, x, y) that returns (params, state, loss), and "
    "`state = tx.init(params)` before the loop.",
)

WORDS = {
    "torch.optim.SGD": "optax.sgd",
    "torch.optim.Adam": "optax.adam",
    "torch.optim.AdamW": "optax.adamw",
    "torch.optim.RMSprop": "optax.rmsprop",
    "weight_decay": "optax.add_decayed_weights",
    "optimizer.step()": "optax.apply_updates",
}

OLDER = {
    "flax.optim": "optax",
    "jax.experimental.optimizers": "optax",
    "flax.training.train_state.TrainState": "tx.init(params)",
}

STEPS = 30


def batches():
    """Something to learn: y is a linear function of x."""
    teacher = torch.randn(4, 3)
    return [(x, x @ teacher) for x in torch.randn(STEPS, 64, 4)]


def large(model):
    """The model with weights large enough for weight decay to show."""
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.randn(p.shape))
    return model


def in_flax(layer):
    return {"kernel": layer.weight.detach().T.clone(), "bias": layer.bias.detach().clone()}


def in_a_tuple(layer):
    return tuple(leaf for _, leaf in sorted(in_flax(layer).items()))


FORMS = {"a dict": in_flax, "a tuple": in_a_tuple}


def call(name, settings):
    return f"make({', '.join([repr(name), *(f'{k}={v}' for k, v in settings.items())])})"


@pytest.fixture
def same(learner, inside, reference):
    """A function that compares the losses of training with `make(name, ...)`
    and with torch.optim.
    """

    def check(name, **settings):
        twin, some = large(torch.nn.Linear(4, 3)), batches()
        words = call(name, settings)
        mine = reading(inside.losses, f"training with {words}")(learner.make(name, **settings), in_flax(twin), some)
        theirs = reference.torch_train(twin, reference.torch_make(name, twin, **settings), some)
        curve(mine, theirs, f"losses of a linear layer trained with {words}")

    return check


@pytest.fixture
def same_where_eps_counts(learner, inside, reference):
    """A function that compares three steps with gradients of about 1e-4 to
    1e-9, one size per row: a loss would not show eps.
    """

    def check(name, **settings):
        twin, words = large(torch.nn.Linear(4, 6, bias=False)), call(name, settings)
        grads = [torch.randn(6, 4) * 10.0 ** -torch.arange(4, 10)[:, None] for _ in range(3)]
        weight = twin.weight.detach().clone()
        mine = reading(inside.steps, f"training with {words}")(learner.make(name, **settings), weight, grads)
        optimizer = reference.torch_make(name, twin, **settings)
        for g in grads:
            twin.weight.grad = g
            optimizer.step()
        compare(mine, twin.weight, f"the weight after 3 steps of {words}, with gradients where eps counts (1e-4 to 1e-9),")

    return check


def test_sgd(same):
    """`make("SGD")` trains like torch.optim.SGD, with momentum, nesterov and
    weight_decay.
    """
    same("SGD", lr=0.05, momentum=0.9, weight_decay=0.1)
    same("SGD", lr=between(0.04, 0.06), momentum=between(0.5, 0.7), nesterov=True, weight_decay=0.2)
    same("SGD", lr=0.1)


def test_adam(same, same_where_eps_counts):
    """`make("Adam")` trains like torch.optim.Adam, whose weight_decay is part
    of the gradient.
    """
    same("Adam", lr=0.05)
    same("Adam", lr=0.03, weight_decay=between(0.1, 0.3))
    same_where_eps_counts("Adam", lr=0.05)


def test_adamw(same, same_where_eps_counts):
    """`make("AdamW")` trains like torch.optim.AdamW, with its default
    weight_decay and with other values.
    """
    same("AdamW", lr=0.1)
    same("AdamW", lr=0.05, weight_decay=between(0.4, 0.6))
    same("AdamW", lr=0.1, weight_decay=0.0)
    same_where_eps_counts("AdamW", lr=0.05)


def test_rmsprop(same, same_where_eps_counts):
    """`make("RMSprop")` trains like torch.optim.RMSprop, whose weight_decay is
    part of the gradient.
    """
    same("RMSprop", lr=0.01)
    same("RMSprop", lr=0.02, weight_decay=between(0.4, 0.6))
    same_where_eps_counts("RMSprop", lr=0.01)


def weights(twin):
    return {name: in_flax(layer) for name, layer in twin.named_children()}


@pytest.fixture
def tx(inside):
    """An optimizer whose updates need its state and the parameters; PyTorch's
    is in `test_train`.
    """
    return named(inside.adamw(), "tx")


@pytest.fixture
def twin(reference):
    return large(reference.TorchMLP(4, 8, 3))


def the_last_smaller(some):
    x, y = some[-1]
    return [*some[:-1], (x[:40], y[:40])]


@pytest.mark.points(2)
def test_train(learner, inside, reference, twin, tx):
    """`train` takes the same steps as PyTorch's loop, from the first to the
    last, even if the last batch is smaller or the only one, with params of any
    structure, and after a loss of inf.
    """
    some = the_last_smaller(batches())
    back = learner.train(inside.loss_fn, weights(twin), tx, some)
    theirs = reference.torch_train(twin, torch.optim.AdamW(twin.parameters(), lr=0.05, weight_decay=0.1), some)
    curve(back[1], theirs, "losses of the MLP trained by train(...)")
    # Adam divides small numbers by small numbers: 30 right steps drift apart by
    # up to 2e-5.
    compare(back[0], weights(twin), "params of train(...)", tolerance=1e-4)
    settings = ((0.9, 3, "a dict"), (between(0.3, 0.6), 3, "a dict"), (0.9, 1, "a tuple"))
    for momentum, count, form in each(settings, "with one layer, SGD with momentum {}, batches: {}, and params in {}"):
        layer, few = large(torch.nn.Linear(4, 3)), some[-count:]
        back = learner.train(inside.linear_loss, FORMS[form](layer), named(inside.sgd(momentum), "tx"), few)
        theirs = reference.torch_train(layer, torch.optim.SGD(layer.parameters(), lr=0.1, momentum=momentum), few)
        curve(back[1], theirs, "losses of train(...)")
        shape = np.shape(fetch(back[1]))
        words = f"The losses of train(...) have the shape {shape}; expected ({count},), one number per batch."
        expect(shape == (count,), "the shape of the losses of train(...)", words, shape)
        compare(back[0], FORMS[form](layer), "params of train(...)")
    with when("with three batches, and a loss of inf in the first"):
        far = [(x, y + 1e25 * (i == 0)) for i, (x, y) in enumerate(some[:3])]  # its square is inf, its gradient is not
        layer = large(torch.nn.Linear(4, 3))
        back = learner.train(inside.linear_loss, in_flax(layer), named(inside.sgd(0.9), "tx"), far)
        reference.torch_train(layer, torch.optim.SGD(layer.parameters(), lr=0.1, momentum=0.9), far)
        shape = np.shape(fetch(back[1]))
        words = f"The losses of train(...) have the shape {shape}; expected (3,), one number per batch."
        expect(shape == (3,), "the shape of the losses of train(...)", words, shape)
        compare(back[0], in_flax(layer), "params of train(...)")


def test_params_unchanged(learner, jax, inside, twin, tx):
    """The `params` given to `train` still exist afterwards, unchanged."""
    params = named(jax.tree.map(jax.numpy.asarray, weights(twin)), "params")
    learner.train(inside.loss_fn, params, tx, batches()[:2])
    unchanged(weights(twin), fetch(params), "params")


def test_compiled(learner, inside, tx):
    """`train` compiles its step: Python runs `loss_fn` a few times, not once
    per step.
    """
    loss_fn = inside.Counting()
    learner.train(loss_fn, in_flax(torch.nn.Linear(4, 3)), tx, batches())
    count = fetch(loss_fn.count)
    words = f"In {STEPS} steps, `train` ran the Python code of loss_fn {count} times; a step under one jax.jit runs it once."
    expect(count <= 5, "how often train runs loss_fn", words, count)
