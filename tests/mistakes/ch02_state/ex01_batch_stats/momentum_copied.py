"""The new statistics are nine tenths batch and one tenth old; PyTorch's are the
reverse. That is PyTorch's number, 0.1, in Flax's place: its `momentum` is the
weight of the old statistics. Write 1 - 0.1.
"""

import flax.linen as nn


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x, train):
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.1, name="bn")(x)
        return nn.Dense(self.output_dim, name="fc2")(nn.tanh(x))


def train_step(model, variables, x):
    output, updates = model.apply(variables, x, train=True, mutable=["batch_stats"])
    return output, {**variables, **updates}


def eval_step(model, variables, x):
    return model.apply(variables, x, train=False)
