"""Graded checks of 6.3 scan_remat."""

import pytest
import torch

from flaxkata.checks import compare, each, expect, fetch, named, preserving, reading, unchanged, when

LEARNED = "lax.scan traces one block for all layers; jax.checkpoint keeps a block's inputs and recomputes the rest."

HINTS = (
    "A ModuleList becomes a list of weights here, and one tree once they are "
    "stacked. The loop over it hands x from block to block: x is the carry of "
    "the scan. checkpoint(block, x) becomes a function of its own, made from "
    "block before the loop.",
    '`[params[f"blocks_{i}"] for i in range(len(params))]` has the blocks '
    "in order, and `jnp.stack` joins many leaves into one; "
    "`jax.lax.scan(step, x, stacked)` calls step(x, params of one block), which "
    "returns a pair; `jax.checkpoint(block)` is called just as block is.",
    "forward_scan: def step(x, params): x = block(params, x); return x, x. "
    "Then return jax.lax.scan(step, x, stacked). forward_remat: block = "
    "jax.checkpoint(block), and a step that returns block(params, x), None; "
    "return the first of the two that jax.lax.scan returns.",
)

WORDS = {"torch.nn.ModuleList": "jax.lax.scan", "torch.utils.checkpoint.checkpoint": "jax.checkpoint"}

OLDER = {"jax.experimental.loops": "jax.lax.scan"}


def in_flax(block, what="data", tree="flat"):
    """The weights of one block, or their gradients, in Flax's layout, or in a
    "nested" tree.
    """
    layers = {"up": block.up, "down": block.down}
    found = {n: {"kernel": getattr(m.weight, what).T, "bias": getattr(m.bias, what)} for n, m in layers.items()}
    return {"net": {"layers": found}} if tree == "nested" else found


def stacked(blocks, what="data", tree="flat"):
    """The same for many blocks, with the layers along the first axis."""
    trees = [in_flax(block, what) for block in blocks]
    found = {n: {k: torch.stack([t[n][k] for t in trees]) for k in ("kernel", "bias")} for n in ("up", "down")}
    return {"net": {"layers": found}} if tree == "nested" else found


def turned(tree):
    """The same tree, in whose dicts the keys are in the reverse order."""
    return {name: turned(tree[name]) for name in reversed(tree)} if isinstance(tree, dict) else tree


def large(twin):
    """The twin, with weights that make the order of the blocks matter."""
    with torch.no_grad():
        for p in twin.parameters():
            p.copy_(torch.randn(p.shape) / 3)
    return twin


@pytest.fixture
def twin(reference):
    return large(reference.TorchStack(12, 4, 6))


@pytest.fixture
def blocks(inside):
    """TorchBlock as a function of its params, flat or nested, and one that
    looks at its whole batch.
    """
    functions = {"flat": inside.block, "nested": inside.nested_block, "centered": inside.centered_block}
    return {how: named(function, "block") for how, function in functions.items()}


def centered(twin, x):
    """What TorchStack returns if each block subtracts the mean over its
    batch.
    """
    outputs = []
    for block in twin.blocks:
        x = block(x)
        x = x - x.mean(0)
        outputs.append(x)
    return x, torch.stack(outputs)


def different_tree():
    """The params of a block of some other kind: a leaf without axes, one of
    int32, and names that look like paths.
    """
    w, steps = torch.randn(2, 3, 4), torch.randint(9, (2,)).int()
    return {"mlp/up": {"w": w, "rotary.emb": {"steps": steps}}, "gain": torch.randn(())}


def stacks(learner, inside, given, order, expected):
    """Compare what `stack` makes of `given` in some order of the names."""
    params = named(inside.kept({name: given[name] for name in order}), "params")
    compare(learner.stack(params), expected, "stack(params)", tolerance=0)
    unchanged(given, fetch(params), "params")


@pytest.mark.points(2)
def test_stack(learner, inside, twin):
    """`stack` puts the params of 12 blocks in the order of their numbers,
    whatever the order of the dicts.
    """
    names = [f"blocks_{i}" for i in range(12)]
    given = {name: in_flax(block) for name, block in zip(names, twin.blocks, strict=True)}
    orders = {"by number": names, "sorted as text": sorted(names), "in any order": [names[i] for i in torch.randperm(12)]}
    for words in each(orders, "with the keys of params {}"):
        stacks(learner, inside, given, orders[words], stacked(twin.blocks))
    with when("with the keys of one block in a different order"):
        stacks(learner, inside, given | {"blocks_1": turned(given["blocks_1"])}, names, stacked(twin.blocks))


SHAPES = ((12, 5, "flat"), (5, 1, "nested"), (1, 5, "flat"))
CENTERED = "with a block that subtracts the mean over its batch"
FIELDS = "with {} layers, a batch of {} and {} params"


def test_scan(learner, blocks, reference):
    """`forward_scan` gives both outputs of TorchStack: that of the last block,
    and those of all blocks.
    """
    for layers, rows, tree in each(SHAPES, FIELDS):
        twin, x = large(reference.TorchStack(layers, 4, 6)), torch.randn(rows, 4)
        mine = preserving(learner.forward_scan, "", "stacked")(blocks[tree], stacked(twin.blocks, tree=tree), x)
        compare(mine, twin(x), "forward_scan(block, stacked, x)")
    with when(CENTERED):
        twin, x = large(reference.TorchStack(3, 4, 6)), torch.randn(5, 4)
        mine = learner.forward_scan(blocks["centered"], stacked(twin.blocks), x)
        compare(mine, centered(twin, x), "forward_scan(block, stacked, x)")


def test_scan_gradients(learner, inside, twin):
    """Gradients through `forward_scan`, under jax.jit, match PyTorch's."""
    x = torch.randn(5, 4, requires_grad=True)
    theirs = twin(x)
    cotangents = tuple(torch.randn(y.shape) for y in theirs)
    gradients = reading(inside.gradients, "the gradient of forward_scan")
    mine = gradients(learner.forward_scan, stacked(twin.blocks), x, cotangents)
    torch.autograd.backward(theirs, cotangents)
    compare(mine, (stacked(twin.blocks, "grad"), x.grad), "the gradients (of stacked, of x) through forward_scan")


def same_length(name, inside, forward):
    """Record whether the traced program stays as long with more blocks."""
    few, many = (fetch(reading(inside.equations, f"tracing {name}")(forward, layers)) for layers in (3, 12))
    words = f"JAX traces `{name}` into {many} equations for 12 blocks, and {few} for 3: each block is traced by itself."
    if expect(many == few, f"the program of {name}", words, many > few):
        times = fetch(reading(inside.times_traced, f"tracing {name}")(forward))
        words = f"block is {times} times in the program of `{name}`; traced once, it is there once, for all layers."
        expect(times == 1, f"how often block is in the program of {name}", words, times)


def test_scan_program(learner, inside):
    """`forward_scan` traces block once: the program for 12 blocks has as many
    equations as the one for 3.
    """
    same_length("forward_scan", inside, learner.forward_scan)


def test_remat(learner, blocks, inside, reference):
    """`forward_remat` gives PyTorch's output and, under jax.jit, PyTorch's
    gradients.
    """
    for layers, rows, tree in each(SHAPES, FIELDS):
        twin, x = large(reference.TorchStack(layers, 4, 6)), torch.randn(rows, 4)
        mine = preserving(learner.forward_remat, "", "stacked")(blocks[tree], stacked(twin.blocks, tree=tree), x)
        compare(mine, reference.torch_forward_remat(twin, x), "forward_remat(block, stacked, x)")
    with when(CENTERED):
        twin, x = large(reference.TorchStack(3, 4, 6)), torch.randn(5, 4)
        mine = learner.forward_remat(blocks["centered"], stacked(twin.blocks), x)
        compare(mine, centered(twin, x)[0], "forward_remat(block, stacked, x)")
    twin, x = large(reference.TorchStack(12, 4, 6)), torch.randn(5, 4, requires_grad=True)
    theirs, cotangent = reference.torch_forward_remat(twin, x), torch.randn(5, 4)
    gradients = reading(inside.gradients, "the gradient of forward_remat")
    mine = gradients(learner.forward_remat, stacked(twin.blocks), x, cotangent)
    theirs.backward(cotangent)
    compare(mine, (stacked(twin.blocks, "grad"), x.grad), "the gradients (of stacked, of x) through forward_remat")


def test_remat_program(learner, inside):
    """`forward_remat` traces block once, as `forward_scan` does."""
    same_length("forward_remat", inside, learner.forward_remat)


@pytest.mark.points(2)
def test_memory(learner, inside):
    """The gradient of `forward_remat` needs less memory than the hidden layers
    of 16 blocks.
    """
    layers, width, hidden, batch = 16, 4, 32, 128
    needed, kept = fetch(
        reading(inside.memory, "compiling the gradient of forward_remat")(learner.forward_remat, layers, width, hidden, batch)
    )
    inputs, insides = (4 * layers * batch * size / 1e3 for size in (width, hidden))
    words = f"The gradient of forward_remat needs {needed / 1e3:.0f} kB of memory, which is too much: the inputs of all blocks"
    words += f" take {inputs:.0f} kB, and their hidden layers, which should not be kept, {insides:.0f} kB."
    expect(needed < 1e3 * insides, "the memory of forward_remat", words, round(kept / (1e3 * inputs)))


def test_square(learner, blocks, inside, reference):
    """`stack` accepts blocks of any kind, and `forward_scan` gives PyTorch's
    numbers with what it returns where all sizes are 5 and a mix-up raises no
    error.
    """
    for count in each((1, 101), "with blocks of a different kind, {} in all"):
        trees = [different_tree() for _ in range(count)]
        expected = {
            "mlp/up": {
                "w": torch.stack([t["mlp/up"]["w"] for t in trees]),
                "rotary.emb": {"steps": torch.stack([t["mlp/up"]["rotary.emb"]["steps"] for t in trees])},
            },
            "gain": torch.stack([t["gain"] for t in trees]),
        }
        given = {f"blocks_{i}": tree for i, tree in enumerate(trees)}
        stacks(learner, inside, given, list(given), expected)
    for tree in each(("flat", "nested"), "with all sizes 5 and {} params"):
        twin, x = large(reference.TorchStack(5, 5, 5)), torch.randn(5, 5)
        params = {f"blocks_{i}": in_flax(one, tree=tree) for i, one in enumerate(twin.blocks)}
        mine = preserving(learner.forward_scan, "", "stacked")(blocks[tree], named(learner.stack(params), "stacked"), x)
        compare(mine, twin(x), "forward_scan(block, stack(params), x)", given=x)
