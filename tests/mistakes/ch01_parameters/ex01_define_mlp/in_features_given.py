"""A layer received the number of features that go in, as `nn.Linear(10, 128)`
does. `nn.Dense` takes one number, the features that come out: its second
argument is `use_bias`, and it has no `in_features`. It sees from its input what
goes in: `nn.Dense(128)`.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(10, 128)(x))
        return nn.Dense(128, self.output_dim)(x)
