"""Takes over the statistics of a layer called bn alone; others never move."""

import flax.linen as nn


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x, train):
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)
        return nn.Dense(self.output_dim, name="fc2")(nn.tanh(x))


def train_step(model, variables, x):
    output, updates = model.apply(variables, x, train=True, mutable=["batch_stats"])
    old = variables["batch_stats"]
    stats = {name: new if name == "bn" else old[name] for name, new in updates["batch_stats"].items()}
    return output, {"params": variables["params"], "batch_stats": stats}


def eval_step(model, variables, x):
    return model.apply(variables, x, train=False)
