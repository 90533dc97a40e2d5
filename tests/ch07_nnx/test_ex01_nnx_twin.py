"""Graded checks of 7.1 nnx_twin."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from flaxkata.checks import Spec, between, compare, curve, each, expect, fetch, flatten, named, preserving, reading, when

LEARNED = "an NNX module holds its weights; `[...] =` writes into a Param, and nnx.jit keeps what was written."

HINTS = (
    "The class reads like TorchMLP, and the loop like PyTorch's: make an optimizer for the model's parameters, then compute "
    "the loss and gradients of each batch, and update the model. The only difference: the step is a compiled function.",
    "`nnx.List` and `nnx.Linear(m, n, rngs=rngs)`; `layer.kernel[...] = array` with the weight transposed; `nnx.Optimizer`, "
    "`nnx.value_and_grad`, `optimizer.update` and `nnx.jit`.",
    "In train: optimizer = nnx.Optimizer(model, optax.sgd(lr, momentum), wrt=nnx.Param), and a step(model, optimizer, x, y) "
    "under @nnx.jit that runs loss, grads = nnx.value_and_grad(mse)(model, x, y), then optimizer.update(model, grads), and "
    "returns loss.",
)

WORDS = {
    "torch.nn.Module": "nnx.Module",
    "torch.nn.Linear": "nnx.Linear",
    "torch.nn.ModuleList": "nnx.List",
    "torch.nn.Parameter": "nnx.Param",
    "torch.optim.Optimizer": "nnx.Optimizer",
    "optimizer.step()": "optimizer.update(model, grads)",
}

OLDER = {
    "flax.experimental.nnx": "flax.nnx",
    "kernel.value": "kernel[...]",
    "nnx.Optimizer(model, tx)": "nnx.Optimizer(model, tx, wrt=nnx.Param)",
    "optimizer.update(grads)": "optimizer.update(model, grads)",
    "clu.metrics": "flax.nnx.MultiMetric",
}
SIZES = (4, 6, 5, 3)
ONE_LAYER = (4, 3)
LEVEL = (4, 3, 3)  # the hidden layer is as wide as the output
SQUARE = (4, 4, 4)
DEEP = (4,) * 13  # "layers.10" beside "layers.1", and nothing that a shape could tell apart
STEPS = 20
# At a rate of 0.1, PyTorch's float32 drifted from its float64 by 9e-6 on
# test_train's inputs, and two libraries drift apart by as much or more. At 0.05
# the drift was 3e-7 there, and at most 5e-7 on 200 other inputs.
SETTINGS = {"lr": 0.05, "momentum": 0.9}
TRAINING = "with batches of {}, a last one of {}, {} steps, lr {} and momentum {}"


def weights(twin):
    """The twin's weights under NNX's paths."""
    layers = {i: {"kernel": layer.weight.detach().T, "bias": layer.bias.detach()} for i, layer in enumerate(twin.layers)}
    return {"layers": layers}


def numpy_state_dict(twin):
    return {name: tensor.numpy().copy() for name, tensor in twin.state_dict().items()}


def batches(steps=STEPS, rows=16):
    """Something to learn: y is a linear function of x."""
    teacher = torch.randn(4, 3)
    return [(x, x @ teacher) for x in torch.randn(steps, rows, 4)]


def seeded(inside, seed):
    return named(inside.rngs(seed), f"nnx.Rngs({seed})")


def kernels(params):
    """The kernels of a model, as NumPy."""
    return [leaf.value for leaf in flatten(fetch(params)).values() if getattr(leaf, "shape", ()) == SQUARE[:2]]


def test_module(learner, reference, inside):
    """An `MLP` has its layers' weights as soon as it is made, and computes what
    TorchMLP does.
    """
    for sizes, rows in each(((ONE_LAYER, 1), (SIZES, 5), (LEVEL, 5)), "with sizes {} and a batch of {}"):
        twin = reference.TorchMLP(sizes)
        model = named(learner.MLP(sizes, seeded(inside, 0)), "MLP(sizes, rngs)")
        expected = {
            "layers": {
                i: {"kernel": Spec((m, n), "float32"), "bias": Spec((n,), "float32")}
                for i, (m, n) in enumerate(pairwise(sizes))
            }
        }
        if compare(inside.specs(model), expected, "the parameters of MLP(sizes, rngs)"):
            inside.fill(model, weights(twin))
            x = torch.randn(rows, 4)
            compare(reading(inside.call, "MLP(sizes, rngs)(x)")(model, x), twin(x), "MLP(sizes, rngs) with PyTorch's weights")


def test_seeds(learner, inside):
    """`MLP` draws its weights from the `rngs` that it is given: different seeds
    and different layers give different weights.
    """
    first, again, other = (kernels(inside.params(learner.MLP(SQUARE, seeded(inside, seed)))) for seed in (0, 0, 1))
    if not expect(len(first) == 2, "the kernels of an MLP", f"An MLP of sizes {SQUARE} has {len(first)} kernels; expected 2."):
        return
    same = np.array_equal(first, again)
    expect(same, "two MLPs of one seed", "MLP draws different weights each time it is made from nnx.Rngs(0).")
    same = np.array_equal(first, other)
    expect(not same, "two MLPs of two seeds", "MLP has the same weights, whether made from nnx.Rngs(0) or nnx.Rngs(1).")
    same = np.array_equal(*first)
    expect(not same, "two layers of an MLP", f"The two layers of an MLP of sizes {SQUARE} were drawn with the same weights.")


@pytest.mark.points(2)
def test_load(learner, reference, inside):
    """`load_torch` puts PyTorch's weights into the model's Params, even where
    all sizes are the same.
    """
    for sizes, order in ((SIZES, ""), (DEEP, ""), (SIZES, " and state_dict reversed")):
        with when(f"with {len(sizes) - 1} layers{order}"):
            twin = reference.TorchMLP(sizes)
            model = named(inside.net(sizes, weights(reference.TorchMLP(sizes))), "model")
            state_dict = numpy_state_dict(twin)
            state_dict = dict(reversed(state_dict.items())) if order else state_dict
            preserving(learner.load_torch, "", "state_dict")(model, state_dict)
            loaded = inside.params(model)
            boxes, total = fetch(inside.count(loaded)), 2 * len(sizes) - 2
            words = (
                f"after load_torch, {boxes} of the model's {total} arrays are in an nnx.Param; the others are never trained."
            )
            if expect(boxes == total, "the Params of a model after load_torch", words, boxes):
                compare(loaded, weights(twin), "model after load_torch")


@pytest.mark.points(2)
def test_train(learner, reference, inside):
    """`train` takes the steps that PyTorch's loop takes, and trains the model
    that it is given; so does each later `train` of this model.
    """
    twin = reference.TorchMLP(SIZES)
    model = named(inside.net(SIZES, weights(twin)), "model")
    lr, momentum = between(0.01, 0.03), between(0.3, 0.6)
    # From one to the next, lr alone, momentum alone or neither changes. 5 does not divide 16.
    cases = (
        (16, 16, STEPS, *SETTINGS.values()),
        (1, 1, 8, lr, SETTINGS["momentum"]),
        (16, 5, 6, lr, momentum),
        (16, 16, 3, lr, momentum),
    )
    for rows, last, steps, lr, momentum in each(cases, TRAINING):
        some = batches(steps, rows)
        some[-1] = tuple(tensor[:last] for tensor in some[-1])
        losses = preserving(learner.train, "", "batches")(model, some, lr, momentum)
        curve(losses, reference.torch_train(twin, some, lr, momentum), "losses of train(...)")
        compare(inside.params(model), weights(twin), "the parameters of model after training")


def test_compiled(learner, reference, inside):
    """`train` compiles its step once: Python runs the model a few times, not
    once per batch.
    """
    model = named(inside.net(SIZES, weights(reference.TorchMLP(SIZES))), "model")
    learner.train(model, batches(12), **SETTINGS)
    count = fetch(inside.times_run())
    words = f"In 12 steps, `train` ran the Python code of the model {count} times; a step compiled once runs it once."
    expect(0 < count <= 5, "how often train runs the model", words, count)


def test_together(learner, reference, inside):
    """All three together: an `MLP`, loaded by `load_torch` and trained by
    `train`, ends with PyTorch's weights.
    """
    sizes = (4, 7, 3)
    twin, some = reference.TorchMLP(sizes), batches()
    model = named(learner.MLP(sizes, seeded(inside, 0)), "model")
    learner.load_torch(model, numpy_state_dict(twin))
    losses = learner.train(model, some, **SETTINGS)
    curve(losses, reference.torch_train(twin, some, **SETTINGS), "losses of MLP, load_torch and train(...)")
    compare(inside.params(model), weights(twin), "the parameters of a loaded MLP after training")
