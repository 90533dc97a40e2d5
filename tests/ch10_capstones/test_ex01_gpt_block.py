"""Graded checks of 10.1 gpt_block: all sizes differ, every parameter is
perturbed. A silent layer shows what the others do.
"""

import copy

import pytest
import torch

from flaxkata.checks import Array, compare, each, fetch, one_of, preserving, when

LEARNED = "c_attn's channels are cut into three first, then into heads; Flax has other defaults for GELU and epsilon."

HINTS = (
    "Read TorchAttention.forward line by line: `split(width, dim=2)` cuts the last axis into three, `.view(batch, time, "
    "heads, -1)` cuts each into heads. Flax's attention needs no `.transpose(1, 2)`, neither before nor after it.",
    '`jnp.split(y, 3, axis=-1)`, `.reshape`, `nn.dot_product_attention(q, k, v, mask=...)`; `nn.Dense(size, name="c_attn")`, '
    '`nn.LayerNorm(epsilon=1e-5, name="ln_1")`, `nn.gelu(x, approximate=False)`.',
    'Attention: q, k, v = (part.reshape(batch, time, self.heads, -1) for part in jnp.split(nn.Dense(3 * width, name="c_attn")'
    '(x), 3, axis=-1)). Block: x = x + Attention(self.heads, name="attn")(norm(x)) with nn.LayerNorm(epsilon=1e-5, '
    'name="ln_1") as the norm, and the same with the MLP.',
)

WORDS = {
    "torch.nn.GELU()": "nn.gelu",
    "F.scaled_dot_product_attention": "nn.dot_product_attention",
    "attn.bias": "nn.make_causal_mask",
}

WIDTH, HEADS, CONTEXT = 40, 5, 1030  # longer than GPT-2's, whose mask has 1024 steps
HUNDREDS = 5e-4  # of scores around 150, float32 keeps 1.5e-5, and exp makes that a share of the weights


def make_twin(reference, width, heads):
    """A TorchBlock with no parameter at its initial value and no bias at
    zero.
    """
    block = reference.TorchBlock(width, heads, CONTEXT)
    with torch.no_grad():
        for p in block.parameters():
            p.add_(torch.randn(p.shape) * (0.2 if p.ndim > 1 else 0.5))
    return block


@pytest.fixture
def twin(reference):
    return make_twin(reference, WIDTH, HEADS)


@pytest.fixture
def x():
    """(batch, time, width); one row is so small that epsilon counts."""
    return torch.randn(3, 11, WIDTH) * torch.tensor([1.0, 0.02, 1.0])[:, None, None]


def in_flax(module):
    """The module's parameters as Flax names them."""
    if list(module.children()):
        return {name: tree for name, child in module.named_children() if (tree := in_flax(child))}
    return {
        ("bias" if name == "bias" else "scale" if p.ndim == 1 else "kernel"): p.detach().T.clone() if p.ndim > 1 else p.detach()
        for name, p in module.named_parameters()
    }


@torch.no_grad()
def silent(layer, rows=None):
    """Set all parameters of the layer to zero, or their first rows, so that it
    adds nothing.
    """
    for p in layer.parameters():
        p[:rows] = 0


@torch.no_grad()
def enlarge_scores(attention, score):
    """Move the attention scores of every second head up by `score`, and those
    of the others down, so that they differ little from each other.
    """
    size = WIDTH // HEADS
    signs = torch.tensor([1.0, -1.0]).repeat(HEADS)[:HEADS].repeat_interleave(size)
    attention.c_attn.weight[: 2 * WIDTH] *= 0.05
    attention.c_attn.bias[: 2 * WIDTH] = torch.cat([signs, torch.ones(WIDTH)]) * (score / size**0.5) ** 0.5


@torch.no_grad()
def prefer(twin, step, score):
    """Give steps that are like `step` this attention score, in all heads and
    for all queries, and others a small one.
    """
    size, normed = WIDTH // HEADS, twin.ln_1(step)
    c_attn = twin.attn.c_attn
    c_attn.weight[:WIDTH], c_attn.bias[:WIDTH] = 0, 1
    c_attn.weight[WIDTH : 2 * WIDTH] = score / size**0.5 * normed / (normed @ normed)
    c_attn.bias[WIDTH : 2 * WIDTH] = 0


def test_attention(learner, twin, x):
    """With all parameters of mlp.c_proj at zero, `block` returns x plus what
    attention adds, even where attention scores are in the hundreds.
    """
    silent(twin.mlp.c_proj)
    other, third = copy.deepcopy(twin), copy.deepcopy(twin)
    compare(learner.block(in_flax(twin), x, HEADS), twin(x), "block without an MLP", given=x)
    silent(twin.attn.c_attn, rows=2 * WIDTH)
    with when("with query and key at zero, where each step takes the mean of the steps it sees"):
        compare(learner.block(in_flax(twin), x, HEADS), twin(x), "block without an MLP", given=x)
    with when("with attention scores around 150 in some heads, and around -150 in the others"):
        enlarge_scores(other.attn, 150)
        compare(learner.block(in_flax(other), x, HEADS), other(x), "block without an MLP", given=x, tolerance=HUNDREDS)
    with when("with a score of 150 for the last step, which no other may see, and of about 0 for the others"):
        x[:, -1] = x[0, -1]
        prefer(third, x[0, -1], 150)
        compare(learner.block(in_flax(third), x, HEADS), third(x), "block without an MLP", given=x, tolerance=HUNDREDS)


def test_mlp(learner, twin, x):
    """With all parameters of attn.c_proj at zero, `block` returns x plus what
    the MLP adds.
    """
    silent(twin.attn.c_proj)
    compare(learner.block(in_flax(twin), x, HEADS), twin(x), "block without attention", given=x)


@pytest.mark.points(2)
def test_block(learner, reference, twin, x):
    """`block` returns TorchBlock's numbers, in other sizes too, for a long
    text, and for texts of one step.
    """
    mine = preserving(learner.block, "params")(in_flax(twin), x, HEADS)
    compare(mine, twin(x), "block(params, x, heads)", given=x)
    with when("with a step of zeros, which later ones see like any other"):
        x[:, 2] = 0
        compare(learner.block(in_flax(twin), x, HEADS), twin(x), "block(params, x, heads)", given=x)
    for width, heads, batch, time in each(
        ((24, one_of(2, 4), 1, CONTEXT), (WIDTH, 8, 2, 1)),
        "with {} channels, {} heads and x of {} texts with {} steps",
    ):
        twin, x = make_twin(reference, width, heads), torch.randn(batch, time, width)
        compare(learner.block(in_flax(twin), x, heads), twin(x), "block(params, x, heads)", given=x)


def test_past(learner, twin, x):
    """No step of `block` sees what comes after it: changing all steps after one
    leaves those up to it as they are.
    """
    params = in_flax(twin)
    before = fetch(learner.block(params, x, HEADS))
    for kept in each((1, 6), "with other steps from index {} on"):
        other = torch.cat([x[:, :kept], torch.randn(3, 11 - kept, WIDTH)], dim=1)
        after = fetch(learner.block(params, other, HEADS))
        if all(isinstance(y, Array) and y.value.shape == x.shape for y in (before, after)):
            label = "block, in the steps before,"
            compare(after.value[:, :kept], before.value[:, :kept], label, tolerance=1e-6, reference="block of x")
        else:
            compare(before, twin(x), "block(params, x, heads)")


def test_gradients(learner, inside, twin, x):
    """The gradients of `block` with respect to params and x are PyTorch's,
    under jax.jit, and `block` returns TorchBlock's numbers after that.
    """
    x = x[:, :7].clone()  # as long as in no other check: nothing is left from a call without jax.jit
    cotangent, leaf = torch.randn(x.shape), x.clone().requires_grad_()
    y = twin(leaf)
    (y * cotangent).sum().backward()
    params = in_flax(twin)
    for p in twin.parameters():
        p.data = p.grad
    mine = inside.gradients(learner.block, params, x, cotangent, HEADS)
    compare(mine, (in_flax(twin), leaf.grad), "the gradients of block in (params, x)")
    with when("after its gradients under jax.jit"):
        compare(learner.block(params, x, HEADS), y, "block(params, x, heads)", given=x)
