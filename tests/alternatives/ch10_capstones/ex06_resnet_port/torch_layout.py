"""PyTorch's layout, weights and names throughout: the images are turned once,
and the port only sorts the entries.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


class ResNet(nn.Module):
    blocks: tuple
    classes: int

    @nn.compact
    def __call__(self, x):
        ones, zeros = nn.initializers.ones, nn.initializers.zeros

        def conv(name, x, channels, size, stride):
            weight = self.param(f"{name}.weight", nn.initializers.he_normal(), (channels, x.shape[1], size, size))
            pad = (size // 2, size // 2)
            return jax.lax.conv_general_dilated(x, weight, (stride, stride), (pad, pad))

        def norm(name, x):
            shape = (x.shape[1],)
            weight, bias = self.param(f"{name}.weight", ones, shape), self.param(f"{name}.bias", zeros, shape)
            mean = self.variable("batch_stats", f"{name}.running_mean", jnp.zeros, shape).value
            var = self.variable("batch_stats", f"{name}.running_var", jnp.ones, shape).value
            factor = weight / jnp.sqrt(var + 1e-5)
            return x * factor[:, None, None] + (bias - mean * factor)[:, None, None]

        x = jax.nn.relu(norm("bn1", conv("conv1", x.transpose(0, 3, 1, 2), 6, 7, 2)))
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 3, 3), (1, 1, 2, 2), ((0, 0), (0, 0), (1, 1), (1, 1)))
        for i, (channels, stride) in enumerate(self.blocks):
            here = f"layers.{i}"
            y = jax.nn.relu(norm(f"{here}.bn1", conv(f"{here}.conv1", x, channels, 3, stride)))
            y = norm(f"{here}.bn2", conv(f"{here}.conv2", y, channels, 3, 1))
            if stride != 1 or x.shape[1] != channels:
                x = norm(f"{here}.downsample.1", conv(f"{here}.downsample.0", x, channels, 1, stride))
            x = jax.nn.relu(x + y)
        x = x.mean((2, 3))
        weight = self.param("fc.weight", nn.initializers.lecun_normal(), (self.classes, x.shape[1]))
        return x @ weight.T + self.param("fc.bias", zeros, (self.classes,))


def port(state_dict):
    arrays = {name: jnp.asarray(a) for name, a in state_dict.items() if not name.endswith("tracked")}
    stats = {name: a for name, a in arrays.items() if "running" in name}
    return {"params": {name: a for name, a in arrays.items() if name not in stats}, "batch_stats": stats}
