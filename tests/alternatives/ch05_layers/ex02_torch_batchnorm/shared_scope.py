"""nn.BatchNorm in TorchBN's own scope, and its stored variance corrected
afterwards.
"""

import flax.linen as nn


class TorchBN(nn.Module):
    momentum: float = 0.1
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x, train):
        layer = nn.BatchNorm(not train, momentum=1 - self.momentum, epsilon=self.eps, use_fast_variance=False)
        nn.share_scope(self, layer)
        if not train or self.is_initializing():
            return layer(x)
        kept = (1 - self.momentum) * self.get_variable("batch_stats", "var")
        y = layer(x)
        n = x.size // x.shape[-1]
        new = self.get_variable("batch_stats", "var") - kept
        self.put_variable("batch_stats", "var", kept + new * n / (n - 1))
        return y
