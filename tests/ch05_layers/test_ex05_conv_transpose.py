"""Graded checks of 5.5 conv_transpose, with (kernel, stride, padding,
output_padding) as real models have them.
"""

import torch

from flaxkata.checks import compare, named

LEARNED = "a transposed convolution rotates its kernel, its padding removes pixels, and SAME is something else."

HINTS = (
    "Each input pixel adds a scaled copy of the kernel to the output, `stride` apart, and `padding` cuts off the border. "
    "Seen as a convolution, the kernel is rotated, and kernel size - 1 - padding zeros surround the spread image.",
    "`jax.lax.conv_transpose(x, kernel, strides, padding, dimension_numbers=, transpose_kernel=True)`, where padding is a "
    "list of pairs, one for the height and one for the width. `jnp.transpose(weight, axes)` reorders the axes.",
    "kernel = jnp.transpose(weight, (2, 3, 1, 0)); pads = [(k - 1 - padding, k - 1 - padding + output_padding) for k in "
    'kernel.shape[:2]]; dimension_numbers=("NHWC", "HWIO", "NHWC"); then add the bias.',
)

WORDS = {"torch.nn.ConvTranspose2d": "jax.lax.conv_transpose"}


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def same_as_torch(learner, reference, sizes, kernel, *how, batch=2, image=(5, 6)):
    """Compare on an image of this size, for channels (in, out), a kernel
    (height, width), and stride, padding and output_padding as far as given.
    """
    weight, bias = torch.randn(*sizes, *kernel), torch.randn(sizes[1])
    x = torch.randn(batch, sizes[0], *image)
    theirs = reference.torch_conv_transpose(x, weight, bias, *how, *(1, 0, 0)[len(how) :])
    label = ", ".join(f"{name}={value}" for name, value in zip(("stride", "padding", "output_padding"), how, strict=False))
    mine = learner.conv_transpose(channels_last(x), weight, bias, *how)
    sizes = f"{image[0]} x {image[1]} pixels, {sizes[0]} to {sizes[1]} channels, kernel {kernel[0]} x {kernel[1]}"
    compare(mine, channels_last(theirs), f"conv_transpose of {sizes}, {label or 'no stride or padding given'}")


def test_stride_one(learner, reference):
    """With stride 1, `conv_transpose` gives torch.nn.ConvTranspose2d's numbers,
    with and without padding.
    """
    same_as_torch(learner, reference, (3, 4), (3, 2))
    same_as_torch(learner, reference, (3, 4), (3, 3), 1, 1, 0)
    same_as_torch(learner, reference, (3, 4), (2, 2), 1, 1, 0)  # half of an even kernel: one row and one column less
    same_as_torch(learner, reference, (3, 4), (1, 1), 1, 1, 0)  # a 1 x 1 kernel, whose padding cuts off


def test_square(learner, reference):
    """`conv_transpose` is right where in and out are the same number and
    swapping them raises no error.
    """
    same_as_torch(learner, reference, (4, 4), (3, 3), 1, 0, 0)


def test_stride_two(learner, reference):
    """With stride 2, `conv_transpose` doubles the height and width of x, as in
    the decoders of image models. Other strides and padding are right too.
    """
    same_as_torch(learner, reference, (3, 4), (2, 2), 2, 0, 0)
    same_as_torch(learner, reference, (3, 4), (2, 2), 2, 1, 0)
    same_as_torch(learner, reference, (3, 4), (4, 4), 2, 1, 0)
    same_as_torch(learner, reference, (3, 5), (2, 3), 3, 2, batch=1)  # padding that cuts off
    same_as_torch(learner, reference, (3, 1), (1, 1), 3)


def test_output_padding(learner, reference):
    """`output_padding` adds rows at the bottom and columns at the right."""
    same_as_torch(learner, reference, (3, 4), (3, 3), 2, 1, 1)
    same_as_torch(learner, reference, (3, 4), (1, 1), 2, 0, 1)  # as in a shortcut; rotating a 1 x 1 kernel changes nothing
    same_as_torch(learner, reference, (3, 4), (4, 3), 3, 1, 2)
    same_as_torch(learner, reference, (3, 4), (2, 3), 4, 0, 3)
    same_as_torch(learner, reference, (3, 4), (2, 2), 2, 0, 1)  # copies of the kernel that touch
    same_as_torch(learner, reference, (3, 4), (4, 3), 2, 1, 1, image=(1, 1))


def test_gradient(learner, reference, inside):
    """Under jax.jit, the gradients of weight and bias are PyTorch's."""
    weight, bias, x = torch.randn(3, 4, 3, 2), torch.randn(4), torch.randn(2, 3, 5, 6)
    weight.requires_grad_()
    bias.requires_grad_()
    theirs = reference.torch_conv_transpose(x, weight, bias, 2, 1, 1)
    cotangent = torch.randn(theirs.shape)
    wanted = torch.autograd.grad((theirs * cotangent).sum(), [weight, bias])
    mine = named(inside.gradients, "jax.grad")(learner.conv_transpose, channels_last(x), weight, bias, channels_last(cotangent))
    compare(mine[0], wanted[0], "the gradient of conv_transpose in weight")
    compare(mine[1], wanted[1], "the gradient of conv_transpose in bias")
