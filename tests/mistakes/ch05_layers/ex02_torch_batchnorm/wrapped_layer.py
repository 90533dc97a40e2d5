"""The variables lie one level deeper than they should, under a submodule's
name, such as "BatchNorm_0". Usually TorchBN calls `nn.BatchNorm`, which also
stores the biased variance. Make the parameters and statistics in TorchBN
itself, with `self.param` and `self.variable`.
"""

import flax.linen as nn


class TorchBN(nn.Module):
    momentum: float = 0.1
    eps: float = 1e-5

    @nn.compact
    def __call__(self, x, train):
        return nn.BatchNorm(use_running_average=not train, momentum=1 - self.momentum, epsilon=self.eps)(x)
