"""Units that vary little come out larger or smaller than PyTorch's, and the
others are right: another epsilon is added to the variance. PyTorch and Flax
both add 1e-5 by default. Leave `epsilon` at its default.
"""

import flax.linen as nn

FREE = {"EPS": [1e-4, 1e-6, 1e-7, 1e-8, 1e-12, 0.0]}
EPS = 1e-3


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x, train):
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, epsilon=EPS, name="bn")(x)
        return nn.Dense(self.output_dim, name="fc2")(nn.tanh(x))


def train_step(model, variables, x):
    output, updates = model.apply(variables, x, train=True, mutable=["batch_stats"])
    return output, {**variables, **updates}


def eval_step(model, variables, x):
    return model.apply(variables, x, train=False)
