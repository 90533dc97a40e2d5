"""Graded checks of 10.5 gpt_generate: prompts whose next tokens are clear,
whatever the rounding.
"""

import pytest
import torch

from flaxkata.checks import Array, compare, each, expect, fetch, named, one_of, preserving, when

LEARNED = "a text in a buffer of its final size compiles once; the token for place t comes from step t - 1."

HINTS = (
    "torch_generate looks at the logits of the last token so far. In a buffer with room for more, that token is not at the "
    "end, but just before the place that is written next.",
    "`jnp.pad(prompt, ((0, 0), (0, steps)))` makes the buffer, `jax.lax.fori_loop(first, end, body, tokens)` is the loop, "
    "`tokens.at[:, t].set(...)` writes. Keep `jax.jit` above `generate`, where it sees the same function in all calls.",
    "def write(t, tokens): logits = logits_fn(params, tokens)[:, t - 1]; return tokens.at[:, t].set(logits.argmax(axis=-1)). "
    "The loop goes from prompt.shape[1] to prompt.shape[1] + steps; return its result.",
)

WORDS = {"for t in range": "jax.lax.fori_loop", "torch.cat": "tokens.at[:, t].set"}

CONTEXT, VOCAB = 13, 50  # nobody rounds a size up to 13
STEPS = 4  # few: without a compiled loop, each token compiles again


class SmallTwin(torch.nn.Module):
    """The model of `inside.small_logits`, or with sign -1 of
    `inside.opposite_logits`.
    """

    def __init__(self, sign=1, width=8):
        super().__init__()
        self.sign = sign
        self.table = torch.nn.Parameter(torch.randn(VOCAB, width))
        self.positions = torch.nn.Parameter(torch.randn(CONTEXT, width))
        self.mixer = torch.nn.Parameter(torch.randn(width, width))

    def forward(self, tokens):
        time = torch.arange(tokens.shape[1])
        weights = (0.5 ** (time[:, None] - time)).tril()
        x = weights @ self.table[tokens] + self.positions[: tokens.shape[1]]
        return self.sign * torch.tanh(x @ self.mixer) @ self.table.T


class CountingTwin(torch.nn.Module):
    """The model of `inside.counting_logits`, with a table of more than 16 bits:
    the most likely token is the last one plus `step`. `scale` is how far its
    logit is from the next.
    """

    def __init__(self, step, scale):
        super().__init__()
        self.names, self.step, self.scale = torch.arange(70_000.0), torch.tensor(step), torch.tensor(scale)

    def forward(self, tokens):
        return -(self.names - tokens[..., None] - self.step).abs() * self.scale


def params_of_small(twin):
    return tuple(p.detach().clone() for p in twin.parameters())


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
    clear = (two[..., 0] - two[..., 1]).amin(dim=1) > 0.01
    different = torch.tensor([len(set(text)) for text in texts[:, length:].tolist()])
    best = (clear * different).topk(batch).indices
    table = twin.table if isinstance(twin, SmallTwin) else twin.transformer.wte.weight
    first = int(texts[best[0], length])
    table[[0, first]] = table[[first, 0]]
    names = torch.arange(VOCAB)
    names[[0, first]] = names[[first, 0]]
    return names[prompts[best]]


@torch.no_grad()
def compare_texts(mine, reference, twin, prompt, steps, label):
    """Compare with PyTorch's tokens. If they differ, say what the twin thinks
    of the first wrong one.
    """
    theirs, texts = reference.torch_generate(twin, prompt, steps), fetch(mine)
    if compare(mine, theirs, label) or not isinstance(texts, Array) or texts.shape != tuple(theirs.shape):
        return
    wrong = [tuple(at) for at in (torch.as_tensor(texts.value).long() != theirs).nonzero().tolist()]
    if not wrong:
        return
    row, place = wrong[0]
    token, right = int(texts.value[row, place]), int(theirs[row, place])
    words = f"{label}[{row}] differs first at place {place}"
    if place < prompt.shape[1]:
        words += f", in the prompt: {token} instead of {right}."
    elif 0 <= token < len(logits := twin(theirs[row : row + 1, :place])[0, -1]):
        rank = int((logits > logits[token]).sum()) + 1
        words += f". After the {place} tokens before it, the most likely is {right}, with a logit of {logits[right]:.4g}. "
        words += f"Yours, {token}, has {logits[token]:.4g}; {rank - 1} of the {len(logits)} tokens have more."
    expect(False, f"the first wrong token of {label}", words, [row, place, token])


def ran(lengths):
    """How often Python ran logits_fn, and with how many lengths, as text."""
    return f"{len(lengths)} times" + (f", with texts of {len(set(lengths))} lengths" if len(set(lengths)) > 1 else "")


@pytest.mark.points(2)
def test_tokens(learner, inside, reference, twin):
    """`generate` returns the prompts, followed by PyTorch's tokens, for any
    `logits_fn`, batch, prompt length and number of `steps`.
    """
    prompt = clear_prompts(reference, twin, 3, 3, STEPS)
    with when("with a GPT"):
        mine = learner.generate(inside.logits, params_of(twin), prompt.int(), steps=STEPS)
        compare_texts(mine, reference, twin, prompt, STEPS, "generate(logits_fn, params, prompt, steps)")
    small = SmallTwin()
    sizes = [(1, 1, 6), (one_of(3, 4), 5, 2), (2, one_of(2, 4), 1)]
    for batch, length, steps in each(sizes, "with a small model, a batch of {}, a prompt length of {} and steps={}"):
        prompt = clear_prompts(reference, small, batch, length, steps)
        generate = preserving(learner.generate, "", "params")
        mine = generate(inside.small_logits, params_of_small(small), prompt.int(), steps)
        compare_texts(mine, reference, small, prompt, steps, "generate(logits_fn, params, prompt, steps)")


def test_whole_context(learner, inside, reference):
    """`generate` writes PyTorch's tokens to the end of the context, its last
    place included.
    """
    twin = SmallTwin()
    for length, steps in each([(9, 4), (1, 12)], "with a prompt length of {} and steps={} in a context of " + str(CONTEXT)):
        prompt = clear_prompts(reference, twin, 2, length, steps)
        mine = learner.generate(inside.small_logits, params_of_small(twin), prompt.int(), steps=steps)
        compare_texts(mine, reference, twin, prompt, steps, "generate(logits_fn, params, prompt, steps)")


def test_large_table(learner, inside, reference):
    """`generate` writes every token of a large table as it is, the one with the
    largest logit even if the others are close to it, and the first of two that
    are equally likely, as `argmax` does.
    """
    prompt = torch.tensor([[1, 254], [2, 32766], [3, 65534]])
    models = {
        "with a table of 70000 tokens": (1.0, 1.0),
        "where two tokens are equally likely": (1.5, 1.0),
        "where all logits are close to 0": (1.0, 2.0**-60),
    }
    for words in each(models, "{}"):
        twin = CountingTwin(*models[words])
        params = {
            "names": twin.names.flip(0),
            "order": torch.arange(69_999, -1, -1).int(),
            "step": twin.step,
            "scale": twin.scale,
        }
        mine = learner.generate(inside.counting_logits, params, prompt.int(), steps=3)
        compare_texts(mine, reference, twin, prompt, 3, "generate(logits_fn, params, prompt, steps)")


def test_other_params(learner, inside, reference):
    """Later calls of `generate` with prompts of the same shape, but with
    different `params`, a different `logits_fn` or other `steps`, return
    PyTorch's tokens for that model.
    """
    models = {
        "with a first model": (1, 8, STEPS),
        "with a second model's params": (1, 8, STEPS),
        "with a different logits_fn": (-1, 8, STEPS),
        "with params of other shapes": (1, 6, STEPS),
        "with the first model's shapes and other steps": (1, 8, STEPS + 1),
    }
    for words in each(models, "{}"):
        sign, width, steps = models[words]
        twin = SmallTwin(sign, width)
        prompt = clear_prompts(reference, twin, 5, 3, steps)  # five as in no other check, so the first compiles
        logits_fn = inside.small_logits if sign == 1 else inside.opposite_logits
        mine = learner.generate(logits_fn, params_of_small(twin), prompt.int(), steps=steps)
        compare_texts(mine, reference, twin, prompt, steps, "generate(logits_fn, params, prompt, steps)")


def test_compiled(learner, inside):
    """`generate` runs the Python code of `logits_fn` fewer times than it
    generates tokens.
    """
    watched = named(inside.Watched(), "logits_fn")
    learner.generate(watched, params_of_small(SmallTwin()), torch.randint(VOCAB, (3, 3), dtype=torch.int32), steps=STEPS)
    lengths = fetch(watched.lengths)
    words = f"For {STEPS} tokens, `generate` ran the Python code of logits_fn {ran(lengths)}. One compiled loop runs it once."
    expect(len(lengths) < STEPS, "how often generate runs logits_fn", words, [len(lengths), len(set(lengths))])


def test_compiled_once(learner, inside):
    """Later calls of `generate`, with a different prompt or different `params`
    of the same shapes, compile nothing, even after a different model and size.
    """
    watched = named(inside.Watched(), "logits_fn")
    params, others = (named(inside.keep(params_of_small(SmallTwin())), "params") for _ in range(2))
    prompt = named(inside.keep(torch.randint(VOCAB, (3, 3), dtype=torch.int32)), "prompt")
    learner.generate(watched, params, prompt, steps=STEPS)
    count = len(fetch(watched.lengths))
    calls = [
        ("a different prompt", params, torch.randint(VOCAB, (3, 3), dtype=torch.int32)),
        ("different params", others, prompt),
    ]
    for changed, *arguments in calls:
        learner.generate(watched, *arguments, steps=STEPS)
        more = len(fetch(watched.lengths)) - count
        words = (
            f"A call with {changed} of the same shapes ran the Python code of logits_fn again ({more}x), like the first call."
        )
        expect(more == 0, f"how often generate runs logits_fn with {changed}", words, more)
        count += more
    learner.generate(inside.Watched(), params, prompt, steps=1)
    learner.generate(watched, params, prompt, steps=STEPS)
    more = len(fetch(watched.lengths)) - count
    words = (
        f"After a call with a different logits_fn and steps=1, one like the first ran the Python code of logits_fn ({more}x)."
    )
    expect(more == 0, "how often generate runs logits_fn after a different model and size", words, more)
