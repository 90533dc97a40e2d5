"""Graded checks of 6.5 debugging."""

import contextlib
import io
import re

import pytest
import torch

from flaxkata.checks import between, compare, each, expect, fetch, named, one_of, reading, unless_raised, when

LEARNED = "a compiled function prints, checks and raises through jax.debug, debug_nans, checkify and checking_leaks."

HINTS = (
    "Each of PyTorch's ways needs Python to run beside the computation. In JAX, what is printed, looked at or reported must be "
    "part of the program, or a setting for the time of a call. Which of the four tools is for which function?",
    '`jax.debug.print("fc1 {}", value)`; `with jax.debug_nans(True):` and FloatingPointError; '
    "`jax.jit(checkify.checkify(f, errors=checkify.index_checks | checkify.nan_checks | checkify.user_checks))`; "
    "`with jax.checking_leaks():`.",
    "forward: jax.debug.print after each layer. nan_source: jax.grad(loss_fn)(params, x) within the with, str(error) in "
    "except FloatingPointError. checked: compile once, and run returns (error.get(), result). leaks: jax.jit(f)(x) within "
    "the with, and True in except Exception.",
)

WORDS = {
    "print": "jax.debug.print",
    "set_detect_anomaly(True)": "jax.debug_nans(True)",
    "IndexError": "jax.experimental.checkify.index_checks",
}


def in_flax(twin, what="data"):
    """The twin's "data" or "grad" in Flax's layout."""
    pick = {n: (getattr(m.weight, what), getattr(m.bias, what)) for n, m in twin.named_children()}
    return {n: {"kernel": weight.T.clone(), "bias": bias.clone()} for n, (weight, bias) in pick.items()}


def in_torch(twin, x):
    """[result, what was printed] of the twin."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        return twin(x), text.getvalue()


def enlarge(twin, xs):
    """Change fc2 so that the mean of |y| has two digits before the point, where
    three digits are not three decimals, and four behind it, which `{}` shows.
    """
    xs[1] = xs[0].flip(0)  # with the same mean
    larger = 25.4321 / in_torch(twin, xs[0])[0].abs().mean()
    with torch.no_grad():
        twin.fc2.weight.mul_(larger)
        twin.fc2.bias.mul_(larger)


HEADED, ROUNDED = re.compile(r"\s*fc\d\b"), re.compile(r"\s*fc\d\b[^\d[]*\d+(\.\d*)?\s*$")
LINE = re.compile(r"\s*(fc\d)\b(?:(?!fc\d).)*?([-+]?\d+\.\d{3,}(?:e[-+]?\d+)?)\s*")


def means(text):
    """The numbers of what was printed, by layer and in the order of their size;
    and the lines that are not such a line.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    found = [LINE.fullmatch(line) for line in lines]
    by_layer = {n: sorted(float(m[2]) for m in found if m and m[1] == n) for n in ("fc1", "fc2")}
    return by_layer, [line for line, m in zip(lines, found, strict=True) if not m]


def lines(count):
    return "1 line" if count == 1 else f"{count} lines"


def compare_lines(mine, theirs):
    """Whether a call printed PyTorch's lines."""
    (numbers, strange), (expected, _) = means(mine), means(theirs)
    label = "what forward(params, x) prints"
    counts = [len(numbers[n]) for n in expected]
    wanted = [len(numbers) for numbers in expected.values()]
    kinds = [sum(bool(kind.match(line)) for line in strange) for kind in (HEADED, ROUNDED)]
    said = f"printed {strange[0][:60]!r}" if strange else f"printed {sum(counts)} lines"
    words = (
        f"forward(params, x) {said}; expected {lines(wanted[0])} for fc1 and {lines(wanted[1])} for fc2, "
        "each with the mean to 3 decimals."
    )
    if expect(not strange and counts == wanted, label, words, [*counts, len(strange), *kinds]):
        for name, values in expected.items():
            # Rounded to three decimals, they may be 5e-4 apart.
            compare(torch.tensor(numbers[name]), torch.tensor(values), f"{label} for {name}", tolerance=6e-4)


@pytest.mark.points(2)
def test_lines(learner, inside, reference):
    """`forward` returns PyTorch's output and prints PyTorch's two lines, in
    every call and under jax.jit, jax.grad and jax.vmap.
    """
    cases = {
        "without jax.jit": (4, 6, 3, 5),
        "under jax.jit": (4, 6, 3, 5),
        "under jax.jit of jax.grad": (2, 5, 4, 1),
        "under jax.jit of jax.vmap": (2, 5, 4, 1),
        "under jax.jit of params alone": (4, 6, 3, 5),
    }
    for how in each(cases, "{}"):
        in_dim, hidden, output_dim, batch = cases[how]
        twin, many = reference.TorchMLP(in_dim, hidden, output_dim), "vmap" in how
        xs = [2 * torch.randn(*([3] if many else []), batch, in_dim) for _ in range(2)]
        if how == "without jax.jit":
            enlarge(twin, xs)
        call = f"forward(params, x) {how}"
        back = reading(inside.printed, call)(named(learner.forward, "forward"), in_flax(twin), xs, how)
        for i, x in enumerate(xs):
            parts = [in_torch(twin, one) for one in (x if many else [x])]
            theirs = torch.stack([y for y, _ in parts]) if many else parts[0][0]
            if "grad" in how:
                twin.zero_grad()
                (theirs**2).sum().backward()
                compare(back[i][0], in_flax(twin, "grad"), "the gradient through forward(params, x)")
            else:
                compare(named(back[i][0], "forward(params, x)"), theirs)
            with when(f"in call {i + 1}"):
                compare_lines(fetch(back[i][1]), "".join(text for _, text in parts))


def test_nothing_kept(learner, inside, reference):
    """`forward` keeps no tracer when it is compiled, and writes nothing into
    params.
    """
    params = in_flax(reference.TorchMLP(7, 2, 3))
    kept = fetch(reading(inside.keeps, "forward(params, x)")(learner.forward, params, torch.ones(6, 7)))
    words = "After forward(params, x) was compiled, something still held one of its tracers: a list, an attribute or a global."
    expect(not kept, "tracers after forward(params, x)", words)
    written = fetch(reading(inside.writes, "forward(params, x)")(learner.forward, params, torch.ones(6, 7)))
    expect(not written, "params after forward(params, x)", "forward(params, x) changed the params that it was given.")


def trees(params):
    return {"array": params, "dict": {"fc": {"kernel": params}}}


def of_leaf(loss):
    """A loss of a tensor, or of the one tensor in nested dicts."""

    def loss_fn(params, x):
        while isinstance(params, dict):
            (params,) = params.values()
        return loss(params, x)

    return loss_fn


TORCH_LOSSES = {
    "sqrt": lambda w, x: torch.sqrt(w * x).sum(),
    "mul": lambda w, x: torch.sqrt((w * x).sum() * 0),
    "mul of params": lambda w, x: torch.sqrt((w * 0).sum()) * x.sum(),  # x's gradient has no NaN
    "div": lambda w, x: ((w * 0) / (w * 0) + x).sum(),
    "none": lambda w, x: ((w * x) ** 2).sum(),
    "infinity": lambda w, x: torch.log(w - x).sum(),
    "log of x": lambda w, x: (w * x).sum() + torch.log(-x).sum(),
    "sqrt of x": lambda w, x: (w * torch.sqrt(-x).nan_to_num(0)).sum(),
}
OPERATIONS = ("sqrt", "mul", "div", "log", "add", "sub")


def operation(message):
    """The operations that a message names: of PyTorch's, as JAX calls them."""
    words = re.findall(r"[a-z]+", message.replace("Backward0", " ").lower())
    return [name for name in OPERATIONS if name in words]


class FirstNaN(torch.overrides.TorchFunctionMode):
    """Which of PyTorch's functions was the first to give a NaN."""

    name = None

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if self.name is None and isinstance(result, torch.Tensor) and result.isnan().any():
            self.name = function.__name__
        return result


def in_forward(loss, w, x):
    """The same, while the loss is computed."""
    with torch.no_grad(), FirstNaN() as found:
        loss(w, x)
    return found.name


@pytest.mark.points(2)
def test_nan_source(learner, inside, reference):
    """`nan_source` names the operation of the first NaN, in the backward pass
    as PyTorch's anomaly mode and in the forward pass, and returns None where
    there is no NaN.
    """
    for name, tree, compiled in each(
        (
            ("sqrt", "array", False),
            ("mul", "dict", False),
            ("div", "array", False),
            ("none", "dict", False),
            ("sqrt", "dict", True),
            ("mul", "array", True),
            ("mul of params", "dict", False),
            ("log of x", "array", False),
            ("sqrt of x", "dict", False),
        ),
        "with the loss {!r}, params in {} and compiled={}",
    ):
        check_source(learner, inside, reference, name, tree, compiled)
    with when("with an x of int32"):
        w, x = torch.rand(5) + 0.5, torch.randint(1, 9, (5,)).int()
        compare_source(fetch(source(learner, inside, inside.loss("none", w, x), w, x)), None)


def check_source(learner, inside, reference, name, tree, compiled):
    w, x = torch.randn(5), torch.rand(5) + 0.5
    w[one_of(1, 2, 3)] = -between(0.5, 1)  # and some are positive
    w[0] = between(0.5, 1)
    params = trees(w)[tree]
    loss_fn = inside.loss(name, params, x, compiled)
    message = fetch(source(learner, inside, loss_fn, params, x))
    theirs = reference.torch_nan_source(of_leaf(TORCH_LOSSES[name]), trees(w.clone().requires_grad_())[tree], x)
    theirs = theirs or in_forward(TORCH_LOSSES[name], w, x)
    compare_source(message, theirs and operation(theirs))


def source(learner, inside, *args):
    """What nan_source returns, without the lines that JAX prints then."""
    return reading(inside.quietly, "nan_source(loss_fn, params, x)")(learner.nan_source, *args)


def compare_source(message, expected):
    label = "nan_source(loss_fn, params, x)"
    if expected is None:
        words = f"{label} returned {repr(message)[:80]}, where nothing is NaN; expected None."
        return expect(message is None, label, words, isinstance(message, str))
    got = operation(message) if isinstance(message, str) else []
    said = repr(message[:80]) if isinstance(message, str) else "None" if message is None else "neither a string nor None"
    words = f"{label} returned {said}; expected a message that names {expected[0]}, the operation that gave the first NaN."
    values = [isinstance(message, str), message is None, len(got)]
    return expect(got == expected, label, words, values, expected[0])


def test_infinity(learner, inside, reference):
    """`nan_source` returns None for infinities, as anomaly mode does."""
    x = torch.rand(5) + 0.5
    w = x + torch.tensor([0, 1, 0, 2, 3])
    theirs = reference.torch_nan_source(TORCH_LOSSES["infinity"], w.clone().requires_grad_(), x)
    with when("with a loss of -inf and a gradient of inf"):
        compare_source(fetch(source(learner, inside, inside.loss("infinity", w, x), w, x)), theirs)


def test_setting(learner, inside):
    """`nan_source` leaves `jax_debug_nans` as it was, and passes on errors of
    loss_fn's own.
    """
    w, x = -torch.rand(5) - 0.5, torch.rand(5) + 0.5
    call = "nan_source(loss_fn, params, x)"
    after = reading(inside.debug_nans_after, call)
    cases = (("sqrt", False), ("none", False), ("none", True), ("sqrt", True))
    for name, on in each(cases, "with the loss {!r} and jax_debug_nans {} before"):
        found = fetch(after(learner.nan_source, inside.loss(name, w, x), w, x, on))
        words = f"jax_debug_nans is {found} after {call}; expected {on}, as before."
        expect(found == on, "jax_debug_nans after nan_source(...)", words, found)
    for kind in each(("ValueError", "ZeroDivisionError"), "with a loss_fn that raises a {}"):
        raising = named(inside.raising(kind), "loss_fn")
        raised = unless_raised(learner.nan_source, raising, w, x) is None
        expect(raised, call, f"{call} raised no error. Catch FloatingPointError alone.")
        found = fetch(after(learner.nan_source, raising, w, x, False))
        words = f"jax_debug_nans is True after {call}; expected False, as before."
        expect(not found, "jax_debug_nans after nan_source(...)", words)


def torch_logs(batch):
    if (batch["x"] < 0).any():
        raise ValueError("NaN, which PyTorch does not look for by itself")
    found = batch["x"].log()
    return {"logs": found, "mean": found.mean()}


def torch_shares(x):
    if not x.sum() > 0:
        raise ValueError(f"the sum is {x.sum()}")
    return x / x.sum()


def torch_gathered(table, ids):
    table = table.clone().requires_grad_()
    (table[ids] ** 2).sum().backward()
    return table.grad


def torch_rows(table, ids):
    return table[ids]


def compare_checked(run, reference, twin, args, core):
    """Whether run(*args) of `checked` gives a message with the words `core`
    where PyTorch raises, and the result where it does not.
    """
    returned = unless_raised(run, *args)
    label = "run(...) of checked(f)"
    if not expect(returned is not None, label, f"{label} raised an error; it must return a message instead."):
        return
    pair = fetch(returned)
    right = isinstance(pair, tuple | list) and len(pair) == 2 and (pair[0] is None or isinstance(pair[0], str))
    words = f"{label} must return two things in this order: a message (a string or None), and the result."
    first = type(pair[0] if isinstance(pair, tuple | list) and pair else pair).__name__
    if not expect(right, label, words, (), first):
        return
    theirs, result = reference.torch_checked(twin)(*args)
    got = None if pair[0] is None else repr(pair[0][:80])
    if theirs is None:
        said = f"{label} returned the message {got}, where nothing is wrong; expected None."
        if expect(pair[0] is None, f"the message of {label}", said, pair[0] is None):
            compare(named(returned[1], f"the result of {label}"), result)
        return
    said = f"{label} returned the message {got}; expected checkify's, in which this stands: {core!r}."
    expect(pair[0] is not None and core in pair[0], f"the message of {label}", said, pair[0] is None)


def runs(learner, inside, *names):
    """checked(f) of these functions, all made before one is called; whatever
    settings other functions have left on.
    """
    fetch(inside.set_back())
    return [named(learner.checked(named(getattr(inside, name), "f")), "run") for name in names]


@pytest.mark.points(2)
def test_index(learner, inside, reference):
    """Where PyTorch raises an IndexError, the function that `checked` returns
    gives checkify's message; else None and PyTorch's result.
    """
    rows, gathered = runs(learner, inside, "rows", "gathered")
    words = "index {} is out of bounds for axis 0 with size {}"
    cases = ((5, [0, 4, -5], 0), (5, [1, 5, 2], 5), (3, [2, 0, 3], 3))
    for size, ids, bad in each(cases, "with a table of {} rows and ids {}"):
        args = torch.randn(size, 2), torch.tensor(ids).int()
        compare_checked(rows, reference, torch_rows, args, words.format(bad, size))
    with when("with an id below minus the number of rows"):
        args = torch.randn(5, 2), torch.tensor([3, 0, -6]).int()
        compare_checked(rows, reference, torch_rows, args, "out-of-bounds indexing for array of shape (5, 2)")
    for ids in each(([0, 4, 0], [1, 2, 5]), "with a lookup in a loop under jax.grad and ids {}"):
        args = torch.randn(5, 2), torch.tensor(ids).int()
        compare_checked(gathered, reference, torch_gathered, args, words.format(5, 5))


def test_nan(learner, inside, reference):
    """The function that `checked` returns reports a NaN, and an infinity is not
    one; f may take and return trees.
    """
    (logs,) = runs(learner, inside, "logs")
    for least in each((0.5, -0.5, 0.0), "with a least number of {} in x"):
        x = torch.rand(4) + 0.5
        x[one_of(0, 1, 2)] = least
        compare_checked(logs, reference, torch_logs, ({"x": x},), "nan generated by primitive: log")
    label = "a second call of run(...) with the same array"
    words = f"{label} raised an error: the first must leave its arguments as they are."
    expect(unless_raised(inside.again, logs, {"x": torch.rand(4) + 0.5}) is not None, label, words)


def test_own_checks(learner, inside, reference):
    """The function that `checked` returns reports the `checkify.check` of f's
    own, with its number.
    """
    (shares,) = runs(learner, inside, "shares")
    for total in each((2, -1, -7), "with a sum of {}"):
        x = torch.tensor([total, 0.5, 0.25, -0.75])  # its sum is exact
        compare_checked(shares, reference, torch_shares, (x[torch.randperm(4)],), f"the sum is {total}.0")
    for total in each((3, -2), "with an x of int32 after one of float32, and a sum of {}"):
        x = torch.tensor([total, 5, -7, 2]).int()
        compare_checked(shares, reference, torch_shares, (x[torch.randperm(4)],), f"the sum is {total}")


def test_compiled(learner, inside):
    """The function that `checked` returns is compiled: f is traced once for
    each shape, whatever the message.
    """
    f = named(inside.Counting(inside.rows), "f")
    run = named(learner.checked(f), "run")
    for ids in ([0, 1], [4, 5], [2, 2], [0, 1, 2], [1, 9, 2]):
        unless_raised(run, torch.randn(5, 2), torch.tensor(ids).int())
    traced, eager = fetch(f.traced), fetch(f.run)
    words = f"In 5 calls of checked(f) with arguments of two shapes, Python ran f {traced + eager} times; expected 2."
    expect(traced == 2 and not eager, "how often checked(f) runs f", words, [traced, eager])


KEEPS = {
    "appends a result to a list": "in_a_list",
    "writes a result into an attribute": "in_an_attribute",
    "writes x into a global dict": "in_a_global",
    "appends the counter of a fori_loop to a list": "in_a_loop",
    "keeps a result in its first call alone": "in_the_first_call",
}
KEEPS_NOT = {
    "keeps nothing": "nothing",
    "keeps the shape, the dtype and the text of x": "its_shape",
    "removes from its list what it has appended": "for_a_while",
    "appends a Python number to a list": "a_constant",
}


@pytest.mark.points(2)
def test_leaks(learner, inside):
    """`leaks` says True for a function that keeps a tracer, and False for one
    that does not.
    """
    shapes = ((3,), (), (2, 4), (1,))
    functions = KEEPS | KEEPS_NOT
    for what in each(functions, "with an f that {}"):
        name, kept, x = functions[what], what in KEEPS, torch.randn(one_of(*shapes))
        found = fetch(learner.leaks(named(inside.function(name), "f"), x))
        inside.forget()
        said = found if isinstance(found, bool) else "something that is not a bool"
        expect(found is kept, "leaks(f, x)", f"leaks(f, x) returned {said}; expected {kept}.", isinstance(found, bool), name)


def test_leaks_setting(learner, inside):
    """`leaks` leaves `jax_check_tracer_leaks` as it was."""
    after = reading(inside.leaks_after, "leaks(f, x)")
    nothing, a_tracer = next(iter(KEEPS_NOT)), next(iter(KEEPS))
    cases = ((nothing, False), (a_tracer, False), (nothing, True), (a_tracer, True))
    for what, on in each(cases, "with an f that {} and jax_check_tracer_leaks {} before"):
        found = fetch(after(learner.leaks, (KEEPS | KEEPS_NOT)[what], torch.ones(3), on))
        words = f"jax_check_tracer_leaks is {found} after leaks(f, x); expected {on}, as before."
        expect(found == on, "jax_check_tracer_leaks after leaks(...)", words, found)
