"""FlaxNet does not find its numbers: what is called "fc1", "bn" and "fc2" in
the params has another name in it. A layer without a name is called Dense_0,
BatchNorm_0 and so on. Give each layer its name: `nn.Dense(self.hidden,
name="fc1")`, or an attribute of that name in `setup`.
"""

import flax.linen as nn


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x, train):
        x = nn.Dense(self.hidden)(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9)(x)
        return nn.Dense(self.output_dim)(nn.tanh(x))


def train_step(model, variables, x):
    output, updates = model.apply(variables, x, train=True, mutable=["batch_stats"])
    return output, {**variables, **updates}


def eval_step(model, variables, x):
    return model.apply(variables, x, train=False)
