"""Graded checks of 5.3 conv, with sizes that all differ, and images for which
"SAME" pads unevenly.
"""

import torch

from flaxkata.checks import compare, each, named, when

LEARNED = "kernels are (height, width, in, out), and SAME is PyTorch's padding for some image sizes only."

HINTS = (
    "A weight is (out, in, height, width), a kernel (height, width, in, out). PyTorch's padding=1 puts one zero at both "
    "ends of each axis; by default it pads nothing.",
    "`array.transpose(2, 3, 1, 0)` puts axis 2 first, then 3, 1 and 0. `nn.Conv(features, kernel_size, strides=, padding=, "
    "kernel_dilation=, feature_group_count=)` takes ints for everything except kernel_size.",
    "port_conv: jnp.asarray(weight.transpose(2, 3, 1, 0)). conv_layer: nn.Conv(out_channels, (kernel_size, kernel_size), "
    "strides=stride, padding=padding, kernel_dilation=dilation, feature_group_count=groups).",
)

WORDS = {
    "torch.nn.Conv2d": "flax.linen.Conv",
    "kernel_size=3": "kernel_size=(3, 3)",
    "stride": "strides",
    "dilation": "kernel_dilation",
    "groups": "feature_group_count",
}


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def right_kernel(weight):
    return weight.detach().permute(2, 3, 1, 0).contiguous()


def layers_are(learner, reference, inside, in_channels, size, *options, batch=2):
    """Compare one layer for each of these arguments of `torch_conv` with its
    twin, on images of this size; whether all hold. All are made before the
    first is compared.
    """
    twins = [reference.torch_conv(in_channels, *args, **kwargs) for args, kwargs in options]
    layers = [learner.conv_layer(*args, **kwargs) for args, kwargs in options]
    agree = []
    for twin, layer, (args, kwargs) in zip(twins, layers, options, strict=True):
        variables = {"params": {"kernel": right_kernel(twin.weight), "bias": twin.bias.detach()}}
        x = torch.randn(batch, in_channels, *size)
        given = [*map(str, args), *(f"{name}={value}" for name, value in kwargs.items())]
        label = f"conv_layer({', '.join(given)}) of an image {size[0]} x {size[1]}"
        mine = named(inside.run, "layer.apply")(layer, variables, channels_last(x))
        agree.append(compare(mine, channels_last(twin(x)), label))
    return all(agree)


def layer_is(learner, reference, inside, in_channels, size, *args, batch=2, **kwargs):
    """Compare a layer with its twin on an image of this size, labeled with the
    twin's arguments; whether it holds.
    """
    return layers_are(learner, reference, inside, in_channels, size, (args, kwargs), batch=batch)


def test_port(learner):
    """`port_conv` puts the axes in Flax's order, including those of a depthwise
    weight and a square one.
    """
    for shape in each(((6, 4, 3, 5), (6, 1, 3, 5), (3, 3, 3, 3), (2, 5, 1, 1), (1, 1, 4, 3)), "for a weight of shape {}"):
        weight = torch.randn(shape)
        compare(learner.port_conv(weight.numpy()), right_kernel(weight), "port_conv(weight)", reference="Flax")


def test_variables(learner, reference, inside):
    """The layer that `conv_layer` returns has a kernel and a bias of
    `torch_conv`'s sizes.
    """
    x = torch.randn(2, 9, 7, 4)
    for size, options in ((3, {}), (2, {"groups": 4})):
        twin = reference.torch_conv(4, 8, size, **options)
        zeros = {"kernel": torch.zeros_like(right_kernel(twin.weight)), "bias": torch.zeros_like(twin.bias)}
        given = "".join(f", {name}={value}" for name, value in options.items())
        mine = named(
            named(inside.asked_for, "layer.init")(learner.conv_layer(8, size, **options), x),
            f"conv_layer(8, {size}{given}).init(...)",
        )
        compare(mine, {"params": zeros}, reference="the twin")


def test_plain(learner, reference, inside):
    """Given `out_channels` and `kernel_size` alone, the layer does not pad."""
    layer_is(learner, reference, inside, 4, (9, 7), 8, 3)
    layer_is(learner, reference, inside, 3, (9, 7), 5, 2, batch=1)
    layer_is(learner, reference, inside, 3, (9, 7), 4, 1)
    layer_is(learner, reference, inside, 1, (9, 7), 1, 3)


def test_padding(learner, reference, inside):
    """`stride` and `padding`, alone and together, give PyTorch's numbers for
    even and odd heights and widths, for any number of zeros and for a 1 x 1
    kernel, under jax.jit.
    """
    layer_is(learner, reference, inside, 3, (12, 10), 4, 3, stride=2, padding=1)
    layer_is(learner, reference, inside, 3, (11, 9), 4, 3, stride=2, padding=1)
    layer_is(learner, reference, inside, 3, (12, 10), 4, 7, stride=2, padding=3)
    layer_is(learner, reference, inside, 3, (9, 7), 4, 3, padding=2)
    layer_is(learner, reference, inside, 3, (9, 7), 4, 4, padding=2)  # half of an even kernel
    layer_is(learner, reference, inside, 3, (12, 10), 4, 3, stride=4)
    layer_is(learner, reference, inside, 3, (11, 9), 4, 4, stride=4)  # patches, which leave a rest
    layer_is(learner, reference, inside, 3, (12, 10), 4, 4, stride=3, padding=1)
    layer_is(learner, reference, inside, 3, (12, 10), 4, 1, stride=2, padding=1)
    layer_is(learner, reference, inside, 3, (9, 7), 4, 2, stride=2, padding=1)  # patches, from beyond the border on


def test_dilation(learner, reference, inside):
    """`dilation` spreads the kernel, as in PyTorch, and leaves `padding` as it
    is.
    """
    layer_is(learner, reference, inside, 3, (9, 7), 4, 3, padding=2, dilation=2)
    layer_is(learner, reference, inside, 3, (12, 10), 4, 3, stride=2, padding=1, dilation=3)
    layer_is(learner, reference, inside, 3, (9, 7), 4, 2, dilation=3)
    layer_is(learner, reference, inside, 3, (9, 7), 4, 3, padding=1, dilation=2)  # half of the kernel before it is spread


def test_groups(learner, reference, inside):
    """`groups` splits the channels as in PyTorch, down to one channel per group
    (depthwise).
    """
    options = {"stride": 2, "padding": 2, "dilation": 2, "groups": 2}
    agree = [
        layer_is(learner, reference, inside, 4, (9, 7), 6, 3, **options),
        layer_is(learner, reference, inside, 4, (9, 7), 8, 3, padding=1, groups=4),
        layer_is(learner, reference, inside, 6, (9, 7), 6, 3, stride=2, groups=6),
        layer_is(learner, reference, inside, 4, (9, 7), 6, 1, groups=2),
    ]
    if all(agree):
        with when("where two layers were made first"):
            layers_are(learner, reference, inside, 4, (14, 11), ((6, 3), options), ((5, 2), {}))
