"""Graded checks of 10.1 gpt_block: all sizes differ, every parameter is
perturbed.
"""

import pytest
import torch

from flaxkata.checks import Array, compare, fetch

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

WIDTH, HEADS, CONTEXT = 40, 5, 16


@pytest.fixture
def twin(reference):
    """A TorchBlock with no parameter at its initial value and no bias at
    zero.
    """
    block = reference.TorchBlock(WIDTH, HEADS, CONTEXT)
    with torch.no_grad():
        for p in block.parameters():
            p.add_(torch.randn(p.shape) * (0.2 if p.ndim > 1 else 0.5))
    return block


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


def silent(layer):
    """Set all parameters of the layer to zero, so that it adds nothing."""
    with torch.no_grad():
        for p in layer.parameters():
            p.zero_()


def test_attention(learner, twin, x):
    """With all parameters of mlp.c_proj at zero, `block` returns x plus what
    attention adds.
    """
    silent(twin.mlp.c_proj)
    compare(learner.block(in_flax(twin), x, HEADS), twin(x), "block without an MLP", given=x)


def test_mlp(learner, twin, x):
    """With all parameters of attn.c_proj at zero, `block` returns x plus what
    the MLP adds.
    """
    silent(twin.attn.c_proj)
    compare(learner.block(in_flax(twin), x, HEADS), twin(x), "block without attention", given=x)


@pytest.mark.points(2)
def test_block(learner, twin, x):
    """`block` returns TorchBlock's numbers."""
    compare(learner.block(in_flax(twin), x, HEADS), twin(x), "block(params, x, heads)", given=x)


def test_past(learner, twin, x):
    """No step of `block` sees what comes after it: changing the steps from the
    7th on leaves the first 6 exactly as they are.
    """
    params, other = in_flax(twin), torch.cat([x[:, :6], torch.randn(3, 5, WIDTH)], dim=1)
    before, after = (fetch(learner.block(params, some, HEADS)) for some in (x, other))
    if all(isinstance(y, Array) and y.value.shape == x.shape for y in (before, after)):
        label = "block, its first 6 steps when others come after them,"
        compare(after.value[:, :6], before.value[:, :6], label, tolerance=0, reference="block of x")
    else:
        compare(before, twin(x), "block(params, x, heads)")


def test_gradients(learner, inside, twin, x):
    """The gradients of `block` with respect to params and x are PyTorch's,
    under jax.jit.
    """
    cotangent, leaf = torch.randn(x.shape), x.clone().requires_grad_()
    (twin(leaf) * cotangent).sum().backward()
    params = in_flax(twin)
    for p in twin.parameters():
        p.data = p.grad
    mine = inside.gradients(learner.block, params, x, cotangent, HEADS)
    compare(mine, (in_flax(twin), leaf.grad), "the gradients of block in (params, x)")
