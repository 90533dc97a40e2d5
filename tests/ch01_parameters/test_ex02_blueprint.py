"""Graded checks of 1.2 blueprint."""

import numpy as np
import torch

from flaxkata.checks import Spec, as_numpy, compare, expect, fetch, flatten, kind, named, show_path

LEARNED = "init(key, x) makes the weights, apply(variables, x) uses them, and eval_shape gives the shapes alone."

HINTS = (
    "`torch.nn.Linear(10, 128)` knows both sizes and has its weights at once. A Flax layer learns the first size, and "
    "gets its weights, when `init` runs it on an example.",
    "`model.init(key, example)` makes variables; `jax.random.key(seed)` makes a key; `jax.eval_shape(function, *args)` "
    "gives the shapes that `function(*args)` would have.",
    "init_params: model.init(jax.random.key(seed), jnp.ones((1, in_dim))). param_shapes: pass model.init and its "
    "two arguments to jax.eval_shape instead.",
)


def expected(reference, in_dim, hidden, output_dim):
    """The shapes that Flax gives PyTorch's model: kernels are transposed
    weights.
    """
    theirs = reference.torch_shapes(in_dim, hidden, output_dim)
    layer = {name: {"kernel": theirs[f"{name}.weight"][::-1], "bias": theirs[f"{name}.bias"]} for name in ("fc1", "fc2")}
    return {"params": layer}


def shape_leaves(tree, path=()):
    """Shapes by path: a leaf is a Spec, a tuple of ints, or an array."""
    if isinstance(tree, dict):
        return {p: leaf for key, item in tree.items() for p, leaf in shape_leaves(item, (*path, key)).items()}
    if isinstance(tree, tuple | list) and all(isinstance(n, int) for n in tree):
        return {path: tuple(tree)}
    return {path: tuple(tree.shape) if isinstance(tree, Spec) or hasattr(tree, "shape") else tree}


def same_shapes(label, mine, theirs):
    """Record whether two trees of shapes are equal; the finding names the
    first place where they are not.
    """
    mine, theirs = shape_leaves(mine), shape_leaves(theirs)
    missing, extra = [p for p in theirs if p not in mine], [p for p in mine if p not in theirs]
    other = [p for p in theirs if p in mine and mine[p] != theirs[p]]
    words = ""
    if missing or extra:
        words = f"{label} lacks {_some(missing)}" if missing else f"{label} has {_some(extra)}, which should not be there"
        words += f" and has {_some(extra)}" if missing and extra else ""
        words += ". The names must be those of the model that was passed in."
    elif other:
        words = f"{label}{show_path(other[0])} is {_shown(mine[other[0]])}; PyTorch's sizes give {theirs[other[0]]}."
    seen = [float(n) for leaf in mine.values() if isinstance(leaf, tuple) for n in leaf]
    return expect(not words, label, words, seen, detail=str(sorted(map(show_path, mine))))


def _some(paths):
    return ", ".join(show_path(p) or "something that is not a dict" for p in paths[:2]) + ", ..." * (len(paths) > 2)


def _shown(leaf):
    return leaf if isinstance(leaf, tuple) else f"a {kind(leaf)}"


def test_shapes(learner, inside, reference):
    """`param_shapes` gives the shape of every parameter, for 10, 50 and 7 input
    features.
    """
    for in_dim, hidden, out in ((10, 128, 3), (50, 128, 3), (7, 5, 2)):
        model = named(inside.MLP(hidden, out), f"MLP({hidden}, {out})")
        shapes = learner.param_shapes(model, in_dim)
        same_shapes(f"param_shapes(MLP({hidden}, {out}), {in_dim})", fetch(shapes), expected(reference, in_dim, hidden, out))


def test_shapes_cost_nothing(learner, inside):
    """`param_shapes` computes no weights to find the shapes."""
    inside.times_computed()
    learner.param_shapes(named(inside.Watched(6), "model"), 4)
    count = fetch(inside.times_computed())
    words = f"param_shapes(model, 4) drew the weights ({count} kernel{'s' * (count > 1)}) to find the shapes."
    words += " The weights of a large model may not fit into memory."
    expect(count == 0, "weights drawn by param_shapes", words, count)


def test_init(learner, inside, reference):
    """`init_params` makes variables that the model can use, with as many
    numbers as PyTorch's model has.
    """
    for in_dim in (10, 50):
        model = named(inside.MLP(128, 3), "model")
        variables = learner.init_params(model, 0, in_dim)
        data = fetch(variables)
        label = f"init_params(model, 0, {in_dim})"
        if not same_shapes(label, data, expected(reference, in_dim, 128, 3)):
            continue
        numbers = sum(as_numpy(leaf).size for leaf in flatten(data).values())
        theirs = sum(p.numel() for p in reference.TorchMLP(in_dim, 128, 3).parameters())
        compare(numbers, theirs, f"the count of numbers in {label}")
        odd = {path: kind(leaf) for path, leaf in flatten(data).items() if kind(leaf) != "jax.Array"}
        words = "".join(f"{label}{show_path(path)} is a {name}, not a jax.Array. " for path, name in odd.items())
        expect(not odd, f"the arrays of {label}", words.strip(), len(odd))
        x = torch.randn(4, in_dim)
        twin = reference.TorchMLP(in_dim, 128, 3)
        run = inside.outputs(model, variables, x)
        compare(list(fetch(run).shape), list(twin(x).shape), f"the shape that the model gives with {label}")


def test_seed_decides(learner, inside):
    """The same seed gives the same weights, and a different seed gives
    different ones.
    """
    model = named(inside.MLP(16, 3), "model")
    first, again, other = (flatten(fetch(learner.init_params(model, seed, 10))) for seed in (1, 1, 2))
    kernels = [p for p in first if getattr(first[p], "shape", ()) in ((10, 16), (16, 3))]
    if not expect(bool(kernels), "kernels", "init_params(model, 1, 10) gave no kernels of shape (10, 16) or (16, 3)."):
        return
    for path in kernels:
        same = np.array_equal(as_numpy(first[path]), as_numpy(again[path]))
        expect(
            same,
            f"{path[-2:]} twice",
            f"init_params(model, 1, 10) called twice gave two different kernels at {show_path(path)}.",
        )
        apart = not np.allclose(as_numpy(first[path]), as_numpy(other[path]))
        words = f"Seeds 1 and 2 gave the same numbers at {show_path(path)}; `seed` has no effect."
        expect(apart, f"{path[-2:]} of two seeds", words)
