"""Graded checks of 6.3 scan_remat."""

import pytest
import torch

from flaxkata.checks import compare, expect, fetch, named, unchanged

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


def in_flax(block, what="data"):
    """The weights of one block, or their gradients, in Flax's layout."""
    layers = {"up": block.up, "down": block.down}
    return {n: {"kernel": getattr(m.weight, what).T, "bias": getattr(m.bias, what)} for n, m in layers.items()}


def stacked(blocks, what="data"):
    """The same for many blocks, with the layers along the first axis."""
    trees = [in_flax(block, what) for block in blocks]
    return {n: {k: torch.stack([t[n][k] for t in trees]) for k in ("kernel", "bias")} for n in ("up", "down")}


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
def block(inside):
    """TorchBlock as a function of its params."""
    return named(inside.block, "block")


@pytest.mark.points(2)
def test_stack(learner, inside, twin):
    """`stack` puts the params of 12 blocks in the order of their numbers,
    whatever the order of the dict.
    """
    names = [f"blocks_{i}" for i in range(12)]
    for order, words in ((names, "by number"), (sorted(names), "sorted as text")):
        given = {name: in_flax(twin.blocks[names.index(name)]) for name in order}
        params = named(inside.kept(given), "params")
        compare(learner.stack(params), stacked(twin.blocks), f"stack(params), its keys {words},", tolerance=0)
        unchanged(given, fetch(params), "params")


def test_scan(learner, block, reference):
    """`forward_scan` gives both outputs of TorchStack: that of the last block,
    and those of all blocks.
    """
    for layers in (12, 3):
        twin, x = large(reference.TorchStack(layers, 4, 6)), torch.randn(5, 4)
        mine = learner.forward_scan(block, stacked(twin.blocks), x)
        compare(mine, twin(x), f"forward_scan(block, stacked, x) of {layers} blocks")


def test_scan_gradients(learner, inside, twin):
    """Gradients through `forward_scan`, under jax.jit, match PyTorch's."""
    x = torch.randn(5, 4, requires_grad=True)
    theirs = twin(x)
    cotangents = tuple(torch.randn(y.shape) for y in theirs)
    mine = inside.gradients(learner.forward_scan, stacked(twin.blocks), x, cotangents)
    torch.autograd.backward(theirs, cotangents)
    compare(mine, (stacked(twin.blocks, "grad"), x.grad), "the gradients (of stacked, of x) through forward_scan")


def same_length(name, inside, forward):
    """Record whether the traced program stays as long with more blocks."""
    few, many = (fetch(inside.equations(forward, layers)) for layers in (3, 12))
    words = f"JAX traces `{name}` into {many} equations for 12 blocks, and {few} for 3: each block is traced by itself."
    expect(many == few, f"the program of {name}", words, [few, many])


def test_scan_program(learner, inside):
    """`forward_scan` traces block once: the program for 12 blocks has as many
    equations as the one for 3.
    """
    same_length("forward_scan", inside, learner.forward_scan)


def test_remat(learner, block, inside, reference, twin):
    """`forward_remat` gives PyTorch's output and, under jax.jit, PyTorch's
    gradients.
    """
    x = torch.randn(5, 4, requires_grad=True)
    theirs, cotangent = reference.torch_forward_remat(twin, x), torch.randn(5, 4)
    compare(learner.forward_remat(block, stacked(twin.blocks), x), theirs, "forward_remat(block, stacked, x)")
    mine = inside.gradients(learner.forward_remat, stacked(twin.blocks), x, cotangent)
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
    needed, kept = fetch(inside.memory(learner.forward_remat, layers, width, hidden, batch))
    inputs, insides = (4 * layers * batch * size / 1e3 for size in (width, hidden))
    words = f"The gradient of forward_remat needs {needed / 1e3:.0f} kB of memory, which is too much: the inputs of all blocks"
    words += f" take {inputs:.0f} kB, and their hidden layers, which should not be kept, {insides:.0f} kB."
    expect(needed < 1e3 * insides, "the memory of forward_remat", words, kept)


def test_square(learner, block, reference):
    """`stack` and then `forward_scan` give PyTorch's numbers where all sizes
    are 5 and a mix-up raises no error.
    """
    twin, x = large(reference.TorchStack(5, 5, 5)), torch.randn(5, 5)
    params = {f"blocks_{i}": in_flax(one) for i, one in enumerate(twin.blocks)}
    mine = learner.forward_scan(block, named(learner.stack(params), "stacked"), x)
    compare(mine, twin(x), "forward_scan(block, stack(params), x), all sizes 5,", given=x)
