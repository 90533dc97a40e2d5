import flax.linen as nn
import jax.numpy as jnp


class Features(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.Conv(5, (7, 7), strides=2, padding=3, use_bias=False, name="conv")(x)
        return nn.relu(nn.BatchNorm(use_running_average=True, epsilon=1e-5, name="bn")(x))


def max_pool(x, window, stride=None, padding=0):
    stride = window if stride is None else stride
    pad = (padding, padding)
    return nn.max_pool(x, (window, window), strides=(stride, stride), padding=(pad, pad))


def port_stem(state_dict):
    conv_w, scale, shift, mean, var, *_, fc_w, fc_b = state_dict.values()
    state_dict = {
        "conv.weight": conv_w,
        "bn.weight": scale,
        "bn.bias": shift,
        "bn.running_mean": mean,
        "bn.running_var": var,
        "fc.weight": fc_w,
        "fc.bias": fc_b,
    }
    arrays = {key: jnp.asarray(value, jnp.float32) for key, value in state_dict.items()}
    conv = {"kernel": arrays["conv.weight"].transpose(2, 3, 1, 0)}
    bn = {"scale": arrays["bn.weight"], "bias": arrays["bn.bias"]}
    stats = {"mean": arrays["bn.running_mean"], "var": arrays["bn.running_var"]}
    fc = {"kernel": arrays["fc.weight"].T, "bias": arrays["fc.bias"]}
    return {"features": {"params": {"conv": conv, "bn": bn}, "batch_stats": {"bn": stats}}, "fc": fc}


def stem(variables, x):
    x = Features().apply(variables["features"], x)
    x = max_pool(x, 3, 2, 1)
    x = x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1)
    return x @ variables["fc"]["kernel"] + variables["fc"]["bias"]
