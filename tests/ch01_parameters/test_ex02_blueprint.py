"""Graded checks of 1.2 blueprint."""

import functools
import operator

import numpy as np
import torch

from flaxkata.checks import (
    Spec,
    as_numpy,
    between,
    compare,
    expect,
    fetch,
    flatten,
    kind,
    named,
    separate,
    show_path,
    when,
)

LEARNED = "init(key, x) makes the weights, apply(variables, x) uses them, and eval_shape gives the shapes alone."

HINTS = (
    "`torch.nn.Linear(10, 128)` knows both sizes and has its weights at once. A Flax layer learns the first size, and "
    "gets its weights, when `init` runs it on an example.",
    "`model.init(key, example)` makes variables; `jax.random.key(seed)` makes a key; `jax.eval_shape(function, *args)` "
    "gives the shapes that `function(*args)` would have.",
    "init_params: model.init(jax.random.key(seed), jnp.ones((1, in_dim))). param_shapes: pass model.init and its "
    "two arguments to jax.eval_shape instead.",
)

WORDS = {
    "TorchMLP()": "model.init(key, x)",
    "torch.manual_seed": "jax.random.key(seed)",
    'torch.device("meta")': "jax.eval_shape",
}


def expected(reference, in_dim, hidden, output_dim):
    """The shapes that Flax gives PyTorch's model: kernels are transposed
    weights.
    """
    theirs = reference.torch_shapes(in_dim, hidden, output_dim)
    layer = {name: {"kernel": theirs[f"{name}.weight"][::-1], "bias": theirs[f"{name}.bias"]} for name in ("fc1", "fc2")}
    return {"params": layer}


def block_shapes(in_dim, hidden):
    """The shapes of a model with a BatchNorm, a parameter without axes and a
    count inside a block, as PyTorch's layers have them.
    """
    with torch.device("meta"):
        fc, norm, decoder = torch.nn.Linear(in_dim, hidden), torch.nn.BatchNorm1d(hidden), torch.nn.Linear(hidden, in_dim)

    def dense(layer):
        return {"kernel": tuple(layer.weight.shape)[::-1], "bias": tuple(layer.bias.shape)}

    encoder = {"fc": dense(fc), "norm/0": {"scale": tuple(norm.weight.shape), "bias": tuple(norm.bias.shape)}}
    encoder["scaled.1"] = {"factor": tuple(torch.nn.Parameter(torch.tensor(1.0)).shape)}
    stats = {"mean": tuple(norm.running_mean.shape), "var": tuple(norm.running_var.shape)}
    statistics = {"encoder": {"center": (in_dim,), "norm/0": stats, "scaled.1": {"var": stats["var"]}}}
    others = {"batch_stats": statistics, "counts": {"encoder": {"scaled.1": {"passes": (1,)}}}}
    return {"params": {"encoder": encoder, "decoder": dense(decoder)}, **others}


def leaves(tree, path=()):
    """Leaves by path; a tuple of ints is one, as a shape."""
    if isinstance(tree, dict) and tree:
        return {p: leaf for key, item in tree.items() for p, leaf in leaves(item, (*path, key)).items()}
    if isinstance(tree, tuple | list) and all(isinstance(n, int) for n in tree):
        return {path: tuple(tree)}
    return {path: tree}


def shape_of(leaf):
    """The shape that a leaf is, or has; None if there is none."""
    if isinstance(leaf, tuple):
        return leaf if all(isinstance(n, int) for n in leaf) else None
    return getattr(leaf, "shape", None)


def called(leaf):
    """What a leaf is, as the learner calls it."""
    name = "jax.ShapeDtypeStruct" if isinstance(leaf, Spec) else kind(leaf)
    return f"a {name} of {leaf.dtype}" if hasattr(leaf, "dtype") else f"a {name}"


def same_shapes(label, mine, theirs, holds="shapes"):
    """Record whether a tree that holds shapes, or arrays, has those of PyTorch;
    the finding names the first place where it has not.
    """
    mine, theirs = leaves(mine), leaves(theirs)
    missing, extra = [p for p in theirs if p not in mine], [p for p in mine if p not in theirs]
    words = ""
    if () in mine:
        words = f"{label} gave {called(mine[()])}; expected a dict with the collection 'params'."
    elif missing or extra:
        words = f"{label} lacks {_some(missing)}" if missing else f"{label} has {_some(extra)}, which should not be there"
        words += f" and has {_some(extra)}" if missing and extra else ""
        words += ". The names must be those of the model that was passed in."
    else:
        wrong = ((p, _wrong(mine[p], theirs[p], holds)) for p in theirs)
        words = next((f"{label}{show_path(p)} {said}" for p, said in wrong if said), "")
    seen = [float(n) for leaf in mine.values() for n in shape_of(leaf) or ()]
    return expect(
        not words, label, words, seen, detail=str(sorted(map(show_path, mine))) if () not in mine else called(mine[()])
    )


def _wrong(leaf, shape, holds):
    """What is wrong with a leaf, or nothing."""
    if (found := shape_of(leaf)) is None:
        return f"is {called(leaf)}; PyTorch's sizes give {shape}."
    if tuple(found) != shape:
        return f"is {tuple(found)}; PyTorch's sizes give {shape}."
    if holds == "shapes" and not isinstance(leaf, tuple | Spec):
        return f"is {called(leaf)}; expected its shape alone, a jax.ShapeDtypeStruct or a tuple."
    if isinstance(leaf, Spec) and leaf.dtype != "float32":
        return f"has dtype {leaf.dtype}; `init` makes float32."
    return ""


def _some(paths):
    return ", ".join(show_path(p) for p in paths[:2]) + ", ..." * (len(paths) > 2)


SOWS = "for a model that sows an array as 'intermediates', which `init` leaves out"


def test_shapes(learner, inside, reference):
    """`param_shapes` gives the shape of every parameter, for 10, 50 and 7 input
    features, of a BatchNorm's statistics, and of a parameter without axes,
    under the names that they have, even with dots and slashes.
    """
    for in_dim, hidden, out in ((10, 128, 3), (50, 128, 3), (7, 5, 2)):
        model = named(inside.MLP(hidden, out), f"MLP({hidden}, {out})")
        shapes = learner.param_shapes(model, in_dim)
        same_shapes(f"param_shapes(MLP({hidden}, {out}), {in_dim})", fetch(shapes), expected(reference, in_dim, hidden, out))
    with when("for a model with a BatchNorm inside a block, and layers called 'norm/0' and 'scaled.1'"):
        shapes = learner.param_shapes(named(inside.Autoencoder(6), "model"), 7)
        same_shapes("param_shapes(model, 7)", fetch(shapes), block_shapes(7, 6))
    with when(SOWS):
        shapes = learner.param_shapes(named(inside.Tapped(5, 2), "model"), 7)
        same_shapes("param_shapes(model, 7)", fetch(shapes), expected(reference, 7, 5, 2))


def test_shapes_cost_nothing(learner, inside):
    """`param_shapes` computes no weights to find the shapes."""
    inside.times_computed()
    learner.param_shapes(named(inside.Watched(6), "model"), 4)
    count = fetch(inside.times_computed())
    words = f"param_shapes(model, 4) drew the weights ({count} kernel{'s' * (count > 1)}) to find the shapes."
    words += " The weights of a large model may not fit into memory."
    expect(count == 0, "weights drawn by param_shapes", words, count)


def are_arrays(label, data):
    """Record whether all leaves are jax.Arrays of float32."""
    found = {path: called(leaf) for path, leaf in flatten(data).items()}
    odd = {path: said for path, said in found.items() if said != "a jax.Array of float32"}
    words = "".join(f"{label}{show_path(path)} is {said}" for path, said in list(odd.items())[:1])
    words += f", and {len(odd) - 1} more are not right either" if len(odd) > 1 else ""
    return expect(
        not odd,
        f"the arrays of {label}",
        f"{words}; `init` gives float32 in a jax.Array.",
        len(odd),
        next(iter(odd.values()), ""),
    )


RESULTS = ("one result of init_params(model, 7, 50)", "the next")


def test_init(learner, inside, reference):
    """`init_params` makes variables that the model can use, with as many
    numbers as PyTorch's model has, drawn by the model's own initializers, and
    in new dicts each time.
    """
    for seed, in_dim in ((0, 10), (7, 50)):
        model = named(inside.MLP(128, 3), "model")
        variables = learner.init_params(model, seed, in_dim)
        data = fetch(variables)
        label = f"init_params(model, {seed}, {in_dim})"
        if not same_shapes(label, data, expected(reference, in_dim, 128, 3), "arrays"):
            continue
        if not are_arrays(label, data):
            continue
        numbers = sum(as_numpy(leaf).size for leaf in flatten(data).values())
        theirs = sum(p.numel() for p in reference.TorchMLP(in_dim, 128, 3).parameters())
        compare(numbers, theirs, f"the count of numbers in {label}")
        x = torch.randn(4, in_dim)
        twin = reference.TorchMLP(in_dim, 128, 3)
        run = model.apply(named(variables, label), x)
        compare(list(fetch(run).shape), list(twin(x).shape), f"the shape that the model gives with {label}")
    its_own_initializers(learner, inside)
    with when(SOWS):
        data = fetch(learner.init_params(named(inside.Tapped(16, 3), "model"), 1, 10))
        same_shapes("init_params(model, 1, 10)", data, expected(reference, 10, 16, 3), "arrays")
    model = named(inside.MLP(128, 3), "model")
    first, second = (named(learner.init_params(model, 7, 50), name) for name in RESULTS)
    separate(first, second)


def its_own_initializers(learner, inside):
    """Record whether the model's own initializers were run: two of these fill
    their array with a number; and whether statistics are those of `init`.
    """
    kernel, bias = between(0.2, 0.4), between(-0.4, -0.2)
    with when(f"for a block whose initializers are constant({kernel}) and constant({bias})"):
        data = fetch(learner.init_params(named(inside.Autoencoder(6, kernel, bias), "model"), 3, 7))
        if not same_shapes("init_params(model, 3, 7)", data, block_shapes(7, 6), "arrays"):
            return
        if not are_arrays("init_params(model, 3, 7)", data):
            return
        for path, value in ((("fc", "kernel"), kernel), (("fc", "bias"), bias), (("norm/0", "scale"), 1.0)):
            found = as_numpy(data["params"]["encoder"][path[0]][path[1]])
            other = int((np.abs(found - value) > 1e-5).sum())
            name = f"init_params(model, 3, 7){show_path(('params', 'encoder', *path))}"
            words = f"{name} has {other} numbers other than {value}, such as {found.ravel()[0]:.4g}:"
            expect(not other, name, f"{words} the model's own initializer did not make them.", other)
        for path, value in ((("scaled.1", "var"), kernel), (("center",), 1 / 3)):
            found = as_numpy(functools.reduce(operator.getitem, path, data["batch_stats"]["encoder"]))
            name = f"init_params(model, 3, 7){show_path(('batch_stats', 'encoder', *path))}"
            words = f"{name} holds {found[0]:.6g}; the model's `init` gives {value:.6g} for a float32 input."
            expect(bool((np.abs(found - value) < 1e-5).all()), name, words)


def test_seed_decides(learner, inside):
    """The same seed gives the same weights, whatever the number of features and
    the class of the model, and a different seed gives different ones.
    """
    model = named(inside.MLP(16, 3), "model")
    seeds = (0, 1, int(between(1000, 1_000_000)))
    first, again = ({s: flatten(fetch(learner.init_params(model, s, 10))) for s in order} for order in (seeds, seeds[::-1]))
    kernels = [p for p, leaf in first[0].items() if hasattr(leaf, "value") and leaf.shape in ((10, 16), (16, 3))]
    words = "init_params(model, 0, 10) gave no kernels of shape (10, 16) or (16, 3)."
    if not expect(bool(kernels), "kernels", words, detail=str(sorted({called(leaf) for leaf in first[0].values()}))):
        return
    for path in kernels:
        numbers = [as_numpy(first[seed][path]) for seed in seeds]
        twice = [s for s, a in zip(seeds, numbers, strict=True) if not np.array_equal(a, as_numpy(again[s][path]))]
        words = "".join(f"init_params(model, {s}, 10) called twice gave two different kernels" for s in twice[:1])
        expect(not twice, f"{path[-2:]} twice", f"{words} at {show_path(path)}.")
        pairs = [(0, 1), (0, 2), (1, 2)]
        alike = [f"{seeds[a]} and {seeds[b]}" for a, b in pairs if np.allclose(numbers[a], numbers[b])]
        words = f"Seeds {', '.join(alike)} gave the same numbers at {show_path(path)}."
        words += " `seed` has no effect." if len(alike) == len(pairs) else ""
        expect(not alike, f"{path[-2:]} of different seeds", words, len(alike))
    wider = flatten(fetch(learner.init_params(model, 1, 12)))
    for path in (p for p in kernels if first[1][p].shape == (16, 3)):
        there = wider.get(path)
        same = hasattr(there, "value") and there.shape == (16, 3)
        same = same and np.allclose(as_numpy(first[1][path]), as_numpy(there))
        words = f"init_params(model, 1, 12) and init_params(model, 1, 10) differ at {show_path(path)}, whose shape is (16, 3)"
        expect(same, f"{path[-2:]} for 12 features", f"{words} in both. Its numbers depend on `seed` alone.")
    there = flatten(fetch(learner.init_params(named(inside.Tapped(16, 3), "other"), 1, 10)))
    for path in kernels:
        same = hasattr(there.get(path), "value") and there[path].shape == first[1][path].shape
        same = same and np.allclose(as_numpy(first[1][path]), as_numpy(there[path]))
        words = f"init_params(model, 1, 10) and init_params(other, 1, 10) differ at {show_path(path)}, where `other` has the"
        words += " same layers in a different class. Its numbers depend on `seed` alone."
        expect(same, f"{path[-2:]} of a different class", words)
