"""Graded checks of 5.9 pooling, with sizes that differ along the two axes."""

import torch

from flaxkata.checks import compare, each, reading

LEARNED = "a maximum is padded with -inf, ceil_mode adds padding at the end that no mean counts, and sums are float32."

HINTS = (
    "Work out each axis by itself: how many windows there are, at which pixel the first and the last begin, and how far the "
    "last reaches over the image. The same numbers give the padding, and what a mean is divided by.",
    "`nn.max_pool` and `nn.avg_pool` take a different padding before and after each axis. A sum is nn.avg_pool times "
    "the window's size. For a window from b to b + k: min(b + k, n + p) - max(b, -p) pixels count, with p = 0 if the padding "
    "does not. Python slices, `x[:, start:stop].mean(1)`, are enough for adaptive pooling.",
    "begins = np.arange(count) * s - p, only those < n; padding (p, max(begins[-1] + k - n, 0)). avg_pool: "
    "nn.avg_pool(x.astype(jnp.float32), ...) * kh * kw / (counts_h[:, None, None] * counts_w[:, None]), back to x.dtype. "
    "adaptive_avg_pool: mean over start = i * n // m to stop = -(-(i + 1) * n // m), first along axis 1, then along axis 2.",
)

WORDS = {
    "F.max_pool2d": "nn.max_pool",
    "F.avg_pool2d": "nn.avg_pool",
    "kernel_size=(3, 2)": "window_shape=(3, 2)",
    "padding=(1, 0)": "padding=((1, 1), (0, 0))",
}


def channels_last(x):
    return x.movedim(1, 3).contiguous()


def words(kernel_size, stride, padding, ceil_mode, *include):
    """Arguments as a learner would write them."""
    given = [str(kernel_size)]
    given += [f"stride={stride}"] if stride else []
    given += [f"padding={padding}"] if any(padding) else []
    given += ["ceil_mode=True"] if ceil_mode else []
    return ", ".join([*given, *(f"count_include_pad={i}" for i in include)])


def image(size, batch=2, channels=3):
    return torch.randn(batch, channels, *size)


# The image's size, and kernel size, stride and padding.
PLAIN = (
    ((9, 8), ((2, 2), None, (0, 0))),
    ((7, 10), ((3, 2), None, (0, 0))),
    ((7, 10), ((3, 2), (1, 2), (0, 0))),
    ((9, 8), ((1, 3), (2, 1), (0, 0))),
    ((9, 8), ((3, 2), (1, 1), (0, 0))),
    ((7, 10), ((1, 1), (2, 3), (0, 0))),
)
PADDED = (
    ((9, 8), ((3, 3), (2, 2), (1, 1))),
    ((7, 10), ((2, 4), (1, 3), (1, 2))),
    ((9, 8), ((5, 3), (2, 1), (2, 0))),
    ((7, 10), ((4, 3), None, (0, 1))),
)
# With ceil_mode, a last window that would be one more: along the height and the width.
CEILED = (
    ((7, 9), ((3, 4), None, (0, 0))),  # kept, 2 and 3 pixels beyond the image
    ((9, 8), ((3, 2), (2, 3), (1, 1))),  # none, dropped
    ((7, 10), ((3, 3), (2, 2), (1, 1))),  # none, kept beyond the padding
    ((7, 10), ((2, 3), (3, 4), (1, 1))),  # dropped, dropped
    ((6, 6), ((4, 5), (3, 2), (2, 2))),  # none, kept beyond the padding
    ((6, 6), ((2, 2), (5, 4), (1, 0))),  # dropped, none
    ((6, 6), ((2, 1), (6, 4), (0, 0))),  # dropped, dropped, without padding
    ((9, 8), ((4, 3), (1, 2), (1, 0))),  # none, though it would begin in the image; kept
)


def max_is(learner, reference, x, kernel_size, stride, padding, ceil_mode, label=""):
    """Compare `max_pool` with its twin; arguments that have their defaults are
    left out.
    """
    options = {"stride": stride} if stride else {}
    options |= {"padding": padding} if any(padding) else {}
    options |= {"ceil_mode": True} if ceil_mode else {}
    theirs = channels_last(reference.torch_max_pool(x, kernel_size, stride, padding, ceil_mode))
    mine = learner.max_pool(channels_last(x), kernel_size, **options)
    compare(mine, theirs, label or f"max_pool of {x.shape[2]} x {x.shape[3]}, {words(kernel_size, stride, padding, ceil_mode)}")


def avg_is(learner, reference, x, kernel_size, stride, padding, ceil_mode, *include, label=""):
    """The same for `avg_pool`."""
    options = {"stride": stride} if stride else {}
    options |= {"padding": padding} if any(padding) else {}
    options |= {"ceil_mode": True} if ceil_mode else {}
    options |= {"count_include_pad": include[0]} if include else {}
    theirs = channels_last(reference.torch_avg_pool(x, kernel_size, stride, padding, ceil_mode, *(include or (True,))))
    mine = learner.avg_pool(channels_last(x), kernel_size, **options)
    compare(
        mine,
        theirs,
        label or f"avg_pool of {x.shape[2]} x {x.shape[3]}, {words(kernel_size, stride, padding, ceil_mode, *include)}",
    )


IMAGE = "for an image {} x {}"


def test_max(learner, reference):
    """`max_pool` gives F.max_pool2d's numbers for any kernel size and stride,
    and without a stride.
    """
    for i, (size, setting) in enumerate(PLAIN):
        max_is(learner, reference, image(size, batch=1 if i else 2, channels=1 if i == 4 else 3), *setting, False)


def test_max_padded(learner, reference):
    """`max_pool` never returns a number of its padding, even where all pixels
    are negative.
    """
    for size, setting in PADDED:
        max_is(learner, reference, -1 - image(size).abs(), *setting, False)


def test_max_ceil(learner, reference):
    """With `ceil_mode`, `max_pool` has F.max_pool2d's windows, even where a
    last one would begin in the padding.
    """
    for size, setting in CEILED:
        max_is(learner, reference, image(size) - 3, *setting, True)


def test_max_dtypes(learner, reference):
    """`max_pool` keeps dtypes, large integers, NaN and -inf."""
    for name in each(("int32", "int16", "int8", "uint8", "bfloat16", "float16"), "for x of {}"):
        dtype = getattr(torch, name)
        if name == "int32":  # float32 does not hold them; the second image is near the smallest
            x = torch.tensor([-(2**24), 500 - 2**31]).reshape(2, 1, 1, 1) - torch.arange(3 * 9 * 8).reshape(3, 9, 8)
        elif dtype.is_floating_point:
            x = image((9, 8)) * (100 if name == "float16" else 1e6)  # float16 ends at 65504
            x[0, 1, 3, 2] = torch.nan
        else:
            x = torch.randint(*((0, 256) if name == "uint8" else (-128, 0)), (2, 3, 9, 8))
        if not dtype.is_floating_point:
            x[1, :, :4, :3] = torch.iinfo(dtype).min  # whole windows of it
        setting = (3, 2), (2, 2), (1, 1)
        max_is(learner, reference, x.to(dtype), *setting, True)
    x = image((9, 8))
    x[0, 1, 3, 2], x[1, :, :4, :3], x[1, 2, 8, 7] = torch.nan, -torch.inf, torch.inf
    max_is(learner, reference, x, (3, 2), (2, 1), (1, 1), False, "max_pool of an image with NaN, inf and -inf")


def test_avg(learner, reference):
    """`avg_pool` gives F.avg_pool2d's numbers for any kernel size and stride,
    and without a stride.
    """
    for i, (size, setting) in enumerate(PLAIN):
        avg_is(learner, reference, image(size, batch=1 if i else 2, channels=1 if i == 4 else 3), *setting, False)


def test_avg_padded(learner, reference):
    """`avg_pool` counts the padding or not, as `count_include_pad` says; by
    default it does.
    """
    for i, (size, setting) in enumerate(PADDED):
        for include in ((True,) if i == 1 else (), (False,)):
            avg_is(learner, reference, 2 + image(size), *setting, False, *include)


def test_avg_ceil(learner, reference):
    """With `ceil_mode`, `avg_pool` has F.avg_pool2d's windows, and does not
    count what ceil_mode adds beyond the padding.
    """
    for size, setting in CEILED:
        for include in ((), (False,)):
            avg_is(learner, reference, 2 + image(size), *setting, True, *include)


def once_rounded(learner, reference, name):
    """Exactly PyTorch's means: a fifteenth of a whole number is far from where
    a dtype rounds up or down, in whatever order they were added up.
    """
    x = torch.randint(64, 127, (2, 3, 9, 10)).to(getattr(torch, name))
    theirs = channels_last(reference.torch_avg_pool(x, (3, 5), None, (0, 0), False, True))
    compare(learner.avg_pool(channels_last(x), (3, 5)), theirs, "avg_pool of 9 x 10 whole numbers, (3, 5)", tolerance=0)


def large(name):
    """An image whose sums its own dtype does not hold: float16 ends at 65504,
    and 4096 + 1 is 4096 in bfloat16. There, large numbers cancel in each half
    of the image, so what was rounded before that shows.
    """
    if name == "float16":
        return (torch.rand(2, 2, 5, 6) * 1000 + 4000).half()
    x = torch.rand(2, 2, 5, 6) / 2 + 0.4
    x[:, :, 0, ::3], x[:, :, -1, 2::3] = 4096, -4096
    return x.bfloat16()


def test_avg_dtypes(learner, reference):
    """`avg_pool` keeps bfloat16 and float16, adds up in float32, rounds once,
    and leaves NaN and inf in their windows.
    """
    for name in each(("bfloat16", "float16"), "for x of {}"):
        avg_is(learner, reference, large(name), (5, 6), None, (0, 0), False)
        once_rounded(learner, reference, name)
        avg_is(learner, reference, large(name), (4, 5), (2, 2), (1, 1), True, False)
    wide = (image((19, 20)) + 2).bfloat16()  # a window has more pixels than bfloat16 counts
    avg_is(learner, reference, wide, (19, 18), None, (1, 2), False, False, label="avg_pool of bfloat16 with windows of 19 x 18")
    x = image((9, 8))
    x[0, 1, 3, 2], x[1, 0, 0, 0], x[1, 2, 8, 7] = torch.nan, -torch.inf, torch.inf
    avg_is(learner, reference, x, (3, 2), (2, 1), (1, 1), False, label="avg_pool of an image with NaN, inf and -inf")


def test_adaptive(learner, reference):
    """`adaptive_avg_pool` gives F.adaptive_avg_pool2d's numbers for any size:
    one pixel, the image's own, and a larger one.
    """
    sizes = {(9, 8): ((1, 1), (4, 3), (5, 7), (11, 13)), (7, 10): ((3, 4), (2, 1), (7, 10)), (1, 58): ((3, 14),)}
    for size in each(sizes, IMAGE):
        for new in sizes[size]:
            x = image(size, batch=1 if new == (4, 3) else 2, channels=1 if new == (2, 1) else 3)
            theirs = channels_last(reference.torch_adaptive_avg_pool(x, new))
            compare(learner.adaptive_avg_pool(channels_last(x), new), theirs, f"adaptive_avg_pool(x, {new})")


def test_adaptive_dtypes(learner, reference):
    """`adaptive_avg_pool` keeps bfloat16 and float16, adds up in float32, and
    leaves NaN and inf in their windows.
    """
    for name in each(("bfloat16", "float16"), "for x of {}"):
        for new in ((1, 1), (1, 2)):
            x = large(name)
            theirs = channels_last(reference.torch_adaptive_avg_pool(x, new))
            compare(learner.adaptive_avg_pool(channels_last(x), new), theirs, f"adaptive_avg_pool(x, {new})")
    x = image((9, 8))
    x[0, 1, 3, 2], x[1, 0, 0, 0], x[1, 2, 8, 7] = torch.nan, -torch.inf, torch.inf
    theirs = channels_last(reference.torch_adaptive_avg_pool(x, (4, 3)))
    compare(learner.adaptive_avg_pool(channels_last(x), (4, 3)), theirs, "adaptive_avg_pool of an image with NaN, inf and -inf")


SETTING = ((3, 2), (2, 3), (1, 1), True)
POOLS = {"max_pool": SETTING, "avg_pool": (*SETTING, False), "adaptive_avg_pool": ((4, 3),)}


def gradient(pool, x, weights, setting):
    """PyTorch's gradient of a weighted sum of what a pool computes."""
    x = x.clone().requires_grad_()
    (pool(x, *setting) * weights).sum().backward()
    return x.grad


def test_max_jit(learner, inside, reference):
    """`max_pool` works under jax.jit, and its gradient is PyTorch's."""
    jitted(learner, inside, reference, "max_pool")


def test_avg_jit(learner, inside, reference):
    """`avg_pool` works under jax.jit, and its gradient is PyTorch's."""
    jitted(learner, inside, reference, "avg_pool")


def test_adaptive_jit(learner, inside, reference):
    """`adaptive_avg_pool` works under jax.jit, and its gradient is
    PyTorch's.
    """
    jitted(learner, inside, reference, "adaptive_avg_pool")


def jitted(learner, inside, reference, name):
    x, pool = image((9, 8)), getattr(reference, f"torch_{name}")
    theirs = pool(x, *POOLS[name])
    weights = torch.randn(theirs.shape)
    values = reading(inside.jitted, f"jax.jit({name})")(getattr(learner, name), channels_last(x), POOLS[name])
    compare(values, channels_last(theirs), f"{name} under jax.jit")
    grads = reading(inside.gradient, f"the gradient of {name}")(
        getattr(learner, name), channels_last(x), channels_last(weights), POOLS[name]
    )
    compare(grads, channels_last(gradient(pool, x, weights, POOLS[name])), f"the gradient of {name}")
