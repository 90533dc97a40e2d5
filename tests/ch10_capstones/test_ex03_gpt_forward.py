"""Graded checks of 10.3 gpt_forward: all sizes differ, every parameter is
perturbed.
"""

import pytest
import torch

from flaxkata.checks import compare, each, expect, one_of, preserving, unless_raised, when

LEARNED = "one table turns tokens into vectors and vectors into logits; past its end, JAX raises no error."

HINTS = (
    "TorchGPT.forward has five lines: positions, a sum of two Embeddings, the blocks, the last norm, the head. The head has "
    "no weights of its own: it multiplies by the table that the tokens were looked up in.",
    '`wte = nn.Embed(self.vocab, self.width, name="wte")`, then `wte(tokens)` and, at the end, `wte.attend(x)`. A Python loop '
    'over `range(self.layers)` makes the blocks, each with its name, f"h_{i}". `tokens.shape[1]` is an int.',
    'x = wte(tokens) + wpe(jnp.arange(time)); for i in range(self.layers): x = Block(self.heads, name=f"h_{i}")(x); then '
    'nn.LayerNorm(epsilon=1e-5, name="ln_f") and wte.attend. Before all that: if time > self.context, raise ValueError.',
)

WORDS = {"torch.nn.Embedding": "nn.Embed", "lm_head": "wte.attend(x)"}

HEADS, CONTEXT, VOCAB = 5, 16, 50
LABEL = "logits(variables, tokens, heads)"


def make_twin(reference, layers=2, width=40, heads=HEADS, context=CONTEXT, vocab=VOCAB):
    """A TorchGPT with no parameter at its initial value and no bias at zero."""
    twin = reference.TorchGPT(vocab, context, width, layers, heads)
    with torch.no_grad():
        for p in twin.parameters():
            p.add_(torch.randn(p.shape) * (0.2 if p.ndim > 1 else 0.5))
    return twin


@pytest.fixture
def twin(reference):
    return make_twin(reference)


@pytest.fixture
def shallow(reference):
    """A GPT of one layer, for checks that are not about layers: each layer is
    compiled by itself.
    """
    return make_twin(reference, layers=1)


def some_tokens(*shape, vocab=VOCAB):
    """int32, as JAX has them; the first and the last of the table are among
    them.
    """
    tokens = torch.randint(vocab, shape, dtype=torch.int32)
    tokens[0, 0], tokens[-1, -1] = 0, vocab - 1
    return tokens


def in_flax(module):
    """The module's parameters as Flax names them."""
    match module:
        case torch.nn.Linear():
            return {"kernel": module.weight.detach().T.clone(), "bias": module.bias.detach()}
        case torch.nn.LayerNorm():
            return {"scale": module.weight.detach(), "bias": module.bias.detach()}
        case torch.nn.Embedding():
            return {"embedding": module.weight.detach()}
    return {name: tree for name, child in module.named_children() if (tree := in_flax(child))}


def right_variables(twin):
    """10.2's, in JAX's order of keys: h_10 comes before h_2."""
    params = in_flax(twin.transformer)
    params |= {f"h_{i}": tree for i, tree in params.pop("h").items()}
    return {"params": {name: params[name] for name in sorted(params)}}


@torch.no_grad()
def silent(*layers):
    """Set all parameters of the layers to zero, so that they add nothing."""
    for layer in layers:
        for p in layer.parameters():
            p.zero_()


@torch.no_grad()
def with_small_tables(twin):
    """The twin with tables so small that epsilon counts."""
    for table in (twin.transformer.wte, twin.transformer.wpe):
        table.weight.mul_(0.01)
    return twin


def test_around_the_blocks(learner, shallow):
    """Where the blocks add nothing and wte and wpe are small, `logits` returns
    TorchGPT's numbers, also without the positions.
    """
    for block in with_small_tables(shallow).transformer.h:
        silent(block.attn.c_proj, block.mlp.c_proj)
    tokens = some_tokens(3, 11)
    with when("where the blocks add nothing and the tables are small"):
        compare(learner.logits(right_variables(shallow), tokens, HEADS), shallow(tokens), LABEL)
    silent(shallow.transformer.wpe)
    with when("where the blocks add nothing and wpe is zero"):
        compare(learner.logits(right_variables(shallow), tokens, HEADS), shallow(tokens), LABEL)


@pytest.mark.points(2)
def test_logits(learner, twin):
    """`logits` returns TorchGPT's numbers, with other `heads` for the same
    variables and with small tables too.
    """
    tokens = some_tokens(3, 11)
    compare(preserving(learner.logits, "variables")(right_variables(twin), tokens, HEADS), twin(tokens), LABEL)
    for block in twin.transformer.h:
        block.attn.heads = 8
    with when("with 8 heads for the same variables"):
        compare(learner.logits(right_variables(twin), tokens, 8), twin(tokens), LABEL)
    for block in twin.transformer.h:
        block.attn.heads = HEADS
    with_small_tables(twin)
    with when("with small tables"):
        compare(learner.logits(right_variables(twin), tokens, HEADS), twin(tokens), LABEL)
    silent(*(block.attn.c_proj for block in twin.transformer.h))
    with when("with small tables, where attention adds nothing"):
        compare(learner.logits(right_variables(twin), tokens, HEADS), twin(tokens), LABEL)


def test_lengths(learner, jax, shallow):
    """`logits` returns TorchGPT's numbers for many texts of a single token, and
    for one text as long as the context, under jax.jit and then without it.
    """
    logits = jax.jit(learner.logits, static_argnums=2)
    for shape in each(((CONTEXT + 4, 1), (1, CONTEXT)), "with tokens of shape {}"):
        tokens = some_tokens(*shape)
        compare(logits(right_variables(shallow), tokens, HEADS), shallow(tokens), f"{LABEL} under jax.jit")
    with when("with as many tokens again, without jax.jit"):  # as in no other check: nothing is left from a call before
        compare(learner.logits(right_variables(shallow), tokens, HEADS), shallow(tokens), LABEL)


def test_many_layers(learner, reference):
    """`logits` runs thirteen layers one after another, and returns TorchGPT's
    numbers, with other sizes and a large table too.
    """
    vocab = 66_000  # more than 16 bits can count
    twin = make_twin(reference, layers=13, width=6, heads=2, context=12, vocab=vocab)
    tokens = some_tokens(1, 4, vocab=vocab)
    with when("with 13 layers and a table of 66000 tokens"):
        compare(learner.logits(right_variables(twin), tokens, 2), twin(tokens), LABEL)


def test_gradients(learner, inside, shallow):
    """The gradients of `logits` with respect to the variables are PyTorch's;
    that of wte sums up both of its uses.
    """
    tokens, cotangent = some_tokens(3, 11), torch.randn(3, 11, VOCAB)
    (shallow(tokens) * cotangent).mean().backward()
    variables = right_variables(shallow)
    for p in shallow.parameters():
        p.data = p.grad
    mine = inside.gradients(learner.logits, variables, tokens, cotangent, HEADS)
    compare(mine, right_variables(shallow), "the gradients of logits in variables")


def test_too_long(learner, jax, reference, shallow):
    """`logits` raises an error for more tokens than the context holds, as
    PyTorch does, under jax.jit too.
    """
    jitted = jax.jit(learner.logits, static_argnums=2)
    single = make_twin(reference, layers=1, context=1)  # its one row of wpe can be added to any number of tokens
    cases = ((CONTEXT, 3, CONTEXT + 1), (CONTEXT, 1, one_of(20, 31, 32)), (1, 3, 11))
    for context, batch, time in each(cases, "with a context of {}, and {} texts of {} tokens"):
        given = right_variables(single if context == 1 else shallow), some_tokens(batch, time), HEADS
        for label, logits in ((LABEL, learner.logits), (f"{LABEL} under jax.jit", jitted)):
            words = f"{label} raised no error. The context holds {context} tokens. Raise one."
            expect(unless_raised(logits, *given) is None, label, words)
