"""Graded checks of 6.4 mixed_precision.

PyTorch and JAX round to bfloat16 at the same places, but not always to the same
side. Logits are compared within 4e-2: in 1000 draws, right ones were at most
1.3e-2 apart, and those without the rounding at least 10e-2.
"""

import pytest
import torch

from flaxkata.checks import as_numpy, between, compare, each, fetch, named, preserving, reading, unchanged, when

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

WORDS = {"torch.autocast": "dtype=jnp.bfloat16"}
LOGITS = 4e-2
EXACT = 1e-4  # where the rounding makes a layer's sums 0; unrounded ones are 0.012
# For float32 gradients that were summed in bfloat16 on the way: in 300 draws
# they were at most 2.5e-2 apart.
GRADIENT = 6e-2


def in_flax(layer, what="data"):
    return {"kernel": getattr(layer.weight, what).T, "bias": getattr(layer.bias, what)}


def net_in_flax(twin, what="data"):
    """The weights of TorchNet, or their gradients."""
    return {"fc1": in_flax(twin.fc1, what), "fc2": in_flax(twin.fc2, what), "scale": getattr(twin.scale, what)}


@pytest.fixture
def make_twin(reference):
    """A function that makes a TorchNet with large weights and some scale."""

    def make(in_dim=8, hidden=6, classes=5):
        twin = reference.TorchNet(in_dim, hidden, classes)
        with torch.no_grad():
            for p in (*twin.fc1.parameters(), *twin.fc2.parameters()):
                p.copy_(torch.randn(p.shape) / 2)
            twin.scale.fill_(between(2.5, 5))
        return twin

    return make


@pytest.mark.points(2)
def test_forward(learner, inside, reference, make_twin):
    """`forward_bf16` gives autocast's logits in bfloat16 and, under jax.jit,
    autocast's gradients in float32.
    """
    gradient = reading(inside.gradient, "the gradient of forward_bf16")
    for in_dim, hidden, classes, rows in each(((8, 6, 5, 7), (4, 6, 3, 1)), "with layers {}, {}, {} and {} rows"):
        twin, x = make_twin(in_dim, hidden, classes), torch.randn(rows, in_dim) / 2
        theirs, params = reference.torch_forward_bf16(twin, x), net_in_flax(twin)
        mine = preserving(learner.forward_bf16, "params")(params, x)
        compare(mine, theirs, "forward_bf16(params, x)", tolerance=LOGITS)
        cotangent = theirs.detach()  # as for a sum of squares, where rounded terms do not cancel
        mine = gradient(learner.forward_bf16, params, x, cotangent)
        theirs.backward(cotangent)
        compare(mine, net_in_flax(twin, "grad"), "the gradients in params through forward_bf16", tolerance=GRADIENT)
    for name, bias in each((("fc1", -7.988), ("fc2", -5.988)), "with biases of {}, {}, that cancel its sums once rounded"):
        twin, x = make_twin(8, 6, 5), torch.ones(7, 8)
        with torch.no_grad():
            twin.fc1.weight.fill_(1)
            twin.fc1.bias.fill_(1)
            layer = getattr(twin, name)
            layer.weight.fill_(1)  # the inputs of fc1 are 1, and those of fc2 tanh(9), which is 1
            layer.bias.fill_(bias)  # in bfloat16: -8 and -6
            twin.scale.copy_(twin.scale.bfloat16())  # which may be rounded or not
        theirs = reference.torch_forward_bf16(twin, x)
        compare(learner.forward_bf16(net_in_flax(twin), x), theirs, "forward_bf16(params, x)", tolerance=EXACT)


@pytest.mark.points(2)
def test_rounded(learner, reference, make_twin):
    """`forward_bf16` rounds x and the params before it multiplies: numbers near
    300 lose as much as under autocast.
    """
    twin, x = make_twin(), torch.randn(7, 8)
    weight = twin.fc1.weight.data
    weight[:, 4:] = -weight[:, :4]
    near = 300 + x
    with when("with x near 300"):
        mine = learner.forward_bf16(net_in_flax(twin), near)
        compare(mine, reference.torch_forward_bf16(twin, near), "forward_bf16(params, x)", tolerance=LOGITS)
    weight += 300
    x[:, 4:] = -x[:, :4]
    with when("with the kernel of fc1 near 300"):
        mine = learner.forward_bf16(net_in_flax(twin), x)
        compare(mine, reference.torch_forward_bf16(twin, x), "forward_bf16(params, x)", tolerance=LOGITS)
    twin, x = make_twin(), torch.randn(7, 8)
    for tensor in (twin.fc1.weight.data, twin.fc1.bias.data):
        tensor[3:] = -tensor[:3]  # the hidden units cancel in pairs
    twin.fc2.weight.data += 300
    with when("with the kernel of fc2 near 300"):
        mine = learner.forward_bf16(net_in_flax(twin), x)
        compare(mine, reference.torch_forward_bf16(twin, x), "forward_bf16(params, x)", tolerance=LOGITS)


def test_cross_entropy(learner, reference, jax):
    """`cross_entropy` of bfloat16 logits is what autocast computes in float32,
    even for large logits and under jax.jit.
    """
    cases = ((7, 5, 3), (1, 9, 3), (7, 5, 90), (7, 5, 1e36))
    for rows, classes, size in each(cases, "with {} rows, {} classes and logits around {}"):
        logits, labels = (size * torch.randn(rows, classes)).bfloat16(), torch.randint(classes, (rows,))
        theirs = reference.torch_cross_entropy(logits, labels)
        compare(learner.cross_entropy(logits, labels.int()), theirs, "cross_entropy(logits, labels)")
    with when("with 301 rows, under jax.jit"):  # no number of bfloat16
        logits, labels = (3 * torch.randn(301, 5)).bfloat16(), torch.randint(5, (301,))
        theirs = reference.torch_cross_entropy(logits, labels)
        compare(jax.jit(learner.cross_entropy)(logits, labels.int()), theirs, "cross_entropy(logits, labels)")


def as_tree(tensors, tree="flat"):
    found = dict(zip(("kernel", "bias"), tensors, strict=True))
    return {"net": [found]} if tree == "nested" else found


def weights(values=torch.randn):
    """(master, copy) of a small PyTorch layer: kernel (6, 4) and bias (4,)."""
    master = [torch.nn.Parameter(values(6, 4)), torch.nn.Parameter(values(4))]
    return master, [torch.nn.Parameter(p.detach().bfloat16()) for p in master]


def in_bfloat16(tree):
    """The tree with its arrays rounded, as PyTorch rounds them."""
    if isinstance(tree, dict):
        return {name: in_bfloat16(item) for name, item in tree.items()}
    if isinstance(tree, list | tuple):
        return [in_bfloat16(item) for item in tree]
    return torch.from_numpy(as_numpy(tree)).bfloat16()


@pytest.mark.points(2)
def test_master(learner, inside, reference, jax):
    """Four calls of `master_step` give PyTorch's float32 master and its
    bfloat16 copy, and leave the first master and state as they were. The copy
    is the new master, rounded once.
    """
    cases = (
        ("AdamW", between(0.1, 0.3), between(0.05, 0.2), "flat"),
        ("SGD with momentum", between(0.1, 0.3), between(0.3, 0.5), "nested"),
    )
    for kind, lr, decay, tree in each(cases, "with {}, lr {}, weight decay {} and a {} master"):
        master, copy = weights()
        if kind == "AdamW":
            optimizer = torch.optim.AdamW(master, lr=lr, weight_decay=decay)
            tx = named(inside.adamw(lr, decay), "tx")
        else:
            optimizer = torch.optim.SGD(master, lr=lr, momentum=0.9, weight_decay=decay)
            tx = named(inside.sgd(lr, decay), "tx")
        given = mine = named(jax.tree.map(jax.numpy.asarray, as_tree(master, tree)), "master")
        begun = state = named(tx.init(mine), "state")
        before = fetch(given), fetch(begun)
        for _ in range(4):
            for p in copy:
                p.grad = torch.randn(p.shape).bfloat16()
            back = learner.master_step(tx, mine, state, as_tree([p.grad for p in copy], tree))
            mine, state, rounded = named(back[0], "master"), named(back[1], "state"), back[2]
            reference.torch_master_step(optimizer, master, copy)
        compare(mine, as_tree(master, tree), "master after four of master_step")
        if compare(rounded, as_tree(copy, tree), "the copy after four of master_step"):
            compare(rounded, in_bfloat16(fetch(mine)), "the copy", tolerance=0, reference="the new master in bfloat16")
        unchanged(before[0], fetch(given), "master")
        unchanged(before[1], fetch(begun), "state")
    with when("with SGD with momentum and gradients of inf and NaN"):
        copy[1].grad[0], copy[1].grad[1] = torch.inf, torch.nan
        back = learner.master_step(tx, mine, state, as_tree([p.grad for p in copy], tree))
        reference.torch_master_step(optimizer, master, copy)
        compare(back[0], as_tree(master, tree), "master after five of master_step")


def test_small_steps(learner, inside, reference):
    """A hundred small steps of `master_step`, from weights of 1 and under
    jax.jit, get as far as PyTorch's.
    """
    (master, copy), lr = weights(torch.ones), between(0.0005, 0.0015)
    optimizer = torch.optim.SGD(master, lr=lr)
    for p in copy:
        p.grad = torch.rand(p.shape).bfloat16()
    small_steps = reading(inside.small_steps, "100 calls of master_step under jax.jit")
    with when(f"with SGD and lr {lr}"):
        back = small_steps(learner.master_step, as_tree(master), as_tree([p.grad for p in copy]), lr, 100)
        for _ in range(100):
            reference.torch_master_step(optimizer, master, copy)
        compare(back[0], as_tree(master), "master after 100 small steps of master_step")
        compare(back[1], as_tree(copy), "the copy after 100 small steps of master_step")
