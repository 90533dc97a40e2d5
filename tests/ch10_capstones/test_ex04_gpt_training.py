"""Graded checks of 10.4 gpt_training: one GPT, every parameter perturbed, and
settings with which clipping shows.

Gradients are made up, or those of 30 steps of training, whose norm falls from
about 20 to 3.
"""

from functools import reduce
from operator import getitem

import pytest
import torch

from flaxkata.checks import compare, curve, named

LEARNED = "step t predicts token t + 1; in a GPT, AdamW decays what has two axes, Embedding tables included."

HINTS = (
    "torch_loss cuts the text twice: the model takes every token except the last, the targets are every token except the "
    "first. torch_step clips, then AdamW steps with the lr of this update. Which parameters are in which group of "
    "torch_optimizer?",
    "`optax.softmax_cross_entropy_with_integer_labels` and `.mean()`. `optax.chain`, `optax.clip_by_global_norm`, "
    "`optax.adamw(schedule, b2=..., weight_decay=..., mask=...)`, and `optax.linear_schedule(first, last, transition_steps)`.",
    "lm_loss: logits_fn(params, tokens[:, :-1]) against tokens[:, 1:]. make_tx: the schedule goes from lr / warmup to lr in "
    "warmup - 1 steps; mask is lambda params: jax.tree.map(lambda p: p.ndim >= 2, params); the chain starts with the clipping.",
)

VOCAB, TIME, STEPS = 50, 13, 30
LR, WARMUP, DECAY, MAX_NORM = 3e-3, 5, 0.5, 8.0


@pytest.fixture
def twin(reference):
    """A TorchGPT with no parameter at its initial value and no bias at zero."""
    twin = reference.TorchGPT(VOCAB, 16, 40, 1, 5)
    with torch.no_grad():
        for p in twin.parameters():
            p.add_(torch.randn(p.shape) * (0.2 if p.ndim > 1 else 0.5))
    return twin


def some_tokens():
    """int64, as F.cross_entropy wants them. JAX gets `.int()`, because its
    integers have 32 bits.
    """
    return torch.randint(VOCAB, (4, TIME))


def in_flax(module):
    """The module's parameters as Flax names them."""
    match module:
        case torch.nn.Linear():
            return {"kernel": module.weight.detach().T.clone(), "bias": module.bias.detach().clone()}
        case torch.nn.LayerNorm():
            return {"scale": module.weight.detach().clone(), "bias": module.bias.detach().clone()}
        case torch.nn.Embedding():
            return {"embedding": module.weight.detach().clone()}
    return {name: tree for name, child in module.named_children() if (tree := in_flax(child))}


def params_of(twin):
    """What stands under "params" in 10.2's variables."""
    params = in_flax(twin.transformer)
    return {f"h_{i}": tree for i, tree in params.pop("h").items()} | params


def grads_of(twin):
    """The gradients that the twin holds, in the same tree."""
    kept = [p.data for p in twin.parameters()]
    for p in twin.parameters():
        p.data = p.grad
    grads = params_of(twin)
    for p, data in zip(twin.parameters(), kept, strict=True):
        p.data = data
    return grads


def make(learner):
    words = f"make_tx(lr={LR}, warmup={WARMUP}, weight_decay={DECAY}, max_norm={MAX_NORM:g})"
    return named(learner.make_tx(lr=LR, warmup=WARMUP, weight_decay=DECAY, max_norm=MAX_NORM), words)


@pytest.fixture
def same(learner, inside, reference, twin):
    """A function that gives make_tx and torch_step the same gradients, update
    by update, and compares the parameters.

    grads(p) makes a parameter's gradients, one per update.
    """

    def check(grads, label, path=(), unit=1.0):
        tx, before, given, theirs = make(learner), params_of(twin), [], []
        optimizer, scheduler = reference.torch_optimizer(twin, LR, WARMUP, DECAY)
        for some in zip(*map(grads, twin.parameters()), strict=True):
            for p, g in zip(twin.parameters(), some, strict=True):
                p.grad = g.clone()
            given.append(grads_of(twin))
            reference.torch_step(twin, optimizer, scheduler, MAX_NORM)
            theirs.append(scaled(reduce(getitem, path, params_of(twin)), unit))
        compare(inside.updated(tx, before, given, list(path), unit), theirs, label)

    return check


def scaled(tree, unit):
    return {k: scaled(v, unit) for k, v in tree.items()} if isinstance(tree, dict) else tree / unit


@pytest.fixture
def same_moves(same, twin):
    """The same for ln_f's bias alone. It starts at zero and is not decayed, so
    only lr and Adam change its values.
    """
    torch.nn.init.zeros_(twin.transformer.ln_f.bias)
    return lambda grads, which: same(grads, f"with {which} and make_tx, ln_f's bias / lr after update", ("ln_f", "bias"), LR)


def test_loss(learner, inside, twin, reference):
    """`lm_loss` returns torch_loss's number."""
    tokens = some_tokens()
    mine = learner.lm_loss(inside.logits, params_of(twin), tokens.int())
    compare(mine, reference.torch_loss(twin, tokens), "lm_loss(logits_fn, params, tokens)")


def test_loss_gradients(learner, inside, twin, reference):
    """The gradients of `lm_loss` with respect to params are those of
    torch_loss, under jax.jit.
    """
    tokens, params = some_tokens(), params_of(twin)
    loss = reference.torch_loss(twin, tokens)
    loss.backward()
    mine = inside.loss_and_gradients(learner.lm_loss, params, tokens.int())
    compare(mine, (loss, grads_of(twin)), "lm_loss and its gradients in params, under jax.jit,")


def test_decay(same):
    """`make_tx` decays what has two axes, and nothing else (with gradients of
    zero, the decay alone shows).
    """
    same(lambda p: torch.zeros(2, *p.shape), "with gradients of zero and make_tx, params after update")


def test_warmup(same_moves):
    """The learning rate of `make_tx` rises from lr / warmup to lr, and stays
    there.
    """
    same_moves(lambda p: (torch.randn(p.shape) / 100).expand(7, *p.shape), "the same small gradient")


def test_moments(same_moves):
    """`make_tx` averages past gradients as AdamW with betas (0.9, 0.95)
    does.
    """
    same_moves(lambda p: torch.randn(4, *p.shape) / 100, "small gradients")


def test_clip(same_moves):
    """`make_tx` clips gradients whose norm is too large, all by one factor,
    before the moments are taken.
    """
    sizes = torch.tensor([8.0, 4.0, 0.01])
    same_moves(lambda p: torch.randn(3, *p.shape) * sizes.view(3, *[1] * p.ndim), "two large gradients, a small one")


@pytest.mark.points(2)
def test_training(learner, inside, twin, reference):
    """30 steps of training with `lm_loss` and `make_tx` together have PyTorch's
    losses.
    """
    batches = [some_tokens() for _ in range(3)] * (STEPS // 3)
    mine = inside.train(learner.lm_loss, make(learner), params_of(twin), [tokens.int() for tokens in batches])
    theirs = reference.torch_train(twin, *reference.torch_optimizer(twin, LR, WARMUP, DECAY), MAX_NORM, batches)
    curve(mine, theirs, "losses of a GPT trained with lm_loss and make_tx")
