"""Flax's layers as they are."""

import flax.linen as nn


def layer_norm(x, weight, bias):
    return nn.LayerNorm().apply({"params": {"scale": weight, "bias": bias}}, x)


def group_norm(x, weight, bias, groups):
    return nn.GroupNorm(groups).apply({"params": {"scale": weight, "bias": bias}}, x)


def rms_norm(x, weight):
    return nn.RMSNorm().apply({"params": {"scale": weight}}, x)
