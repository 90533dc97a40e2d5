import numpy as np


def layer_norm(x, weight, bias):
    mean, var = np.mean(x, -1, keepdims=True), np.var(x, -1, keepdims=True)
    return (x - mean) / np.sqrt(var + 1e-5) * weight + bias


def group_norm(x, weight, bias, groups):
    grouped = x.reshape(*x.shape[:3], groups, -1)
    mean, var = grouped.mean((1, 2, 4), keepdims=True), grouped.var((1, 2, 4), keepdims=True)
    return ((grouped - mean) / np.sqrt(var + 1e-5)).reshape(x.shape) * weight + bias


def rms_norm(x, weight):
    return x / np.sqrt(np.mean(x**2, -1, keepdims=True) + np.finfo(np.float32).eps) * weight
