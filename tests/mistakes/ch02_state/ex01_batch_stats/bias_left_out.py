"""FlaxNet computes what a network computes whose fc1 has no bias: the running
mean lacks it, and with it the output in eval mode. In train mode nobody sees
that, because BatchNorm takes the batch's mean away. Usually that is
use_bias=False before a BatchNorm, as in many convolutional networks. TorchNet's
fc1 has a bias; leave `use_bias` out.
"""

import flax.linen as nn


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x, train):
        x = nn.Dense(self.hidden, use_bias=False, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)
        return nn.Dense(self.output_dim, name="fc2")(nn.tanh(x))


def train_step(model, variables, x):
    output, updates = model.apply(variables, x, train=True, mutable=["batch_stats"])
    return output, {**variables, **updates}


def eval_step(model, variables, x):
    return model.apply(variables, x, train=False)
