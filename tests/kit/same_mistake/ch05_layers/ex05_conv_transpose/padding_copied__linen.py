import flax.linen as nn


def conv_transpose(x, weight, bias, stride=1, padding=0, output_padding=0):
    around = ((padding, padding + output_padding), (padding, padding + output_padding))
    layer = nn.ConvTranspose(weight.shape[1], weight.shape[2:], strides=(stride, stride), padding=around, transpose_kernel=True)
    return layer.apply({"params": {"kernel": weight.transpose(2, 3, 1, 0), "bias": bias}}, x)
