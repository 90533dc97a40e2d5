"""Graded checks of 6.6 precision."""

import pytest
import torch

from flaxkata.checks import between, compare, each, expect, fetch, named, reading, when

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

ASKS = {None: "unasked", "default": "DEFAULT", "high": "HIGH", "highest": "HIGHEST"}
SAID = {"unasked": "no precision (the device's default)", "DEFAULT": "default", "HIGH": "high", "HIGHEST": "highest"}


def said(level):
    return SAID.get(level, level)


PROCESS, BLOCK = "for the process", "in a block"  # where the caller's setting is


def compare_levels(found, precision, label):
    """Whether all products have a precision."""
    levels = [level for level, *_ in found["products"]]
    wrong = [level for level in levels if level != ASKS[precision]]
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
    cases = (
        ("highest", None, PROCESS),
        ("high", None, PROCESS),
        ("default", "highest", PROCESS),
        ("highest", "high", PROCESS),
        ("high", "highest", PROCESS),
        ("highest", "high", BLOCK),
        ("default", "highest", BLOCK),
    )
    for precision, setting, where in each(cases, "with precision {!r} and the caller's setting {} {}"):
        run = named(learner.at_precision(inside.net, precision), "run")
        label = "the function of at_precision(f, precision)"
        found = fetch(reading(inside.program, "run(*args)")(run, args, {}, setting, where == BLOCK))
        compare_levels(found, precision, label)


def test_gradient_program(learner, inside):
    """The products of its gradient ask for that precision too, and so do those
    of an f that was compiled before.
    """
    args = net_arguments()
    call = "the gradient of run"
    cases = (("highest", None), ("high", "highest"), ("default", "highest"))
    for precision, setting in each(cases, "with precision {!r} and the caller's setting {}"):
        run = named(learner.at_precision(inside.net, precision), "run")
        compare_levels(fetch(reading(inside.gradient_program, call)(run, args, {}, setting)), precision, call)
    with when("with an f that was compiled and called before"):
        small = torch.randn(4, 3), torch.randn(2, 4)
        run = named(learner.at_precision(inside.compiled(small), "highest"), "run")
        found = fetch(reading(inside.program, "run(*args)")(run, small, {}, None))
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


def test_gradient(learner, inside):
    """The gradient of a function that `at_precision` returns is PyTorch's."""
    params, x = net_arguments()
    leaves = {name: leaf.clone().requires_grad_() for name, leaf in params.items()}
    image = x.clone().requires_grad_()
    sum((leaf**2).sum() for leaf in torch_net(leaves, image).values()).backward()
    theirs = [{name: leaf.grad for name, leaf in leaves.items()}, image.grad]
    run = named(learner.at_precision(inside.net, "highest"), "run")
    mine = reading(inside.gradient, "the gradient of run")(run, (params, x))
    compare(mine, theirs, "the gradient of run", tolerance=1e-4)


def test_any_function(learner, inside):
    """f may be any function: `run` calls it once, as it is, with the arguments
    that it was given, and returns what it returns.
    """
    x, factor = torch.randn(2, 4), between(2, 3)
    gram = x.T @ x
    with when("with an f that has an argument `precision`"):
        run = named(learner.at_precision(inside.multiplied, "highest"), "run")
        compare(run(x, precision=factor), factor * gram, "run(x, precision=factor)")
    count = fetch(reading(inside.calls, "run(x)")(learner.at_precision, x))
    expect(count == 2, "calls of f", f"In two calls of run, f was called {count} times; expected one call in each.", count)
    with when("with an f that has an argument that is not an array, and reads a value"):
        compare(named(learner.at_precision(inside.chosen, "highest"), "run")(x, "gram"), gram, 'run(x, "gram")')
    with when("with an f that is a functools.partial, and has no __name__"):
        run = named(learner.at_precision(inside.partly(factor), "highest"), "run")
        compare(run(x), factor * gram, "run(x)")
    with when("with an f that returns a dict of an array, a string and a number"):
        run = named(learner.at_precision(inside.described, "highest"), "run")
        compare(run(x), {"gram": gram, "name": "gram", "rows": 2}, "run(x)")


RAISED = {"ValueError": "a ValueError", "KeyError": "a KeyError", "KeyboardInterrupt": "KeyboardInterrupt"}


def test_setting(learner, inside):
    """After a call of a function that `at_precision` returns, the setting is as
    it was before, even after an error of f's, which is passed on.
    """
    args = torch.randn(4, 3), torch.randn(2, 4)
    after = reading(inside.after, "run(*args)")
    setting = "jax_default_matmul_precision"
    cases = (
        ("", "highest", "high", None),
        ("", "high", None, "highest"),
        ("", "default", "highest", "high"),
        *((raised, "highest", "high", None) for raised in RAISED),
        *((raised, "high", None, "highest") for raised in RAISED),
    )
    for raised, precision, made, called in cases:
        f = f"an f that raises {RAISED[raised]}" if raised else "an f without errors"
        with when(f"with {f}, precision {precision!r} and the setting {made} at at_precision and {called} at run"):
            found = fetch(after(learner.at_precision, raised, precision, args, made, called))
            for label, is_, was in (
                ("at_precision(f, precision)", found["made"], made),
                ("run(*args)", found["called"], called),
            ):
                words = f"{setting} after {label} is {is_}; before, it was {was}."
                expect(is_ == was, f"{setting} after {label}", words, (), str(is_))
            if raised:
                arrived, wanted = found["error"], [raised, "w and x do not fit"]
                words = f"run(*args) raised {': '.join(arrived) if arrived else 'no error'}; f raises {': '.join(wanted)}."
                expect(arrived == wanted, "the error of run(*args)", words, (), arrived[0] if arrived else "none")


def qkv(shape, queries, keys, d, width):
    return torch.randn(*shape, queries, d), torch.randn(*shape, keys, d), torch.randn(*shape, keys, width)


def left_as_it_was(found, setting, label):
    """Whether a call left the caller's setting as it was."""
    what, after = f"jax_default_matmul_precision after {label}", found["after"]
    expect(after == setting, what, f"{what} is {after}; before, it was {setting}.", (), str(after))


def with_k_and_with_v(products):
    """Those products of `attention` that multiply q with k, and those that v
    goes into, by what their operands depend on: q is argument 0, k 1 and v 2.
    """
    with_v = [p for p in products if 2 in {n for tags in p[3] for n in tags}]
    return [p for p in products if p not in with_v and all(p[3]) and {0, 1} <= {n for tags in p[3] for n in tags}], with_v


@pytest.mark.points(2)
def test_attention_program(learner, inside):
    """In `attention`, the product with k asks for highest, in the gradient too,
    and that with v has the caller's setting.
    """
    label = "attention(q, k, v)"
    cases = ((None, PROCESS, (2,)), ("high", BLOCK, ()), ("highest", PROCESS, (2, 2)))
    for setting, where, shape in each(cases, "with the caller's setting {} {} and batch {}"):
        args = qkv(shape, 3, 4, 6, 5)
        found = fetch(reading(inside.program, label)(learner.attention, args, {}, setting, where == BLOCK))
        left_as_it_was(found, setting, label)
        scores, mix = with_k_and_with_v(found["products"])
        lacks = " and ".join(["of q with k"] * (not scores) + ["with v"] * (not mix))
        words = f"In the program of {label}, there is no matrix product {lacks}."
        if not expect(scores and mix, f"the products of {label}", words, [bool(scores), bool(mix)]):
            continue
        of_v = f"{setting}, the caller's setting" if setting else "no precision of its own"
        for what, products, level, wanted in (("k", scores, "HIGHEST", "highest"), ("v", mix, ASKS[setting], of_v)):
            what = f"the product with {what} in {label}"
            asked = next((asked for asked, *_ in products if asked != level), level)
            expect(asked == level, what, f"{what} asks for {said(asked)}; expected {wanted}.", (), asked)
            taken = next((taken for _, taken, *_ in products if taken != ["float32"]), ["float32"])
            words = f"{what} takes {' and '.join(taken)}; expected float32."
            expect(taken == ["float32"], f"the inputs of {what}", words, (), str(taken))
    q, k, v = qkv((2,), 3, 4, 6, 5)
    label = "the gradient of attention"
    found = fetch(reading(inside.pulled_back_program, label)(learner.attention, (q, k, v, q @ k.mT @ v)))
    asked = [level for level, _, _, tags in found["products"] if [0] in tags or [1] in tags]  # one operand is q or k alone
    wrong = [level for level in asked if level != "HIGHEST"]
    words = f"{len(wrong)} of the {len(asked)} products with q or k in {label} ask for {said(wrong[0]) if wrong else ''}; "
    expect(not wrong, f"the products with q or k in {label}", words + "expected highest.", [len(wrong)], str(wrong[:1]))


def test_attention(learner, reference, inside, jax):
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
    with when("with the caller's setting highest"):
        mine = reading(inside.under, "attention(q, k, v)")("highest", learner.attention, (q, k, v))
        compare(mine, theirs, "attention(q, k, v)", tolerance=1e-4)
    with when("with 1301 keys, which are not a whole number of blocks, and a last one that counts most"):
        one_q, many_k, many_v = qkv((), 1, 1301, 4, 2)
        many_k[-1] = 20 * one_q[0] / (one_q**2).sum()  # a score of 10; the others are around 0
        theirs = reference.torch_attention(one_q, many_k, many_v)
        compare(learner.attention(one_q, many_k, many_v), theirs, "attention(q, k, v)", tolerance=ON_GPU)
    with when("where all scores are below -100"):
        low_q, low_k = 20 + q.abs() / 3, -20 - k.abs() / 3
        theirs = reference.torch_attention(low_q, low_k, v)
        compare(learner.attention(low_q, low_k, v), theirs, "attention(q, k, v)", tolerance=ON_GPU)
    with when("with a first query that is 300 times as large as the others"):
        q[..., :1, :] *= 300
        theirs = reference.torch_attention(q, k, v)
        compare(learner.attention(q, k, v), theirs, "attention(q, k, v)", tolerance=ON_GPU)


ON_GPU = 2e-3  # the product with v is in TF32 there, and off by less than 1e-3; wrong answers are by more than 1e-2


def test_attention_gradient(learner, reference, inside):
    """The gradient of `attention` in q, k and v is PyTorch's."""
    call = "the gradient of attention"
    for shape in each(((), (2, 3)), "with batch {}"):
        args = qkv(shape, 3, 4, 6, 5)
        leaves = [arg.clone().requires_grad_() for arg in args]
        theirs = reference.torch_attention(*leaves)
        weights = torch.randn(theirs.shape)
        (weights * theirs).sum().backward()
        mine = reading(inside.weighted_gradient, call)("highest", learner.attention, args, weights)
        compare(mine, [leaf.grad for leaf in leaves], call, tolerance=1e-4)


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
    for rows in each(((5,), (2, 3), ()), "with x of shape {} by 6"):
        args = torch.randn(*rows, 6).bfloat16(), torch.randn(6, 3).bfloat16()
        found = fetch(reading(inside.program, label)(learner.matmul_f32, args, {}, "high"))
        left_as_it_was(found, "high", label)
        count = len(found["products"])
        if expect(count == 1, f"the product of {label}", f"{label} has {count} products; expected one.", count):
            _, taken, given, _ = found["products"][0]
            words = f"The product of {label} takes {' and '.join(taken)} and returns {given}; expected bfloat16 and float32."
            expect((taken, given) == (["bfloat16"], "float32"), f"the product of {label}", words, (), f"{taken} {given}")
