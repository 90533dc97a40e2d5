"""What a finding says that a wrong array looks like, beside the right one."""

import numpy as np
import pytest

from flaxkata.compare import resembles

MATRIX = np.random.default_rng(0).normal(size=(3, 4))
IMAGES = np.random.default_rng(1).normal(size=(2, 3, 4, 5))
TURNED = " It is turned by 180 degrees: axes {} are flipped."


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        (MATRIX.T, MATRIX, " It is the transpose."),
        (IMAGES.transpose(2, 3, 1, 0), IMAGES, " Its axes are permuted: it is the right answer's (2, 3, 1, 0)."),
        (IMAGES[:, :, ::-1, ::-1], IMAGES, TURNED.format("(2, 3)")),  # PyTorch's kernels and images
        (IMAGES[:, ::-1, ::-1], IMAGES, TURNED.format("(1, 2)")),  # Flax's images
        (IMAGES[::-1, ::-1], IMAGES, TURNED.format("(0, 1)")),  # Flax's kernels
        (IMAGES[:, :, ::-1], IMAGES, " The same values stand in another order."),
        (IMAGES[:, :, ::-1, ::-1] + 1, IMAGES, ""),
        (MATRIX[::-1, ::-1], MATRIX, " The same values stand in another order."),
        (IMAGES, IMAGES, ""),
    ],
)
def test_what_it_resembles(wrong, right, sentence):
    assert resembles(wrong, right) == sentence


def test_a_kernel_that_is_the_same_when_turned_is_not_called_turned():
    ones = IMAGES[..., :1, :1]
    assert resembles(2 * ones, ones) == " Every value is 2 times the right one."
