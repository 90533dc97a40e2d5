"""Graded checks of 1.1 define_mlp."""

import torch

from flaxkata.checks import compare, each, expect, fetch, flatten, named, show_path, when

LEARNED = "a Flax module is a recipe; its layers take names and get their input size from the data."

HINTS = (
    "Write the three lines of TorchMLP.forward in the same order. Where it uses `self.fc1`, make a layer on the spot; the "
    "layer takes only the number of features that come out.",
    "`nn.Dense(features)` is Flax's Linear; `nn.relu` is a function. `self.output_dim` is the field.",
    "x = nn.Dense(128)(x), then x = nn.relu(x), then return a Dense of self.output_dim features, applied to x.",
)

WORDS = {
    "torch.nn.Module": "flax.linen.Module",
    "torch.nn.Linear(in, out)": "nn.Dense(out)",
    "forward": "__call__",
    "torch.relu": "nn.relu",
}

OLDER = {"flax.nn": "flax.linen", "jax.experimental.stax": "flax.linen"}


def built(learner, jax, output_dim, batch=2):
    """The learner's model and its variables, as handles."""
    model = named(learner.FlaxMLP(output_dim=output_dim), f"FlaxMLP({output_dim})")
    return model, named(model.init(jax.random.key(0), torch.ones(batch, 10)), "variables")


def with_torch_weights(variables, twin):
    """The learner's variables with PyTorch's weights in the places where they
    fit, whatever the places are called.

    A place is found by its shape, a kernel in either orientation. Sizes are
    all different, or it does not matter which weight goes where, as in
    `twin_of_one_width`. None when the shapes do not pair off.
    """
    theirs, filled = [p.detach() for p in twin.parameters()], {}
    for path, leaf in flatten(variables).items():
        fits = [t for t in theirs if getattr(leaf, "shape", None) in (t.shape, t.T.shape if t.ndim == 2 else t.shape)]
        if not fits:
            return None
        theirs = [t for t in theirs if t is not fits[0]]
        filled[path] = fits[0] if leaf.shape == fits[0].shape else fits[0].T
    return nested(filled) if not theirs else None


def nested(leaves):
    """The tree of dicts with these leaves."""
    tree = {}
    for path, leaf in leaves.items():
        *above, last = path
        node = tree
        for key in above:
            node = node.setdefault(key, {})
        node[last] = leaf
    return tree


def shapes(leaves):
    """Shapes as a sorted list, a kernel's without its orientation."""
    return sorted(tuple(sorted(getattr(leaf, "shape", ()))) for leaf in leaves)


SIZES = (3, 7, 1)


def test_parameters(learner, reference, jax):
    """FlaxMLP has TorchMLP's parameters: two kernels and two biases of the same
    sizes. With 128 outputs, both layers are of one width.
    """
    for output_dim in (*SIZES, 128):
        _, variables = built(learner, jax, output_dim)
        mine, theirs = flatten(fetch(variables)), dict(reference.TorchMLP(output_dim).named_parameters())
        found = ", ".join(f"{show_path(p)} {getattr(leaf, 'shape', leaf)}" for p, leaf in mine.items() if p)
        words = f"FlaxMLP({output_dim}).init gave {found or 'no parameters at all'}. TorchMLP({output_dim}) has "
        words += ", ".join(f"{name} {tuple(p.shape)}" for name, p in theirs.items()) + "."
        same = shapes(mine.values()) == shapes(theirs.values())
        expect(same, f"parameters of FlaxMLP({output_dim})", words, [d for s in shapes(mine.values()) for d in s])


def twin_of_one_width(reference):
    """TorchMLP(128) with one bias twice and a symmetric second weight, so that
    shapes alone say where they go.
    """
    twin = reference.TorchMLP(128)
    with torch.no_grad():
        twin.fc2.bias.copy_(twin.fc1.bias)
        twin.fc2.weight.copy_(twin.fc2.weight + twin.fc2.weight.T)
    return twin


def ported(learner, reference, jax, output_dim, label):
    """The learner's model, its variables with TorchMLP's weights, and the
    TorchMLP; None if they do not fit.
    """
    twin = twin_of_one_width(reference) if output_dim == 128 else reference.TorchMLP(output_dim)
    model, variables = built(learner, jax, output_dim)
    weights = with_torch_weights(fetch(variables), twin)
    words = f"{label} has parameters of other shapes than TorchMLP({output_dim}), so TorchMLP's weights do not fit."
    return (model, weights, twin) if expect(weights is not None, label, words) else None


def test_same_numbers(learner, reference, jax):
    """With TorchMLP's weights, FlaxMLP gives TorchMLP's numbers, also where
    both layers are of one width, and for large numbers in x.
    """
    for output_dim in (*SIZES, 128):
        label = f"FlaxMLP({output_dim})"
        if parts := ported(learner, reference, jax, output_dim, label):
            model, weights, twin = parts
            x = 10 * torch.randn(6, 10)  # far beyond the 6 at which relu6 ends
            compare(model.apply(weights, x), twin(x), f"{label} with TorchMLP's weights")
            if output_dim == 3:
                with when("for numbers around 1e25 in x"):
                    x = 1e25 * torch.randn(6, 10)
                    compare(model.apply(weights, x), twin(x), f"{label} with TorchMLP's weights")


def test_any_batch(learner, reference, jax):
    """FlaxMLP gives TorchMLP's numbers for a single example, a batch of one, an
    empty batch, and batches of batches.
    """
    if parts := ported(learner, reference, jax, 3, "FlaxMLP(3)"):
        model, weights, twin = parts
        for shape in each(((10,), (1, 10), (4, 2, 10), (3, 1, 2, 10), (0, 10)), "for x of shape {}"):
            x = 3 * torch.randn(shape)
            compare(model.apply(weights, x), twin(x), "FlaxMLP(3)")


def test_jit(learner, jax):
    """FlaxMLP gives the same numbers under jax.jit."""
    model, variables = built(learner, jax, 3)
    x = torch.randn(5, 10)
    plain = fetch(model.apply(variables, x))
    compare(jax.jit(model.apply)(variables, x), plain, "FlaxMLP(3) under jax.jit", reference="FlaxMLP(3) without jit")
