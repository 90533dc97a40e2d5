import flax.linen as nn


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    kernel = weight.transpose(2, 3, 1, 0)
    pads = "VALID"
    layer = nn.ConvTranspose(weight.shape[1], weight.shape[2:], (stride, stride), pads, transpose_kernel=True)
    return layer.apply({"params": {"kernel": kernel, "bias": bias}}, x)
