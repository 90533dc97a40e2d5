"""Graded checks of 6.2 per_sample."""

import pytest
import torch

from flaxkata.checks import between, compare, each, expect, fetch, named, preserving, unchanged, when

LEARNED = "vmap turns a function of one sample or one model into one of many, and traces it once."

HINTS = (
    "torch.func's vmap(grad(loss), in_dims=(None, 0, 0)) reads almost the same in JAX. Write the clipping, too, for one "
    "sample's gradients and let vmap apply it to all of them; the mean comes last. An ensemble is one forward over stacked "
    "weights.",
    "`jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))`; `jax.vmap(clip)` with a clip that uses the `optax.global_norm` of "
    "its argument; `jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)`.",
    "dp_mean: def clip(grad) multiplies each leaf by jnp.minimum(1.0, max_norm / (optax.global_norm(grad) + 1e-6)); then "
    "jax.tree.map(lambda g: g.mean(axis=0), jax.vmap(clip)(grads)). ensemble: jax.vmap(forward, in_axes=(0, None)) on the "
    "stacked params and x.",
)

WORDS = {
    "torch.func.grad": "jax.grad",
    "torch.func.vmap": "jax.vmap",
    "torch.func.stack_module_state": "jnp.stack",
}


def in_flax(weights, tree="flat"):
    """Copies of PyTorch's tensors by parameter name, in Flax's layout, or in a
    "nested" tree with a list. They may have more axes in front.
    """
    layers = ("fc1", "fc2")
    found = {n: {"kernel": weights[f"{n}.weight"].mT.clone(), "bias": weights[f"{n}.bias"].clone()} for n in layers}
    return {"net": {"layers": list(found.values())}} if tree == "nested" else found


def samples(twin, count):
    """Samples whose gradients grow from first to last, with norms from well
    below 1 to well above.
    """
    xs = torch.randn(count, twin.fc1.in_features)
    away = torch.randn(count, twin.fc2.out_features) * torch.logspace(-1.5, 1, count)[:, None]
    return xs, (twin(xs) + away).detach()


def turned(tree):
    """The same tree, in whose dicts the keys are in the reverse order."""
    return {name: turned(tree[name]) for name in reversed(tree)} if isinstance(tree, dict) else tree


@pytest.fixture
def make(inside):
    """A function that puts a tree, or a list of them, into the other room."""

    def put(tree, name="params"):
        return named(inside.kept(tree), name)

    return put


def test_per_sample(learner, inside, reference, make):
    """`per_sample_grads` gives torch.func's gradients, sample by sample."""
    for count, tree in each(((7, "flat"), (1, "nested")), "with a batch of {} and {} params"):
        twin = reference.TorchMLP(4, 6, 3)
        xs, ys = samples(twin, count)
        params = make(in_flax(twin.state_dict(), tree))
        mine = preserving(learner.per_sample_grads, "", "params")(named(inside.Loss(), "loss_fn"), params, xs, ys)
        compare(mine, in_flax(reference.torch_per_sample_grads(twin, xs, ys), tree), "per_sample_grads(...)")


def test_loss_traced(learner, inside, reference, make):
    """`per_sample_grads` runs the Python code of loss_fn once or twice, not
    once per sample.
    """
    twin = reference.TorchMLP(4, 6, 3)
    loss_fn = named(inside.Loss(), "loss_fn")
    # So many that a loop over batches of them shows, too.
    learner.per_sample_grads(loss_fn, make(in_flax(twin.state_dict())), *samples(twin, 300))
    count = fetch(loss_fn.count)
    words = f"For 300 samples, Python ran loss_fn {count} times; jax.vmap traces it once."
    expect(0 < count <= 3, "how often per_sample_grads runs loss_fn", words, count)


@pytest.fixture
def clipped(learner, make):
    """A function that compares the `dp_mean` of gradients with PyTorch's.
    `arrange` puts PyTorch's tensors by name into a tree.
    """

    def check(reference, torchs, max_norm, arrange=in_flax, transform=lambda f: f, tolerance=None):
        grads = make(arrange(torchs), "grads")
        mine = transform(learner.dp_mean)(grads, max_norm)
        theirs = arrange(reference.torch_dp_mean(torchs, max_norm))
        compare(mine, theirs, "dp_mean(grads, max_norm)", tolerance=tolerance)
        unchanged(arrange(torchs), fetch(grads), "grads")

    return check


def gradients(reference, sizes, count):
    """PyTorch's gradients of `samples`."""
    twin = reference.TorchMLP(*sizes)
    return reference.torch_per_sample_grads(twin, *samples(twin, count))


def arranged(tensors):
    """A tree of another form, with a list, and with a leaf that has nothing but
    the samples.
    """
    first, second, third = (tensors[name].clone() for name in ("w", "b", "gain"))
    return {"block": {"attn": {"w": first}, "b": second}, "gains": [third[..., 0]]}


SMALL = 4e-7  # in 300 draws, PyTorch's 1e-6 made at most 1.5e-7 of this, and a 1e-6 under the root at least 7.7e-7


@pytest.mark.points(2)
def test_dp_mean(clipped, reference):
    """`dp_mean` clips each sample's gradient, all leaves together, before it
    takes the mean, as `torch_dp_mean` does, in any tree.
    """
    cases = ((7, between(0.3, 0.8)), (7, between(2, 4)), (7, between(100, 200)), (1, between(0.01, 0.02)))
    for count, max_norm in each(cases, "with a batch of {} and max_norm {}"):
        clipped(reference, gradients(reference, (4, 6, 3), count), max_norm)
    with when("with gradients and a max_norm near 1e-3"):
        small = {name: g / 1e3 for name, g in gradients(reference, (4, 6, 3), 7).items()}
        clipped(reference, small, between(1e-3, 2e-3), tolerance=SMALL)
    with when("with grads in a different tree, of dicts and a list, one leaf of shape (samples,)"):
        torchs = {"w": torch.randn(6, 2, 3, 4), "b": torch.randn(6, 5), "gain": 3 * torch.randn(6, 1)}
        clipped(reference, torchs, between(4, 6), arrange=arranged)


def test_square(clipped, reference, jax):
    """`dp_mean` gives PyTorch's result under jax.jit, even where all sizes
    equal the number of samples and a mix-up raises no error.
    """
    with when("with 5 samples and layers of 5, under jax.jit"):
        clipped(reference, gradients(reference, (5, 5, 5), 5), between(1, 2), transform=jax.jit)


def test_zero(clipped, reference):
    """`dp_mean` accepts a sample whose gradient is zero, such as a masked one,
    and returns no NaN.
    """
    cases = ((7, between(1, 2)), (1, between(0.3, 0.8)))
    for count, max_norm in each(cases, "with a batch of {}, max_norm {} and one gradient of zero"):
        torchs = gradients(reference, (4, 6, 3), count)
        for g in torchs.values():
            g[count // 2] = 0
        clipped(reference, torchs, max_norm)


def test_ensemble(learner, inside, reference, make):
    """`ensemble` gives the outputs of all models, as PyTorch's
    stack_module_state and vmap do, whatever the order of the dicts.
    """
    cases = ((5, 5, "flat"), (5, 8, "flat"), (5, 5, "differently ordered"), (1, 3, "nested"))
    for count, rows, tree in each(cases, "with an ensemble of {}, {} rows and {} params"):
        models, x = [reference.TorchMLP(4, 6, 3) for _ in range(count)], torch.randn(rows, 4)
        trees, theirs = [in_flax(m.state_dict(), tree) for m in models], reference.torch_ensemble(models, x)
        if tree == "nested":  # with an int32 leaf that forward takes as an index
            for i, one in enumerate(trees):
                one["order"] = torch.randperm(3).int()
                theirs[i] = theirs[i][:, one["order"]]
        if tree == "differently ordered":
            trees[1::2] = map(turned, trees[1::2])
        mine = preserving(learner.ensemble, "", "all_params")(named(inside.Forward(), "forward"), make(trees, "all_params"), x)
        compare(mine, theirs, "ensemble(forward, all_params, x)")
    with when("where forward subtracts the mean over the batch"):
        models, x = [reference.TorchMLP(4, 6, 3) for _ in range(4)], torch.randn(7, 4)
        forward = named(inside.Forward(centered=True), "forward")
        mine = learner.ensemble(forward, make([in_flax(m.state_dict()) for m in models], "all_params"), x)
        theirs = reference.torch_ensemble(models, x)
        compare(mine, theirs - theirs.mean(dim=1, keepdim=True), "ensemble(forward, all_params, x)")


def test_forward_traced(learner, inside, reference, make):
    """`ensemble` runs the Python code of forward once or twice, not once per
    model.
    """
    all_params = make([in_flax(reference.TorchMLP(4, 6, 3).state_dict()) for _ in range(5)], "all_params")
    forward = named(inside.Forward(), "forward")
    learner.ensemble(forward, all_params, torch.randn(5, 4))
    count = fetch(forward.count)
    words = f"For 5 models, Python ran forward {count} times; jax.vmap traces it once."
    expect(0 < count <= 2, "how often ensemble runs forward", words, count)
