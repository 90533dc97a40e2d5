import flax.linen as nn


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = weight.transpose(2, 3, 1, 0)
    pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in kernel.shape[:2]]
    layer = nn.ConvTranspose(weight.shape[1], weight.shape[2:], (stride, stride), pads)
    return layer.apply({"params": {"kernel": kernel, "bias": bias}}, x)
