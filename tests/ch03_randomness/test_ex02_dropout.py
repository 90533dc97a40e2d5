"""Graded checks of 3.2 dropout."""

import numpy as np
import pytest
import torch

from flaxkata.checks import between, compare, each, expect, fetch, named, preserving, when

LEARNED = "dropout takes its key and its mode in each call, and the same key always gives the same mask."

HINTS = (
    "What model.train() and model.eval() set is an argument here, and in place of PyTorch's global generator you make a "
    "key. In eval mode nothing is drawn.",
    "`nn.Dropout(rate, deterministic=...)` works as PyTorch's does, except for its flag. "
    '`apply(..., rngs={"dropout": key})` gives it a key; `jax.random.fold_in(key, step)` makes a key per step.',
    "FlaxNet: nn.Dropout(self.rate, deterministic=not train) between tanh and fc2. train_apply: "
    'model.apply(variables, x, True, rngs={"dropout": jax.random.fold_in(key, step)}). eval_apply: the same with False.',
)

WORDS = {"torch.nn.Dropout": "nn.Dropout", "model.eval()": "deterministic"}
IN_DIM, HIDDEN, OUTPUT_DIM, ROWS = 4, 50, 60, 400
SHARE = 0.04  # a share of 20,000 draws has a standard error of 0.003; both sides are drawn
SELDOM, TIMES = 0.002, 20  # a small rate, and how often the rows are repeated to see it
FAR = 7  # in standard deviations
EQUAL = 0.5  # what every hidden unit is before tanh, in the network that shows its mask


class Deep(torch.nn.Module):
    """A network with two Dropouts, whose layers have other names, and with a
    mean that is not a parameter; in eval mode also its twin adds no noise.
    """

    def __init__(self, in_dim, hidden, output_dim, rate):
        super().__init__()
        self.first, self.second = torch.nn.Linear(in_dim, hidden), torch.nn.Linear(hidden, hidden)
        self.head, self.dropout = torch.nn.Linear(hidden, output_dim), torch.nn.Dropout(rate)
        self.register_buffer("mean", torch.randn(in_dim))

    def forward(self, x):
        x = x - self.mean
        for layer in (self.first, self.second):
            x = self.dropout(torch.tanh(layer(x)))
        return self.head(x)


def variables_of(twin):
    """The twin's weights and buffers as Flax keeps them."""
    layers = {n: layer for n, layer in twin.named_children() if isinstance(layer, torch.nn.Linear)}
    params = {n: {"kernel": layer.weight.detach().T, "bias": layer.bias} for n, layer in layers.items()}
    constants = dict(twin.named_buffers())
    return {"params": params} | ({"constants": constants} if constants else {})


def showing_twin(reference, rate):
    """A TorchNet whose output shows what reaches fc2: all hidden units are
    equal, and fc2 turns them round, doubles them, adds 3, and has ten outputs
    more that are 3.
    """
    twin = reference.TorchNet(IN_DIM, HIDDEN, OUTPUT_DIM, rate)
    with torch.no_grad():
        twin.fc1.weight.zero_()
        twin.fc1.bias.fill_(EQUAL)
        twin.fc2.weight.zero_()
        twin.fc2.weight[:HIDDEN] = 2 * torch.eye(HIDDEN).flip(0)
        twin.fc2.bias.fill_(3)
    return twin


def numbers(handle, label, rows=ROWS):
    """The output as NumPy, or None and a finding."""
    back = fetch(handle)
    right = getattr(back, "kind", "") == "jax.Array" and tuple(back.shape) == (rows, OUTPUT_DIM)
    gave = f"a {back.kind} of shape {tuple(back.shape)}" if hasattr(back, "kind") else f"a {type(back).__name__}"
    words = f"{label} gave {gave}; expected a jax.Array of shape ({rows}, {OUTPUT_DIM})."
    return back.value if expect(right, label, words, detail=gave) else None


def reached(output):
    """What reached fc2 of a network that shows it; None if fc2 is not the last
    that was done.
    """
    hidden = (output[:, :HIDDEN][:, ::-1] - 3) / 2
    return hidden if np.abs(output[:, HIDDEN:] - 3).max() < 1e-5 else None


@pytest.fixture
def x():
    return torch.randn(ROWS, IN_DIM)


def test_network_eval(learner, reference, inside, jax, x):
    """`FlaxNet` drops nothing in eval mode, with or without a key: with
    PyTorch's weights it gives PyTorch's numbers.
    """
    for hidden, output_dim, rate, rows in each(
        ((HIDDEN, OUTPUT_DIM, 0.25, ROWS), (6, 1, 0.6, 1)), "with hidden {}, output_dim {}, rate {} and a batch of {}"
    ):
        twin = reference.TorchNet(IN_DIM, hidden, output_dim, rate)
        model = named(learner.FlaxNet(hidden=hidden, output_dim=output_dim, rate=rate), "model")
        mine = named(inside.evaluate, "FlaxNet.apply")(model, variables_of(twin), x[:rows])
        compare(mine, reference.torch_eval_apply(twin, x[:rows]), "the output of FlaxNet in eval mode")
        with when("and with a key in rngs"):
            mine = named(inside.evaluate_with_key, "FlaxNet.apply")(model, variables_of(twin), x[:rows], jax.random.key(0))
            compare(mine, reference.torch_eval_apply(twin, x[:rows]), "the output of FlaxNet in eval mode")


@pytest.mark.points(2)
def test_network_train(learner, reference, inside, jax, x):
    """In train mode `FlaxNet` drops as often as PyTorch, also where that is
    seldom, scales what it keeps as PyTorch does, and draws for each element,
    with the key that it is given.
    """
    apply, good = named(inside.train, "FlaxNet.apply"), True
    for rate in each((0.25, between(0.55, 0.7), 0.0), "with rate {}"):
        twin = showing_twin(reference, rate)
        model = named(learner.FlaxNet(hidden=HIDDEN, output_dim=OUTPUT_DIM, rate=rate), "model")
        outputs = [numbers(apply(model, variables_of(twin), x, jax.random.key(seed)), "FlaxNet") for seed in (0, 0, 1)]
        if any(o is None for o in outputs):
            return
        mine, theirs = outputs[0], reference.torch_train_apply(twin, x).detach().numpy()
        right = as_pytorch(mine, theirs)
        if right and rate:
            mine, again, other, theirs = (reached(o) != 0 for o in (*outputs, theirs))
            right = masks(mine, theirs)
            words = "called again with the same key, FlaxNet drops different units."
            right &= expect(np.array_equal(mine, again), "FlaxNet, called again", words)
            same = (mine == other).mean()
            words = (
                f"the masks that FlaxNet draws with two keys agree in {same:.0%} of all units. It does not draw with the key"
            )
            words += " in rngs."
            right &= expect(same < 0.99, "the masks of FlaxNet for two keys", words)
            if right and rate == 0.25:
                more = (fetch(apply(model, variables_of(twin), x, jax.random.key(seed))).value for seed in range(2, 6))
                kept = {int(y.sum()) for y in (mine, other, *(reached(y) != 0 for y in more))}
                words = f"FlaxNet drops {(~mine).sum():,} of {mine.size:,} units with each of six keys. Each unit is drawn by "
                words += "itself, so that their number varies, as in PyTorch."
                right = expect(len(kept) > 1, "how many units FlaxNet drops", words)
        good = good and right
    if good:
        seldom(reference, apply, learner.FlaxNet, x.repeat(TIMES, 1), jax.random.key(0))


def seldom(reference, apply, network, x, key):
    """Record whether FlaxNet drops about as many units as a small rate says,
    more exactly than the other rates show.
    """
    twin = showing_twin(reference, SELDOM)
    model = named(network(hidden=HIDDEN, output_dim=OUTPUT_DIM, rate=SELDOM), "model")
    with when(f"with rate {SELDOM} and a batch of {len(x):,}"):
        mine = numbers(apply(model, variables_of(twin), x, key), "FlaxNet", len(x))
        mine = None if mine is None else reached(mine)
        if mine is not None:
            theirs = reached(reference.torch_train_apply(twin, x).detach().numpy())
            dropped, usual = (mine == 0).sum(), SELDOM * mine.size
            words = f"FlaxNet drops {dropped:,} of {mine.size:,} units; with a probability of {SELDOM} each, it must be about "
            words += f"{usual:,.0f}, and PyTorch drops {(theirs == 0).sum():,}."
            expect(abs(dropped - usual) < FAR * usual**0.5, "how many units FlaxNet drops", words)


def as_pytorch(mine, theirs):
    """Record whether what reaches fc2 has the values that it has in
    PyTorch.
    """
    both = [reached(y) for y in (mine, theirs)]
    words = (
        "fc2 is not the last layer: where fc2's weights are 0 and its bias is 3, the output of FlaxNet in train mode is not 3"
    )
    words += f" but has values from {mine[:, HIDDEN:].min():.4g} to {mine[:, HIDDEN:].max():.4g}."
    values = np.unique(mine[:, HIDDEN:].round(3))[:4]
    if not expect(both[0] is not None, "what FlaxNet does after fc2", words, values):
        return False
    values = [np.unique(y.round(4)).tolist() for y in both]
    shown = [", ".join(f"{v:.4f}" for v in some[:4]) for some in values]
    words = (
        f"the hidden units are tanh({EQUAL}) = {np.tanh(EQUAL):.4f} before dropout; after it, those of FlaxNet in train mode "
    )
    words += f"are {shown[0]}, and PyTorch's {shown[1]}."
    same = len(values[0]) == len(values[1]) and np.allclose(*values, atol=2e-4)
    return expect(same, "the values of FlaxNet in train mode", words, values[0][:4])


def masks(mine, theirs):
    """Record whether the units that FlaxNet keeps are drawn one by one, and as
    many as in PyTorch. Returns whether all of this holds.
    """
    words = "FlaxNet drops the same units in every row of the batch; PyTorch draws for each element."
    rows = expect(not (mine == mine[0]).all(), "the rows of FlaxNet in train mode", words)
    words = "FlaxNet drops all units of a row or none; PyTorch draws for each element."
    if expect(not (mine == mine[:, :1]).all(), "the units of FlaxNet in train mode", words) and rows:
        good = [compare(mine.mean(), theirs.mean(), "the share of units that FlaxNet keeps", tolerance=SHARE)]
        for axis, what in ((1, "row"), (0, "unit")):
            label = f"how much the share that FlaxNet keeps varies from {what} to {what}"
            good.append(compare(*(y.mean(axis).std() for y in (mine, theirs)), label, tolerance=SHARE))
        return all(good)
    return False


def with_other_weights(inside, model, twins, x, mine, theirs, label, *key_and_step):
    """Compare calls with one model whose weights are not those of the call
    before: all of them, and those of one layer in the same dict.
    """
    twin, other = twins
    variables = named(inside.kept(variables_of(twin)), "variables")
    with when("with a model that was called with other variables before"):
        compare(mine(model, variables, x, *key_and_step), theirs(twin, x), label)
    for layer in each(("fc1", "fc2"), "after the weights of {} were replaced in the same dict"):
        inside.replace(variables, layer, *variables_of(other)["params"][layer].values())
        twin.get_submodule(layer).load_state_dict(other.get_submodule(layer).state_dict())
        compare(mine(model, variables, x, *key_and_step), theirs(twin, x), label)


def test_eval_apply(learner, reference, inside, x):
    """`eval_apply` gives PyTorch's numbers in eval mode, whatever the model's
    fields are called, with the weights of each call.
    """
    kinds = (reference.TorchNet, inside.Net, 0.25, ROWS, "one Dropout"), (Deep, inside.Deep, 0.6, 1, "two Dropouts, constants")
    for twin, net, rate, rows, words in kinds:
        with when(f"for a model with {words} and a batch of {rows}"):
            twin = twin(IN_DIM, 6, 3, rate)
            model = named(net(6, 3, rate), "model")
            expected = reference.torch_eval_apply(twin, x[:rows])
            mine = preserving(learner.eval_apply, "", "variables")(model, variables_of(twin), x[:rows])
            compare(mine, expected, "eval_apply(model, variables, x)")
    model, twins = named(inside.Net(6, 3, 0.25), "model"), [reference.TorchNet(IN_DIM, 6, 3, 0.25) for _ in range(2)]
    call = learner.eval_apply, reference.torch_eval_apply, "eval_apply(model, variables, x)"
    with_other_weights(inside, model, twins, x, *call)


@pytest.mark.points(2)
def test_train_apply(learner, reference, inside, jax, x):
    """`train_apply` uses a different mask for each step and each key, and the
    same mask for the same key and step. With rate 0 it gives PyTorch's numbers,
    even for one row, with the weights of each call.
    """
    twin = reference.TorchNet(IN_DIM, 6, 1, 0.0)
    with when("with rate 0, one output and a batch of 1"):
        model = named(inside.Net(6, 1, 0.0), "model")
        mine = learner.train_apply(model, variables_of(twin), x[:1], jax.random.key(0), 0)
        compare(mine, reference.torch_train_apply(twin, x[:1]), "train_apply(model, variables, x, key, step)")
        twins = [reference.TorchNet(IN_DIM, 6, 1, 0.0) for _ in range(2)]
        call = learner.train_apply, reference.torch_train_apply, "train_apply(model, variables, x, key, step)"
        with_other_weights(inside, model, twins, x[:1], *call, jax.random.key(0), 0)
    twin = showing_twin(reference, 0.25)
    model = named(inside.Net(hidden=HIDDEN, output_dim=OUTPUT_DIM, rate=0.25), "model")
    variables, masks = variables_of(twin), {}

    def mask_of(key, step):
        mine = numbers(preserving(learner.train_apply, "", "variables")(model, variables, x, key, step), "train_apply")
        return None if mine is None else mine[:, :HIDDEN].round(4) != 3

    def mask(seed, step):
        return mask_of(jax.random.key(seed), step)

    for asked in ((0, 0), (0, 1), (0, 2), (1, 1)):
        masks[asked] = mask(*asked)
        if masks[asked] is None:
            return
    first, second = (reached(reference.torch_train_apply(twin, x).detach().numpy()) != 0 for _ in range(2))
    compare(masks[0, 0].mean(), first.mean(), "the share of units that train_apply keeps", tolerance=SHARE)
    theirs = (first == second).mean()

    def unlike(a, b, what):
        mine = (masks[a] == masks[b]).mean()
        words = (
            f"The masks of train_apply agree in {mine:.0%} of all units for {what}; two PyTorch masks agree in {theirs:.0%}."
        )
        return expect(abs(mine - theirs) < 2 * SHARE, f"the masks of train_apply for {what}", words, round(mine, 1))

    good = [unlike((0, 0), (0, b), f"steps 0 and {b}") for b in (1, 2)]
    good += [unlike((0, 1), (1, 1), "two keys at step 1"), unlike((0, 2), (1, 1), "key 0 at step 2 and key 1 at step 1")]
    words = "Called again with the same key and the same step, train_apply drops different units."
    good += [expect(np.array_equal(masks[0, 1], mask(0, 1)), "train_apply, called again", words)]
    words = "train_apply drops different units for the step jnp.int32(2) than for 2."
    good += [expect(np.array_equal(masks[0, 2], mask(0, jax.numpy.int32(2))), "train_apply, with an array", words)]
    if all(good) and fetch(inside.goes_directly(learner.train_apply, model, variables, x, jax.random.key(0))):
        late = (1000, 10**6, 10**9 - 1, 10**9)
        masks |= {(0, step): mask(0, step) for step in late}
        for a, b in ((0, 1000), (1000, 10**6), (0, 10**6), (10**6, 10**9), (10**9 - 1, 10**9)):
            if not unlike((0, a), (0, b), f"steps {a} and {b}"):
                return
        (a, b), (c, d) = fetch(jax.random.key_data(jax.random.split(jax.random.key(3)))).value
        for which, pair in {"first": ((a, b), (a, d)), "second": ((a, b), (c, b))}.items():
            masks |= {part: mask_of(jax.random.wrap_key_data(jax.numpy.asarray(np.array(part))), 1) for part in pair}
            unlike(*pair, f"two keys that have the same {which} number, but not the same other number")


def test_jit(learner, reference, inside, jax, x):
    """`train_apply` gives the same mask under jax.jit, where the step is a
    tracer.
    """
    variables = variables_of(Deep(IN_DIM, 6, 3, 0.6))
    model = named(inside.Deep(6, 3, 0.6), "model")
    key = named(jax.random.key(2), "key")
    expected, again = (fetch(learner.train_apply(model, variables, x, key, 3)) for _ in range(2))
    words = "Called again with the same key and the same step, train_apply gives other numbers."
    if not expect(np.array_equal(*(getattr(y, "value", 0) for y in (expected, again))), "train_apply, called again", words):
        return
    jitted = jax.jit(learner.train_apply, static_argnums=0)
    compare(jitted(model, variables, x, key, 3), expected, "train_apply under jax.jit", reference="train_apply without jit")
    words = "train_apply loops until it reaches the step, so a late step takes longer than an early one."
    direct = fetch(inside.goes_directly(learner.train_apply, model, variables, x, key))
    expect(direct, "the loop of train_apply", words)
