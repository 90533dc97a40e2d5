import flax.linen as nn
import jax.numpy as jnp


class FlaxMLP(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(self.hidden, name="fc1")(x))
        return nn.Dense(self.output_dim, name="fc2")(x)


def port_mlp(state_dict):
    values = [jnp.asarray(v).T for v in state_dict.values()]
    pairs = zip(("fc1", "fc2"), values[::2], values[1::2])
    return {"params": {name: {"kernel": kernel, "bias": bias} for name, kernel, bias in pairs}}


def forward(model, variables, x):
    return model.apply(variables, x)
