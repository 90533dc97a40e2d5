"""FlaxMLP has no `init`: it is not a Linen module. Usually it is one of Flax's
newer API, NNX, whose models hold their weights as PyTorch's do (chapter 7 has
those). Here make it a `flax.linen.Module`.
"""

from flax import nnx


class FlaxMLP(nnx.Module):
    def __init__(self, output_dim):
        rngs = nnx.Rngs(0)
        self.fc1 = nnx.Linear(10, 128, rngs=rngs)
        self.fc2 = nnx.Linear(128, output_dim, rngs=rngs)

    def __call__(self, x):
        return self.fc2(nnx.relu(self.fc1(x)))
