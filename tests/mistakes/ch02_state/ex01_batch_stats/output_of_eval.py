"""`train_step` updates the statistics, and the output that it returns is that
of eval mode: normalized with running statistics and not with the batch. One
call of `apply` in train mode gives both, the output and the updates; return
that output.
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
    new = {**variables, **updates}
    return model.apply(new, x, train=False), new


def eval_step(model, variables, x):
    return model.apply(variables, x, train=False)
