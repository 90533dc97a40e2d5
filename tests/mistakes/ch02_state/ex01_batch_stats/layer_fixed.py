"""For a model with two BatchNorms in blocks, `train_step` raises an error or
leaves statistics as they were. Usually one layer is taken from the updates: the
first, or the one called "bn". `updates` has the statistics of all layers,
whatever they are called: {**variables, **updates}.
"""

import flax.linen as nn


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x, train):
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)
        return nn.Dense(self.output_dim, name="fc2")(nn.tanh(x))


def train_step(model, variables, x):
    output, updates = model.apply(variables, x, train=True, mutable=["batch_stats"])
    return output, {**variables, "batch_stats": {"bn": updates["batch_stats"]["bn"]}}


def eval_step(model, variables, x):
    return model.apply(variables, x, train=False)
