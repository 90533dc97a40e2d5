"""Graded checks of 6.2 per_sample."""

import pytest
import torch

from flaxkata.checks import compare, expect, fetch, named, unchanged

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


def in_flax(weights):
    """Copies of PyTorch's tensors by parameter name, in Flax's layout. They may
    have more axes in front.
    """
    layers = ("fc1", "fc2")
    return {n: {"kernel": weights[f"{n}.weight"].mT.clone(), "bias": weights[f"{n}.bias"].clone()} for n in layers}


def samples(twin, count):
    """Samples whose gradients grow from first to last, with norms from well
    below 1 to well above.
    """
    xs = torch.randn(count, twin.fc1.in_features)
    away = torch.randn(count, twin.fc2.out_features) * torch.logspace(-1.5, 1, count)[:, None]
    return xs, (twin(xs) + away).detach()


@pytest.fixture
def make(jax):
    """A function that puts weights, or a list of them, into the other room, in
    Flax's layout.
    """

    def trees(weights, name="params"):
        found = [in_flax(w) for w in weights] if isinstance(weights, list) else in_flax(weights)
        return named(jax.tree.map(jax.numpy.asarray, found), name)

    return trees


def test_per_sample(learner, inside, reference, make):
    """`per_sample_grads` gives torch.func's gradients, sample by sample."""
    twin = reference.TorchMLP(4, 6, 3)
    xs, ys = samples(twin, 7)
    mine = learner.per_sample_grads(named(inside.Loss(), "loss_fn"), make(twin.state_dict()), xs, ys)
    compare(mine, in_flax(reference.torch_per_sample_grads(twin, xs, ys)), "per_sample_grads(...)")


def test_loss_traced(learner, inside, reference, make):
    """`per_sample_grads` runs the Python code of loss_fn once, not once per
    sample.
    """
    twin = reference.TorchMLP(4, 6, 3)
    loss_fn = named(inside.Loss(), "loss_fn")
    learner.per_sample_grads(loss_fn, make(twin.state_dict()), *samples(twin, 7))
    count = fetch(loss_fn.count)
    words = f"For 7 samples, Python ran loss_fn {count} times; jax.vmap traces it once."
    expect(count <= 3, "how often per_sample_grads runs loss_fn", words, count)


@pytest.fixture
def clipped(learner, reference, make):
    """A function that makes gradients and compares their `dp_mean` with
    PyTorch's. `change` alters the gradients first.
    """

    def check(sizes, count, max_norm, change=lambda g: g, transform=lambda f: f, words=""):
        twin = reference.TorchMLP(*sizes)
        torchs = {n: change(g) for n, g in reference.torch_per_sample_grads(twin, *samples(twin, count)).items()}
        grads = make(torchs, "grads")
        mine = transform(learner.dp_mean)(grads, max_norm)
        compare(mine, in_flax(reference.torch_dp_mean(torchs, max_norm)), f"{words}dp_mean(grads, {max_norm})")
        unchanged(in_flax(torchs), fetch(grads), "grads")

    return check


@pytest.mark.points(2)
def test_dp_mean(clipped):
    """`dp_mean` clips each sample's gradient, all leaves together, before it
    takes the mean, as `torch_dp_mean` does.
    """
    clipped((4, 6, 3), 7, 1.5)


def test_square(clipped, jax):
    """`dp_mean` gives PyTorch's result under jax.jit, even where all sizes
    equal the number of samples and a mix-up raises no error.
    """
    clipped((5, 5, 5), 5, 1.5, transform=jax.jit, words="5 samples, layers of 5, jax.jit: ")


def test_zero(clipped):
    """`dp_mean` accepts a sample whose gradient is zero, such as a masked one,
    and returns no NaN.
    """

    def zeroed(g):
        g[2] = 0
        return g

    clipped((4, 6, 3), 7, 1.5, change=zeroed, words="one sample's gradient is zero: ")


def test_ensemble(learner, inside, reference, make):
    """`ensemble` gives the outputs of all models, as PyTorch's
    stack_module_state and vmap do.
    """
    models = [reference.TorchMLP(4, 6, 3) for _ in range(5)]
    all_params, forward = make([m.state_dict() for m in models], "all_params"), named(inside.Forward(), "forward")
    for rows in (5, 8):
        x = torch.randn(rows, 4)
        mine = learner.ensemble(forward, all_params, x)
        compare(mine, reference.torch_ensemble(models, x), f"ensemble(forward, all_params, x) of 5 models for x {(rows, 4)}")


def test_forward_traced(learner, inside, reference, make):
    """`ensemble` runs the Python code of forward once, not once per model."""
    models = [reference.TorchMLP(4, 6, 3).state_dict() for _ in range(5)]
    forward = named(inside.Forward(), "forward")
    learner.ensemble(forward, make(models, "all_params"), torch.randn(5, 4))
    count = fetch(forward.count)
    words = f"For 5 models, Python ran forward {count} times; jax.vmap traces it once."
    expect(count <= 2, "how often ensemble runs forward", words, count)
