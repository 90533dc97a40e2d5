"""`train_step` calls the model in train mode without saying that "batch_stats"
may change, so BatchNorm must not write its new statistics and Flax raises an
error. With mutable=["batch_stats"] it may, and `apply` returns a pair: the
output and the updates.
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
    output = model.apply(variables, x, train=True)
    return output, variables


def eval_step(model, variables, x):
    return model.apply(variables, x, train=False)
