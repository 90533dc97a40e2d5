"""An empty batch raises an error; other batches are right. Usually that is a
reshape with -1, which cannot be worked out for an array without elements, or a
loop over the examples that has nothing to stack. `nn.Dense` works on the last
axis and keeps all others: leave the reshape or the loop out.
"""

import flax.linen as nn


class FlaxMLP(nn.Module):
    output_dim: int

    @nn.compact
    def __call__(self, x):
        rows = x.reshape((-1, x.shape[-1]))
        rows = nn.relu(nn.Dense(128)(rows))
        return nn.Dense(self.output_dim)(rows).reshape((*x.shape[:-1], -1))
