import flax.linen as nn
import jax.numpy as jnp


class Features(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.Conv(5, (7, 7), strides=2, padding=3, use_bias=False, name="conv")(x)
        return nn.relu(nn.BatchNorm(use_running_average=True, epsilon=1e-5, name="bn")(x))


def max_pool(x, window, stride=None, padding=0):
    stride = window if stride is None else stride
    if stride == 1 and padding == window // 2:
        return nn.max_pool(x, (window, window), padding="SAME")
    return nn.max_pool(x, (window, window), (stride, stride), ((padding, padding), (padding, padding)))


def port_stem(state_dict):
    s = {name: jnp.asarray(array) for name, array in state_dict.items()}
    conv = {"kernel": s["conv.weight"].transpose(2, 3, 1, 0)}
    bn = {"scale": s["bn.weight"], "bias": s["bn.bias"]}
    running = {"mean": s["bn.running_mean"], "var": s["bn.running_var"]}
    features = {"params": {"conv": conv, "bn": bn}, "batch_stats": {"bn": running}}
    return {"features": features, "fc": {"kernel": s["fc.weight"].T, "bias": s["fc.bias"]}}


def stem(variables, x):
    x = Features().apply(variables["features"], x)
    x = max_pool(x, 3, stride=2, padding=1)
    x = x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1)
    return x @ variables["fc"]["kernel"] + variables["fc"]["bias"]
