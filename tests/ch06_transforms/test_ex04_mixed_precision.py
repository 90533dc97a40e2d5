"""Graded checks of 6.4 mixed_precision.

PyTorch and JAX round to bfloat16 at the same places, but not always to the same
side. Outputs are compared within `compare`'s tolerance for this dtype, 2e-2: in
300 draws, right outputs were at most 0.9e-2 apart, and those without the
rounding at least 18e-2.
"""

import pytest
import torch

from flaxkata.checks import compare, fetch, named, unchanged

LEARNED = "you say where JAX rounds to bfloat16; float32 arrays undo it, and sums, losses and weights need float32."

HINTS = (
    "autocast rounds what each Linear takes; round x and all params once, at "
    "the beginning. The loss needs its logits in float32 from its first line. "
    "The optimizer's weights are never rounded; only the copy made from them "
    "is.",
    "`jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), tree)` rounds a "
    "tree, and the same with jnp.float32 converts it back; "
    "`optax.softmax_cross_entropy_with_integer_labels(logits, labels)` "
    "returns one loss per row.",
    "forward_bf16: round (params, x), compute as in float32, and return "
    'params["scale"] * logits. cross_entropy: logits.astype(jnp.float32) '
    "first. master_step: grads to float32, tx.update(grads, state, master), "
    "optax.apply_updates(master, updates), and a copy of the result in "
    "bfloat16.",
)
# For float32 gradients that were summed in bfloat16 on the way: in 300 draws
# they were at most 2e-2 apart.
GRADIENT = 5e-2


def in_flax(layer, what="data"):
    return {"kernel": getattr(layer.weight, what).T, "bias": getattr(layer.bias, what)}


def net_in_flax(twin, what="data"):
    """The weights of TorchNet, or their gradients."""
    return {"fc1": in_flax(twin.fc1, what), "fc2": in_flax(twin.fc2, what), "scale": getattr(twin.scale, what)}


@pytest.fixture
def twin(reference):
    twin = reference.TorchNet(8, 6, 5)
    with torch.no_grad():
        for p in (*twin.fc1.parameters(), *twin.fc2.parameters()):
            p.copy_(torch.randn(p.shape) / 2)
    return twin


@pytest.mark.points(2)
def test_forward(learner, inside, reference, twin):
    """`forward_bf16` gives autocast's logits in bfloat16 and, under jax.jit,
    autocast's gradients in float32.
    """
    x, params = torch.randn(7, 8) / 2, net_in_flax(twin)
    theirs = reference.torch_forward_bf16(twin, x)
    compare(learner.forward_bf16(params, x), theirs, "forward_bf16(params, x)")
    cotangent = theirs.detach()  # as for a sum of squares, where rounded terms do not cancel
    mine = inside.gradient(learner.forward_bf16, params, x, cotangent)
    theirs.backward(cotangent)
    compare(mine, net_in_flax(twin, "grad"), "the gradients in params through forward_bf16", tolerance=GRADIENT)


@pytest.mark.points(2)
def test_rounded(learner, reference, twin):
    """`forward_bf16` rounds x and the params before it multiplies: numbers near
    300 lose as much as under autocast.
    """
    weight, x = twin.fc1.weight.data, torch.randn(7, 8)
    weight[:, 4:] = -weight[:, :4]
    near = 300 + x
    mine = learner.forward_bf16(net_in_flax(twin), near)
    compare(mine, reference.torch_forward_bf16(twin, near), "forward_bf16(params, x) of x near 300")
    weight += 300
    x[:, 4:] = -x[:, :4]
    mine = learner.forward_bf16(net_in_flax(twin), x)
    compare(mine, reference.torch_forward_bf16(twin, x), "forward_bf16(params, x), the kernel of fc1 near 300,")


def test_cross_entropy(learner, reference, jax):
    """`cross_entropy` of bfloat16 logits is what autocast computes in float32,
    even under jax.jit.
    """
    for rows, transform, words in ((7, lambda f: f, ""), (300, jax.jit, " under jax.jit")):
        logits, labels = (3 * torch.randn(rows, 5)).bfloat16(), torch.randint(5, (rows,))
        mine = transform(learner.cross_entropy)(logits, labels.int())
        theirs = reference.torch_cross_entropy(logits, labels)
        compare(mine, theirs, f"cross_entropy(logits, labels) of {rows} rows{words}")


def as_tree(tensors):
    return dict(zip(("kernel", "bias"), tensors, strict=True))


@pytest.fixture
def weights():
    """(master, copy) of a small PyTorch layer: kernel (6, 4) and bias (4,)."""
    master = [torch.nn.Parameter(torch.randn(6, 4)), torch.nn.Parameter(torch.randn(4))]
    return master, [torch.nn.Parameter(p.detach().bfloat16()) for p in master]


@pytest.mark.points(2)
def test_master(learner, inside, reference, weights, jax):
    """Four calls of `master_step` give PyTorch's float32 master and its
    bfloat16 copy, and leave the first master and state as they were.
    """
    master, copy = weights
    optimizer = torch.optim.AdamW(master, lr=0.2, weight_decay=0.1)
    tx = named(inside.adamw(), "tx")
    given = mine = named(jax.tree.map(jax.numpy.asarray, as_tree(master)), "master")
    begun = state = named(tx.init(mine), "state")
    before = fetch(given), fetch(begun)
    for _ in range(4):
        for p in copy:
            p.grad = torch.randn(p.shape).bfloat16()
        back = learner.master_step(tx, mine, state, as_tree([p.grad for p in copy]))
        mine, state, rounded = named(back[0], "master"), named(back[1], "state"), back[2]
        reference.torch_master_step(optimizer, master, copy)
    compare(mine, as_tree(master), "master after four of master_step")
    compare(rounded, as_tree(copy), "the copy after four of master_step")
    unchanged(before[0], fetch(given), "master")
    unchanged(before[1], fetch(begun), "state")


def test_small_steps(learner, inside, reference):
    """A hundred small steps of `master_step`, from weights of 1 and under
    jax.jit, get as far as PyTorch's.
    """
    master = [torch.nn.Parameter(torch.ones(6, 4)), torch.nn.Parameter(torch.ones(4))]
    copy = [torch.nn.Parameter(p.detach().bfloat16()) for p in master]
    optimizer = torch.optim.SGD(master, lr=0.001)
    for p in copy:
        p.grad = torch.rand(p.shape).bfloat16()
    back = inside.small_steps(learner.master_step, as_tree(master), as_tree([p.grad for p in copy]), 100)
    for _ in range(100):
        reference.torch_master_step(optimizer, master, copy)
    compare(back[0], as_tree(master), "master after 100 small steps of master_step")
    compare(back[1], as_tree(copy), "the copy after 100 small steps of master_step")
