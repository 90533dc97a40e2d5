"""Graded checks of 10.4 gpt_training: one GPT, every parameter perturbed, and
settings with which clipping shows; a small model with drawn settings.

Gradients are made up, or those of 30 steps of training, whose norm falls from
about 20 to 3.
"""

from functools import reduce
from operator import getitem

import pytest
import torch

from flaxkata.checks import between, compare, curve, each, named, one_of, preserving, when

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

WORDS = {
    "torch.optim.AdamW": "optax.adamw",
    "torch.optim.lr_scheduler.LambdaLR": "optax.linear_schedule",
    "weight_decay": "optax.adamw(..., mask=...)",
}

VOCAB, CONTEXT, TIME, STEPS = 50, 16, 13, 30
LOSS = "lm_loss(logits_fn, params, tokens)"
SETTINGS = {"lr": 3e-3, "warmup": 5, "weight_decay": 0.5, "max_norm": 8.0}


@pytest.fixture
def twin(reference):
    """A TorchGPT with no parameter at its initial value and no bias at zero."""
    twin = reference.TorchGPT(VOCAB, CONTEXT, 40, 1, 5)
    with torch.no_grad():
        for p in twin.parameters():
            p.add_(torch.randn(p.shape) * (0.2 if p.ndim > 1 else 0.5))
    return twin


@pytest.fixture
def small():
    """A model with few parameters and every kind of them, one with three axes
    and one without any too, one with an axis of 1, and two whose names do not
    tell how many axes they have.
    """
    layers = {
        "wte": torch.nn.Embedding(7, 5),
        "conv": torch.nn.Conv1d(5, 6, 3),
        "c_fc": torch.nn.Linear(6, 1),
        "ln_f": torch.nn.LayerNorm(4),
        "others": torch.nn.ParameterDict({"gamma": torch.randn(4), "bias": torch.randn(3, 2), "scale": torch.randn(())}),
    }
    return torch.nn.ModuleDict(layers)


def some_tokens(batch=4, time=TIME, vocab=VOCAB):
    """int64, as F.cross_entropy wants them. JAX gets `.int()`, because its
    integers have 32 bits. The first and the last of the table are among those
    to predict.
    """
    tokens = torch.randint(vocab, (batch, time))
    tokens[0, 1], tokens[-1, -1] = 0, vocab - 1
    return tokens


def in_flax(module):
    """The module's parameters as Flax names them."""
    match module:
        case torch.nn.Linear() | torch.nn.Conv1d():
            kernel = module.weight.detach().permute(*reversed(range(module.weight.ndim)))
            return {"kernel": kernel.clone(), "bias": module.bias.detach().clone()}
        case torch.nn.LayerNorm():
            return {"scale": module.weight.detach().clone(), "bias": module.bias.detach().clone()}
        case torch.nn.Embedding():
            return {"embedding": module.weight.detach().clone()}
        case torch.nn.ParameterDict():
            return {name: p.detach().clone() for name, p in module.items()}
    return {name: tree for name, child in module.named_children() if (tree := in_flax(child))}


def params_of(model):
    """What stands under "params" in 10.2's variables; of the small model, its
    layers.
    """
    if isinstance(model, torch.nn.ModuleDict):
        return in_flax(model)
    params = in_flax(model.transformer)
    return {f"h_{i}": tree for i, tree in params.pop("h").items()} | params


def grads_of(twin):
    """The gradients that the model holds, in the same tree."""
    kept = [p.data for p in twin.parameters()]
    for p in twin.parameters():
        p.data = p.grad
    grads = params_of(twin)
    for p, data in zip(twin.parameters(), kept, strict=True):
        p.data = data
    return grads


def make(learner, settings):
    words = ", ".join(f"{name}={value:g}" for name, value in settings.items())
    return named(learner.make_tx(**settings), f"make_tx({words})")


@pytest.fixture
def same(learner, inside, reference, twin, small):
    """A function that gives make_tx and torch_step the same gradients, update
    by update, and compares the parameters: of the GPT, and of a small model
    with drawn settings.

    grads(p) makes a parameter's gradients, one per update. With bias=True,
    ln_f's bias alone is compared, divided by lr. It starts at zero and is not
    decayed, so only lr and Adam change its values. With a warmup, the small
    model alone is updated. `tolerance` is that of the bias.
    """
    drawn = {
        "lr": between(1e-4, 1e-3),
        "warmup": one_of(3, 6, 8),
        "weight_decay": between(1, 3),  # so that it shows, however small lr is
        "max_norm": between(2, 4),
    }

    def check(grads, which, bias=False, warmup=None, tolerance=None):
        words = "with lr {:g}, warmup {}, weight_decay {:g} and max_norm {:g}"
        models = {tuple(SETTINGS.values()): twin, tuple(drawn.values()): small}
        if warmup:
            models = {tuple((drawn | {"warmup": warmup}).values()): small}
        for values in each(models, words):
            model, settings = models[values], dict(zip(SETTINGS, values, strict=True))
            with when(f"for {which}"):
                compare_updates(model, settings, grads, ("ln_f", "bias") if bias else (), tolerance)

    def compare_updates(model, settings, grads, path, tolerance):
        if path:
            torch.nn.init.zeros_(dict(model.named_parameters())["ln_f.bias" if model is small else "transformer.ln_f.bias"])
        tx, before, given, theirs = make(learner, settings), params_of(model), [], []
        lr, warmup, decay, max_norm = settings.values()
        optimizer, scheduler = reference.torch_optimizer(model, lr, warmup, decay)
        for some in zip(*map(grads, model.parameters()), strict=True):
            for p, g in zip(model.parameters(), some, strict=True):
                p.grad = g.clone()
            given.append(grads_of(model))
            reference.torch_step(model, optimizer, scheduler, max_norm)
            theirs.append(reduce(getitem, path, params_of(model)))
        mine = inside.updated(tx, before, given, list(path), lr, repr(settings))
        if path:
            compare(mine, torch.stack(theirs) / lr, "the bias of ln_f / lr after each update", tolerance=tolerance)
        else:
            compare(mine, theirs[-1], f"params after {len(given)} updates")

    return check


def test_loss(learner, inside, twin, reference):
    """`lm_loss` returns torch_loss's number, with any `logits_fn`, for a single
    prediction, for many, for a large table, and for a text as long as the
    context too.
    """
    table = 100 * torch.randn(7, 7)  # so far apart that a softmax rounds some to 0
    for batch, time in each(((1, 2), (3, 5), (14, 5001)), "with a table of logits for logits_fn and {} texts of {} tokens"):
        tokens = some_tokens(batch, time, vocab=7)
        mine = preserving(learner.lm_loss, "", "params")(inside.row_of, {"table": table}, tokens.int())
        compare(mine, reference.torch_loss(lambda tokens: table[tokens], tokens), LOSS)
    with when("with a table of 70000 tokens"):
        names, tokens = torch.arange(70_000.0), torch.tensor([[1, 254], [32766, 69999]])
        params = {"names": names.flip(0), "order": torch.arange(69_999, -1, -1).int()}
        mine = learner.lm_loss(inside.distance, params, tokens.int())
        compare(mine, reference.torch_loss(lambda tokens: -(names - tokens[..., None]).abs(), tokens), LOSS)
    tokens = some_tokens(time=CONTEXT)
    mine = learner.lm_loss(inside.logits, params_of(twin), tokens.int())
    compare(mine, reference.torch_loss(twin, tokens), LOSS)


def test_loss_gradients(learner, inside, twin, reference):
    """The gradients of `lm_loss` with respect to params are those of
    torch_loss, under jax.jit.
    """
    tokens, params = some_tokens(), params_of(twin)
    loss = reference.torch_loss(twin, tokens)
    loss.backward()
    mine = inside.loss_and_gradients(learner.lm_loss, params, tokens.int())
    compare(mine, {"loss": loss, "gradients": grads_of(twin)}, "lm_loss under jax.jit")


def test_decay(same):
    """`make_tx` decays what has two axes or more, and nothing else (with
    gradients of zero, the decay alone shows).
    """
    same(lambda p: torch.zeros(4, *p.shape), "gradients of zero")


def test_warmup(same):
    """The learning rate of `make_tx` rises from lr / warmup to lr, and stays
    there.
    """
    same(lambda p: (torch.randn(p.shape) / 100).expand(10, *p.shape), "the same small gradients in each update", bias=True)
    # A cosine of thousands of updates is flat at its start. The roundings of 200 updates add up: 5e-6 were seen.
    many = "the same gradients in 200 updates"
    same(lambda p: (torch.randn(p.shape) / 100).expand(200, *p.shape), many, bias=True, warmup=2, tolerance=3e-5)


def test_moments(same):
    """`make_tx` averages past gradients as AdamW with betas (0.9, 0.95)
    does.
    """
    sizes = torch.tensor([1e-2, 1e-3, 1e-6, 1e-6])
    same(lambda p: torch.randn(4, *p.shape) * sizes.view(4, *[1] * p.ndim), "small gradients, and then smaller ones", bias=True)


def test_clip(same):
    """`make_tx` clips gradients whose norm is too large, all by one factor,
    before the moments are taken.
    """
    sizes = torch.tensor([8.0, 4.0, 0.01])
    same(lambda p: torch.randn(3, *p.shape) * sizes.view(3, *[1] * p.ndim), "two large gradients and a small one", bias=True)


@pytest.mark.points(2)
def test_training(learner, inside, twin, reference):
    """30 steps of training with `lm_loss` and `make_tx` together have PyTorch's
    losses.
    """
    batches = [some_tokens() for _ in range(3)] * (STEPS // 3)
    tx, given = make(learner, SETTINGS), [tokens.int() for tokens in batches]
    mine = inside.train(learner.lm_loss, tx, params_of(twin), given, repr(SETTINGS))
    lr, warmup, decay, max_norm = SETTINGS.values()
    theirs = reference.torch_train(twin, *reference.torch_optimizer(twin, lr, warmup, decay), max_norm, batches)
    curve(mine, theirs, "losses of a GPT trained with lm_loss and make_tx")
