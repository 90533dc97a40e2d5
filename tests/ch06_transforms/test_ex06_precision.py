"""Graded checks of 6.6 precision."""

import pytest
import torch

from flaxkata.checks import between, compare, each, expect, fetch, named, reading, unless_raised, when

PRECISION = "default"
LEARNED = "each product says in the program how precise it is; by default JAX leaves that to the device."

HINTS = (
    "torch.set_float32_matmul_precision is a setting of the process. JAX's is too, but it also exists for a block, as a "
    "decorator, and for each product: where does each of the three functions need it?",
    '`jax.default_matmul_precision("highest")` as a context manager or decorator; `precision="highest"` of jnp.matmul and '
    "jnp.einsum; `preferred_element_type=jnp.float32`.",
    "at_precision: jax.default_matmul_precision(precision)(f). attention: precision= for the product with k alone. "
    "matmul_f32: jnp.matmul(x, w, preferred_element_type=jnp.float32).",
)

WORDS = {
    "torch.set_float32_matmul_precision": "jax.default_matmul_precision",
}

ASKS = {"default": ("DEFAULT", "unasked"), "high": ("HIGH",), "highest": ("HIGHEST",)}
SAID = {"unasked": "no precision (the device's default)", "DEFAULT": "default", "HIGH": "high", "HIGHEST": "highest"}


def said(level):
    return SAID.get(level, level)


def compare_levels(found, precision, label):
    """Whether all products have a precision."""
    levels = [level for level, *_ in found]
    wrong = [level for level in levels if level not in ASKS[precision]]
    words = f"{len(wrong)} of the {len(levels)} products of {label} ask for {said(wrong[0]) if wrong else ''}; "
    words += f"expected {precision}."
    expect(not wrong and levels, f"the products of {label}", words, [len(wrong), len(levels)], wrong[0] if wrong else "")


def net_arguments():
    params = {
        "conv": torch.randn(2, 3, 3, 4) / 3,
        "layers": torch.randn(2, 4, 4) / 2,
        "head": torch.randn(4, 5) / 2,
    }
    return params, torch.randn(2, 4, 5, 3)


def torch_net(params, x, scale=1.0):
    y = torch.nn.functional.conv2d(x.permute(0, 3, 1, 2), params["conv"].permute(3, 2, 0, 1))
    hidden = torch.tanh(y).mean((2, 3))
    for w in params["layers"]:
        hidden = torch.tanh(hidden @ w)
    return {"logits": scale * hidden @ params["head"], "gram": hidden.T @ hidden}


@pytest.mark.points(2)
def test_program(learner, inside):
    """Every matrix product and convolution in a function that `at_precision`
    returns asks for its precision, whatever the caller's setting is.
    """
    args = net_arguments()
    cases = (("highest", None), ("high", None), ("default", "highest"), ("highest", "high"), ("high", "highest"))
    for precision, setting in each(cases, "with precision {!r} and the caller's setting {}"):
        run = named(learner.at_precision(inside.net, precision), "run")
        label = "the function of at_precision(f, precision)"
        compare_levels(fetch(reading(inside.products, "run(*args)")(run, args, {}, setting)), precision, label)


def test_gradient_program(learner, inside):
    """The products of its gradient ask for that precision too, and so do those
    of an f that was compiled before.
    """
    args = net_arguments()
    call = "the gradient of run"
    for precision, setting in each((("highest", None), ("high", "highest")), "with precision {!r} and the caller's setting {}"):
        run = named(learner.at_precision(inside.net, precision), "run")
        compare_levels(fetch(reading(inside.gradient_products, call)(run, args, {}, setting)), precision, call)
    with when("with an f that was compiled and called before"):
        small = torch.randn(4, 3), torch.randn(2, 4)
        run = named(learner.at_precision(inside.compiled(small), "highest"), "run")
        found = fetch(reading(inside.products, "run(*args)")(run, small, {}, None))
        compare_levels(found, "highest", "the function of at_precision(f, precision)")


def test_result(learner, inside, reference, jax):
    """A function that `at_precision` returns takes f's arguments, by position
    or by name, and returns PyTorch's numbers.
    """
    for compiled, scale in each(((False, between(2, 3)), (True, between(0.2, 0.5))), "with compiled={} and scale={}"):
        params, x = net_arguments()
        run = named(learner.at_precision(inside.net, "highest"), "run")
        theirs = reference.torch_at_precision(torch_net, "highest")(params, x, scale=scale)
        compare((jax.jit(run) if compiled else run)(params, x, scale=scale), theirs, "run(params, x, scale=scale)")
        two = named(learner.at_precision(inside.linear, "high"), "run")  # both exist at once
        compare(run(params, x), torch_net(params, x), "run(params, x)")
        w, x = torch.randn(4, 3), torch.randn(2, 4)
        compare(two(w, x), x @ w, "run(w, x)", tolerance=5e-3)  # TF32 on a GPU
    with when("with an f of one argument or of three"):
        compare(named(learner.at_precision(inside.gram, "highest"), "run")(x), x.T @ x, "run(x)")
        three = named(learner.at_precision(inside.bilinear, "highest"), "run")
        compare(three(x, w, torch.ones(5, 3)), x @ w @ torch.ones(3, 5), "run(x, w, y)")


def test_setting(learner, inside, reference):
    """After a call of a function that `at_precision` returns, the setting is as
    it was before, even after an error of f's, which is passed on.
    """
    args = torch.randn(4, 3), torch.randn(2, 4)
    after = reading(inside.setting_after, "run(*args)")
    label = "jax_default_matmul_precision after at_precision(f, precision)(*args)"
    for f, before in each(
        (("linear", None), ("linear", "high"), ("raising", None), ("raising", "high")), "with f {!r} and the setting {} before"
    ):
        found = fetch(after(learner.at_precision, getattr(inside, f), "highest", args, before))
        expect(found == before, label, f"{label} is {found}; before, it was {before}.", (), str(found))
    with when("with an f that raises a ValueError"):
        raised = unless_raised(learner.at_precision(inside.raising, "highest"), *args) is None
        expect(raised, "at_precision(f, precision)(*args)", "at_precision(f, precision)(*args) raised no error; f raises one.")


def qkv(shape, queries, keys, d, width):
    return torch.randn(*shape, queries, d), torch.randn(*shape, keys, d), torch.randn(*shape, keys, width)


@pytest.mark.points(2)
def test_attention_program(learner, inside):
    """In `attention`, the product with k asks for highest, and that with v has
    the caller's setting.
    """
    label, call = "attention(q, k, v)", "attention(q, k, v)"
    for setting, shape in each(((None, (2,)), ("high", ()), ("highest", (2, 2))), "with the caller's setting {} and batch {}"):
        found = fetch(reading(inside.products, call)(learner.attention, qkv(shape, 3, 4, 6, 5), {}, setting))
        scores = [(level, taken) for level, taken, _, out in found if out[len(shape) :] in ([3, 4], [4, 3])]
        mix = [level for level, _, _, out in found if out[len(shape) :] in ([3, 5], [5, 3])]
        counts = f"{label} has {len(found)} products; expected one with k and one with v."
        if not expect(
            len(scores) == len(mix) == 1 and len(found) == 2, f"the products of {label}", counts, [len(scores), len(mix)]
        ):
            continue
        (level, taken), what = scores[0], f"the product with k in {label}"
        expect(level == "HIGHEST", what, f"{what} asks for {said(level)}; expected highest.", (), level)
        expect(
            taken == ["float32"],
            f"the inputs of {what}",
            f"{what} takes {' and '.join(taken)}; expected float32.",
            (),
            str(taken),
        )
        allowed = ASKS[setting] if setting else ("unasked",)
        words = f"the product with v in {label} asks for {said(mix[0])}; expected "
        words += f"{setting}, the caller's setting." if setting else "no precision of its own."
        expect(mix[0] in allowed, f"the product with v in {label}", words, (), mix[0])


def test_attention(learner, reference, jax):
    """`attention` returns PyTorch's numbers, also under jax.jit and
    jax.vmap.
    """
    cases = (((2,), (3, 4, 6, 5), 3), ((), (1, 7, 4, 2), 300), ((2, 3), (4, 4, 5, 5), 3))
    for shape, sizes, scale in each(cases, "with batch {}, sizes {} and q around {}"):
        q, k, v = qkv(shape, *sizes)
        q, theirs = scale * q, reference.torch_attention(scale * q, k, v)
        compare(learner.attention(q, k, v), theirs, "attention(q, k, v)", tolerance=ON_GPU)
    compare(jax.jit(learner.attention)(q, k, v), theirs, "attention(q, k, v) under jax.jit", tolerance=ON_GPU)
    compare(jax.vmap(learner.attention)(q, k, v), theirs, "attention(q, k, v) under jax.vmap", tolerance=ON_GPU)


ON_GPU = 2e-3  # the product with v is in TF32 there, and off by less than 1e-3; wrong answers are by more than 1e-2


@pytest.mark.points(2)
def test_sum(learner, reference, jax):
    """`matmul_f32` returns the sum as it is in float32, not rounded to
    bfloat16, also under jax.jit.
    """
    for rows, k, n in each((((5,), 300, 7), ((2, 3), 64, 4), ((), 128, 3)), "with x of shape {} by {} and {} columns"):
        x, w = torch.randn(*rows, k).bfloat16(), torch.randn(k, n).bfloat16()
        theirs = reference.torch_matmul_f32(x, w)
        # The sum of 300 terms in another order is up to 1e-5 off; rounded to bfloat16, 1e-2.
        compare(learner.matmul_f32(x, w), theirs, "matmul_f32(x, w)", tolerance=1e-4)
    compare(jax.jit(learner.matmul_f32)(x, w), theirs, "matmul_f32(x, w) under jax.jit", tolerance=1e-4)


def test_sum_program(learner, inside):
    """The product in `matmul_f32` takes bfloat16 and returns float32."""
    label = "matmul_f32(x, w)"
    args = torch.randn(5, 6).bfloat16(), torch.randn(6, 3).bfloat16()
    found = fetch(reading(inside.products, label)(learner.matmul_f32, args, {}))
    words = f"{label} has {len(found)} products; expected one."
    if expect(len(found) == 1, f"the product of {label}", words, len(found)):
        _, taken, given, _ = found[0]
        words = f"The product of {label} takes {' and '.join(taken)} and returns {given}; expected bfloat16 and float32."
        expect((taken, given) == (["bfloat16"], "float32"), f"the product of {label}", words, (), f"{taken} {given}")
