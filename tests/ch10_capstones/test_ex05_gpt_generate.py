"""Graded checks of 10.5 gpt_generate: prompts whose next tokens are clear,
whatever the rounding.
"""

import pytest
import torch

from flaxkata.checks import compare, expect, fetch, named

LEARNED = "a text in a buffer of its final size compiles once; the token for place t comes from step t - 1."

HINTS = (
    "torch_generate looks at the logits of the last token so far. In a buffer with room for more, that token is not at the "
    "end, but just before the place that is written next.",
    "`jnp.pad(prompt, ((0, 0), (0, steps)))` makes the buffer, `jax.lax.fori_loop(first, end, body, tokens)` is the loop, "
    "`tokens.at[:, t].set(...)` writes. Keep `jax.jit` above `generate`, where it sees the same function in all calls.",
    "def write(t, tokens): logits = logits_fn(params, tokens)[:, t - 1]; return tokens.at[:, t].set(logits.argmax(axis=-1)). "
    "The loop goes from prompt.shape[1] to prompt.shape[1] + steps; return its result.",
)

CONTEXT, VOCAB, STEPS = 16, 50, 4  # few: without a compiled loop, each token compiles again


@pytest.fixture
def twin(reference):
    """A TorchGPT with no parameter at its initial value and no bias at zero."""
    twin = reference.TorchGPT(VOCAB, CONTEXT, 40, 1, 5)
    with torch.no_grad():
        for p in twin.parameters():
            p.add_(torch.randn(p.shape) * (0.2 if p.ndim > 1 else 0.5))
        twin.transformer.wte.weight.mul_(0.5)  # otherwise each token would be followed by itself
    return twin


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


def params_of(twin):
    """What stands under "params" in 10.2's variables."""
    params = in_flax(twin.transformer)
    return {f"h_{i}": tree for i, tree in params.pop("h").items()} | params


@torch.no_grad()
def clear_prompts(reference, twin, batch, length, steps):
    """Of 256 prompts, those whose next tokens differ most from one another,
    where the most likely one is always far ahead of the second.

    Tokens are renamed, in the twin too, so that the first generated one is 0: a
    token like any other.
    """
    prompts = torch.randint(VOCAB, (256, length))
    texts = reference.torch_generate(twin, prompts, steps)
    two = twin(texts[:, :-1])[:, length - 1 :].topk(2).values
    clear = (two[..., 0] - two[..., 1]).amin(dim=1) > 0.05
    different = torch.tensor([len(set(text)) for text in texts[:, length:].tolist()])
    best = (clear * different).topk(batch).indices
    table, first = twin.transformer.wte.weight, int(texts[best[0], length])
    table[[0, first]] = table[[first, 0]]
    names = torch.arange(VOCAB)
    names[[0, first]] = names[[first, 0]]
    return names[prompts[best]]


def ran(lengths):
    """How often Python ran logits_fn, and with how many lengths, as text."""
    return f"{len(lengths)} times" + (f", with texts of {len(set(lengths))} lengths" if len(set(lengths)) > 1 else "")


@pytest.mark.points(2)
def test_tokens(learner, inside, reference, twin):
    """`generate` returns the prompts, followed by PyTorch's tokens."""
    prompt = clear_prompts(reference, twin, 3, 3, STEPS)
    mine = learner.generate(inside.logits, params_of(twin), prompt.int(), steps=STEPS)
    compare(mine, reference.torch_generate(twin, prompt, STEPS), f"generate(logits_fn, params, prompt, {STEPS})")


def test_whole_context(learner, inside, reference, twin):
    """`generate` writes PyTorch's tokens to the end of the context, its last
    place included.
    """
    length = CONTEXT - STEPS
    prompt = clear_prompts(reference, twin, 2, length, STEPS)
    mine = learner.generate(inside.logits, params_of(twin), prompt.int(), steps=STEPS)
    compare(mine, reference.torch_generate(twin, prompt, STEPS), f"generate(logits_fn, params, {length} tokens, {STEPS})")


def test_other_params(learner, inside, reference, twin):
    """A second call of `generate`, with the `params` of a different model of
    the same sizes, returns PyTorch's tokens for that model.
    """
    prompt = clear_prompts(reference, twin, 4, 3, STEPS)  # four as in no other check, so this one compiles
    learner.generate(inside.logits, params_of(twin), prompt.int(), steps=STEPS)
    with torch.no_grad():
        for p in twin.parameters():
            p.copy_(torch.roll(p, 1, 0))
    prompt = clear_prompts(reference, twin, 4, 3, STEPS)
    mine = learner.generate(inside.logits, params_of(twin), prompt.int(), steps=STEPS)
    compare(mine, reference.torch_generate(twin, prompt, STEPS), f"a second generate(logits_fn, params, prompt, {STEPS})")


def test_compiled(learner, inside, twin):
    """`generate` runs the Python code of `logits_fn` fewer times than it
    generates tokens.
    """
    watched = named(inside.Watched(), "logits_fn")
    learner.generate(watched, params_of(twin), torch.randint(VOCAB, (3, 3), dtype=torch.int32), steps=STEPS)
    lengths = fetch(watched.lengths)
    words = f"For {STEPS} tokens, `generate` ran the Python code of logits_fn {ran(lengths)}. One compiled loop runs it once."
    expect(len(lengths) < STEPS, "how often generate runs logits_fn", words, [len(lengths), len(set(lengths))])


def test_compiled_once(learner, inside, twin):
    """A second call of `generate`, with a different prompt of the same shape,
    compiles nothing.
    """
    watched, params = named(inside.Watched(), "logits_fn"), params_of(twin)
    counts = []
    for _ in range(2):
        learner.generate(watched, params, torch.randint(VOCAB, (3, 3), dtype=torch.int32), steps=STEPS)
        counts.append(len(fetch(watched.lengths)))
    more = counts[1] - counts[0]
    words = f"A second call with the same shapes ran the Python code of logits_fn again ({more}x), as if it were the first."
    expect(more == 0, "how often a second generate runs logits_fn", words, more)
