"""Measures what the text of 6.6 says of products and their precision, as far as
a CPU shows it: what programs ask for, and what TF32 would do to the numbers.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

X, W = jnp.ones((2, 4)), jnp.ones((4, 3))


def asked(f, *args):
    """The precision of each product of a program."""
    found = [e.params["precision"] for e in jax.make_jaxpr(f)(*args).eqns if "precision" in e.params]
    return [p and p[0].name for p in found]


@pytest.fixture(autouse=True)
def _default():
    before = jax.config.jax_default_matmul_precision
    jax.config.update("jax_default_matmul_precision", None)
    yield
    jax.config.update("jax_default_matmul_precision", before)


def test_torch_opts_in():
    """And its convolutions are the exception."""
    assert torch.get_float32_matmul_precision() == "highest"
    assert torch.backends.cudnn.allow_tf32 and not torch.backends.cuda.matmul.allow_tf32


def test_nobody_asks_by_default():
    assert asked(jnp.matmul, X, W) == [None]
    assert "precision = [DEFAULT, DEFAULT]" in jax.jit(jnp.matmul).lower(X, W).as_text()


def test_ways_to_ask():
    """An argument, a block, a decorator, a setting."""
    ones = {"params": {"kernel": W, "bias": jnp.zeros(3)}}
    image, kernel = jnp.ones((1, 4, 4, 2)), jnp.ones((2, 2, 2, 3))
    for f, *args in (
        (lambda x, w: jnp.matmul(x, w, precision="highest"), X, W),
        (lambda x, w: jnp.einsum("ij,jk", x, w, precision="highest"), X, W),
        (lambda x, w: jnp.dot(x, w, precision="highest"), X, W),
        (lambda x: nn.Dense(3, precision="highest").apply(ones, x), X),
        (
            lambda x: nn.Conv(3, (2, 2), use_bias=False, precision="highest").apply({"params": {"kernel": kernel}}, x),
            image,
        ),
        (lambda x, w: jax.lax.conv(x, w, (1, 1), "VALID", precision="highest"), jnp.ones((1, 2, 4, 4)), jnp.ones((3, 2, 2, 2))),
        (jax.default_matmul_precision("highest")(jnp.matmul), X, W),
        (jax.grad(lambda x: jnp.matmul(x, W, precision="highest").sum()), X),
    ):
        assert set(asked(f, *args)) == {"HIGHEST"}
    with jax.default_matmul_precision("highest"):
        assert asked(jnp.matmul, X, W) == ["HIGHEST"]
        assert asked(lambda x, w: jnp.matmul(x, w, precision="default"), X, W) == ["DEFAULT"]
    jax.config.update("jax_default_matmul_precision", "highest")
    assert asked(jnp.matmul, X, W) == ["HIGHEST"]


def test_the_backward_pass():
    """A product that asks passes its precision on; one that shows None, and one
    in a backward function of our own, has the setting of the moment.
    """

    @jax.custom_vjp
    def own(x):
        return x @ W

    own.defvjp(lambda x: (x @ W, ()), lambda _, g: (g @ W.T,))

    def of_gradient(f, precision, setting):
        with jax.default_matmul_precision(setting):
            return asked(jax.grad(lambda x: jax.default_matmul_precision(precision)(f)(x).sum()), X)

    for setting, level in ((None, None), ("high", "HIGH"), ("highest", "HIGHEST")):
        assert of_gradient(lambda x: x @ W, None, setting) == [None, level]
        assert of_gradient(lambda x: x @ W, "default", setting) == ["DEFAULT", "DEFAULT"]
        assert of_gradient(lambda x: x @ W, "high", setting) == ["HIGH", "HIGH"]
        assert of_gradient(own, "highest", setting) == ["HIGHEST", level]


def test_compiled_functions_are_traced_again():
    traced = []

    @jax.jit
    def f(x):
        traced.append(1)
        return x @ W

    for precision in (None, "highest", None, "highest"):
        with jax.default_matmul_precision(precision):
            f(X)
    assert len(traced) == 2


def test_a_cpu_computes_in_float32():
    """Whatever is asked for."""
    x, w = jax.random.normal(jax.random.key(0), (64, 512)), jax.random.normal(jax.random.key(1), (512, 32))
    values = [np.asarray(jnp.matmul(x, w, precision=p)) for p in (None, "default", "high", "highest")]
    assert all((value == values[0]).all() for value in values)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_w_as_the_first_operand(axes):
    """A CPU lacks this product where x has three axes, unless it is small."""
    x, w = jnp.ones((2, 3, 64)[-axes:], jnp.bfloat16), jnp.ones((64, 4), jnp.bfloat16)
    jnp.matmul(x, w, preferred_element_type=jnp.float32)
    product = jax.jit(lambda x, w: jnp.tensordot(w, x, axes=((0,), (-1,)), preferred_element_type=jnp.float32))
    if axes < 3:
        product(x, w)
    elif jax.default_backend() == "cpu":
        with pytest.raises(jax.errors.JaxRuntimeError, match="Unsupported element type"):
            product(x, w).block_until_ready()


def tf32(x):
    """Rounded to the 10 bits behind the point that TF32 keeps."""
    bits = np.asarray(x, np.float32).view(np.uint32).astype(np.uint64)
    return ((bits + 0x1000) & 0xFFFFE000).astype(np.uint32).view(np.float32)


def test_what_fewer_bits_do():
    """The fourth digit of a product, with TF32; a digit more with bfloat16. The
    tolerance of `attention` holds for TF32.
    """
    generator = np.random.default_rng(0)
    errors = {"tf32": [], "bfloat16": []}
    for _ in range(200):
        a, b = (generator.normal(size=s).astype(np.float32) for s in ((8, 64), (64, 8)))
        exact = a.astype(np.float64) @ b.astype(np.float64)
        for name, rounded in (("tf32", tf32), ("bfloat16", lambda x: np.asarray(jnp.asarray(x, jnp.bfloat16), np.float32))):
            off = abs(rounded(a).astype(np.float64) @ rounded(b) - exact).max() / abs(exact).max()
            errors[name].append(off)
    assert 1e-4 < np.median(errors["tf32"]) < max(errors["tf32"]) < 1e-3
    assert 1e-3 < np.median(errors["bfloat16"]) < max(errors["bfloat16"]) < 1e-2


def test_bfloat16_products():
    """They are exact in float32; the result is rounded, unless it is asked for
    in float32.
    """
    x, w = (jax.random.normal(jax.random.key(i), s).astype(jnp.bfloat16) for i, s in enumerate(((64, 512), (512, 32))))
    exact = np.asarray(x, np.float64) @ np.asarray(w, np.float64)
    off = {
        "plain": x @ w,
        "late": (x @ w).astype(jnp.float32),
        "asked": jnp.matmul(x, w, preferred_element_type=jnp.float32),
    }
    assert [str(v.dtype) for v in off.values()] == ["bfloat16", "float32", "float32"]
    off = {name: abs(np.asarray(v, np.float64) - exact).max() for name, v in off.items()}
    assert off["plain"] == off["late"] > 0.1 and off["asked"] < 1e-4
    one = np.asarray(x[0], np.float64) * np.asarray(w[:, 0], np.float64)
    assert (one.astype(np.float32) == one).all()
