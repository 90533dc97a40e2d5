import flax.linen as nn
import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict


class FlaxNet(nn.Module):
    vocab: int
    channels: int
    hidden: int
    blocks: int

    @nn.compact
    def __call__(self, ids):
        embed = nn.Embed(self.vocab, self.channels, name="embed")
        x = nn.Conv(self.hidden, (3,), padding=1, name="conv")(embed(ids))
        x = nn.BatchNorm(use_running_average=True, name="bn")(x)
        for i in range(self.blocks):
            x = x + nn.tanh(nn.Dense(self.hidden, name=f"blocks_{i}")(x))
        x = nn.LayerNorm(epsilon=1e-05, name="final_norm")(x)
        return embed.attend(nn.Dense(self.channels, name="proj")(x))


def torch_name(path):
    _, layer, entry = path.split("/")
    names = {"embedding": "weight", "kernel": "weight", "scale": "weight", "mean": "running_mean", "var": "running_var"}
    return f"{layer.replace('blocks_', 'blocks.')}.{names.get(entry, entry)}"


def convert(state_dict, target):
    flat = {}
    for path in flatten_dict(target, sep="/"):
        array = state_dict[torch_name(path)]
        flat[path] = jnp.array(array.T if path.endswith("kernel") else array)
    return unflatten_dict(flat, sep="/")


def audit(state_dict, target):
    flat = flatten_dict(target, sep="/")
    names = {path: torch_name(path) for path in flat}
    missing = [path for path, name in names.items() if name not in state_dict]
    ignored = {"bn.num_batches_tracked"}
    embed, head = (state_dict["embed.weight"], state_dict["head.weight"])
    if head.shape == embed.shape and (head - embed).max(initial=0) <= 0:
        ignored.add("head.weight")
    unexpected = [name for name in state_dict if name not in names.values() and name not in ignored]
    mismatched = []
    for path, name in names.items():
        if name in state_dict:
            shape = state_dict[name].shape
            if (shape[::-1] if path.endswith("kernel") else shape) != flat[path].shape:
                mismatched.append(path)
    return (missing, unexpected, mismatched)
