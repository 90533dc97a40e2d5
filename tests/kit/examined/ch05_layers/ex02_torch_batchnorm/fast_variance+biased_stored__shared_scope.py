"""nn.BatchNorm as it is, in the module's own scope."""

import flax.linen as nn


class TorchBN(nn.Module):
    momentum: float = 0.1
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x, train):
        layer = nn.BatchNorm(not train, momentum=1 - self.momentum, epsilon=self.eps)
        nn.share_scope(self, layer)
        return layer(x)
