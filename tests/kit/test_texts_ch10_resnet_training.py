"""The claims in the texts of 10.7, measured."""

import importlib.util

import flax.linen as nn
import fresh
import jax
import numpy as np
import optax

from flaxkata import catalog


class FlaxBN(nn.Module):
    """nn.BatchNorm in the place of TorchBN."""

    @nn.compact
    def __call__(self, x, train):
        layer = nn.BatchNorm(use_running_average=not train, momentum=0.9)
        nn.share_scope(self, layer)
        return layer(x)


def test_right_losses_and_a_wrong_evaluation():
    """With Flax's BatchNorm every loss is right, and only the evaluation is
    not; and the optimizer has params alone.
    """
    (exercise,) = catalog.select(fresh.ROOT, ["10.7"])
    spec = importlib.util.spec_from_file_location("solution_10_7", exercise.solution)
    ours = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(ours)
    images = jax.random.normal(jax.random.key(0), (5, 6, 8, 3))
    labels = jax.numpy.arange(5)
    model, tx = ours.ResNet((), 5), optax.sgd(0.02, momentum=0.9)
    variables = model.init(jax.random.key(1), images, False)

    def run():
        after, state, losses = variables, tx.init(variables["params"]), []
        step = jax.jit(lambda *some: ours.train_step(model, tx, *some))
        for _ in range(10):
            after, state, loss = step(after, state, images, labels)
            losses.append(float(loss))
        return np.array(losses), np.array(ours.eval_step(model, after, images))

    right = run()
    ours.TorchBN = FlaxBN
    flax = run()
    assert np.abs(right[0] - flax[0]).max() < 1e-5
    assert np.abs(right[1] - flax[1]).max() > 1e-3
