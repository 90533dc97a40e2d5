"""Measures what the text of 6.5 says of prints, NaNs, checkify and leaks."""

import contextlib
import io
import json
import subprocess
import sys
import textwrap

import jax
import jax.numpy as jnp
import pytest
import torch
from jax.experimental import checkify


def printed(*calls):
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        for function, *args in calls:
            jax.block_until_ready(function(*args))
        jax.effects_barrier()
    return text.getvalue().splitlines()


X = jnp.arange(6.0).reshape(2, 3)


def test_print_shows_a_tracer_once():
    """Under jax.jit, and one tracer for all rows under jax.vmap."""

    def f(x):
        print("mean", x.mean())
        return x * 2

    compiled = jax.jit(f)
    (line,) = printed((compiled, X), (compiled, X + 1))
    assert "Tracer" in line
    (line,) = printed((jax.vmap(f), X))
    assert "Tracer" in line


def test_debug_print_shows_values():
    """In every call and for every row; an f-string is formatted too early."""

    def f(x):
        jax.debug.print("mean {}", x.mean())
        return x * 2

    compiled = jax.jit(f)
    assert printed((compiled, X), (compiled, X + 1)) == ["mean 2.5", "mean 3.5"]
    assert sorted(printed((jax.vmap(f), X))) == ["mean 1.0", "mean 4.0"]
    (line,) = printed((jax.jit(lambda x: [x, jax.debug.print(f"mean {x.mean()}")][0]), X))
    assert "Tracer" in line


@pytest.fixture
def python():
    """A program in a process of its own; its printed JSON."""

    def run(program):
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=200)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


def test_debug_nans(python):
    """It names the operation; a compiled function is run again; outside a
    `with` it does nothing; the setting is for the whole process.
    """
    said = python("""
        import json, jax, jax.numpy as jnp
        def raised(function, *args):
            try:
                function(*args)
            except FloatingPointError as error:
                return str(error)
        f = lambda x: jnp.sqrt(x - 1).sum()
        x = jnp.zeros(3)
        jax.debug_nans(True)
        found = [raised(f, x)]
        with jax.debug_nans(True):
            found += [raised(f, x), raised(jax.jit(f), x), raised(jax.jit(lambda x: jnp.where(x > 0, jnp.sqrt(x - 1), 0)), x)]
        found += [raised(f, x)]
        jax.config.update("jax_debug_nans", True)
        found += [raised(lambda: jnp.log(x - 2))]
        print(json.dumps(found))
    """)
    words = "invalid value (nan) encountered in "
    assert said == [None, words + "sqrt", words + "sqrt", None, None, words + "log"]


@pytest.mark.parametrize(
    ("how", "looks"), [("jnp.sin", True), ("jax.vmap(jnp.sin)", False), ("jax.jit(jax.vmap(jnp.sin))", False)]
)
def test_debug_nans_for_the_process(python, how, looks):
    """After one jax.vmap, it does not look at what ran before; the
    context manager does.
    """
    said = python(f"""
        import json, jax, jax.numpy as jnp
        def raised(function, *args):
            try:
                function(*args)
            except FloatingPointError as error:
                return str(error)
        f = lambda x: jnp.sqrt(x - 1)
        x, g = jnp.zeros(3), jax.jit(f)
        f(x), g(x), {how}(x)
        jax.config.update("jax_debug_nans", True)
        found = [raised(f, x), raised(g, x), raised(jnp.log, x - 2)]
        jax.config.update("jax_debug_nans", False)
        with jax.debug_nans(True):
            found += [raised(f, x), raised(g, x)]
        print(json.dumps(found))
    """)
    words = "invalid value (nan) encountered in "
    assert said == [(looks and words + "sqrt") or None] * 2 + [words + "log"] + [words + "sqrt"] * 2


def test_anomaly_mode_sees_the_backward_pass_alone():
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    with torch.autograd.set_detect_anomaly(True):
        torch.log(x).sum().backward()
        with pytest.raises(RuntimeError, match="SqrtBackward0"):
            torch.sqrt(x).sum().backward()
    with jax.debug_nans(True), pytest.raises(FloatingPointError, match="log"):
        jax.grad(lambda x: jnp.log(x).sum())(jnp.array([-1.0, 2.0]))


def test_an_index_out_of_range():
    """It is the last row, and NaN with jnp.take."""
    table, i = jnp.arange(4.0), jnp.array(9)
    assert table[i] == 3 and jnp.isnan(jnp.take(table, i))
    with pytest.raises(IndexError):
        torch.arange(4.0)[torch.tensor(9)]


def test_checkify():
    """Its default reports f's own checks alone; sets are joined with `|`; the
    first error is told.
    """

    def f(x, i):
        checkify.check(x.sum() > 0, "the sum is {}", x.sum())
        return jnp.log(x)[i]

    every = checkify.user_checks | checkify.index_checks | checkify.nan_checks
    good, bad = jnp.array([1.0, 2.0]), jnp.array([-1.0, 2.0])

    def said(x, i, **how):
        return jax.jit(checkify.checkify(f, **how))(x, i)[0].get()

    assert said(bad, 7) is None and said(-good, 7).startswith("the sum is -3.0")
    assert said(good, 1, errors=every) is None
    assert "index 7 is out of bounds" in said(good, 7, errors=every)
    assert "nan generated by primitive: log" in said(bad, 7, errors=every)
    assert said(-good, 7, errors=checkify.automatic_checks).startswith("nan generated")
    with pytest.raises(ValueError, match="the sum is"):
        checkify.checkify(f)(-good, 0)[0].throw()
    with pytest.raises(ValueError, match="functionalized"):
        jax.jit(f)(good, 0)


def test_leaks():
    """They are found in traces made within, and nowhere else; using one raises
    UnexpectedTracerError.
    """
    kept = []

    def f(x):
        kept.append(x * 2)
        return x

    jax.jit(f)(X)
    with pytest.raises(jax.errors.UnexpectedTracerError):
        kept[0] + 1
    compiled = jax.jit(f)
    compiled(X)
    jax.checking_leaks()
    jax.jit(lambda x: f(x))(X)
    with jax.checking_leaks():
        f(X)
        compiled(X)
        with pytest.raises(Exception, match="Leaked"):
            jax.jit(lambda x: f(x))(X)
