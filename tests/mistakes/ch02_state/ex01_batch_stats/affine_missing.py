"""BatchNorm normalizes, and what follows is not all of its scale and bias,
which are among the params. `use_scale=False` and `use_bias=False` leave them
out, as affine=False does in PyTorch; `TorchNet` has both, and so does
`nn.BatchNorm` by default.
"""

import flax.linen as nn


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x, train):
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, use_scale=False, use_bias=False, name="bn")(x)
        return nn.Dense(self.output_dim, name="fc2")(nn.tanh(x))


def train_step(model, variables, x):
    output, updates = model.apply(variables, x, train=True, mutable=["batch_stats"])
    return output, {**variables, **updates}


def eval_step(model, variables, x):
    return model.apply(variables, x, train=False)
