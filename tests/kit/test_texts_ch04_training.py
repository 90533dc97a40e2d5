"""What the texts of chapter 4 say of the libraries, measured."""

import inspect
import math
import re

import fresh
import jax
import jax.numpy as jnp
import optax
import pytest
import torch

from flaxkata import catalog

torch.set_num_threads(1)


def raw(number):
    (exercise,) = catalog.select(fresh.ROOT, [number])
    return exercise.text


def text(number):
    """The docstring of an exercise on one line."""
    return " ".join(raw(number).split())


def test_gradients():
    """4.1: two calls of backward() give twice the gradients; value first, and
    names in alphabetical order; (batch, 1) - (batch,) raises no error.
    """
    assert "two calls of `backward()` give twice the gradients" in text("4.1")
    w = torch.tensor(3.0, requires_grad=True)
    (w**2).backward()
    (w**2).backward()
    assert w.grad == 12
    assert jax.value_and_grad(lambda v: v**2)(3.0) == (9, 6)
    assert list(jax.grad(lambda p: p["b"] * p["a"])({"b": 1.0, "a": 2.0})) == ["a", "b"]
    assert (torch.ones(5, 1) - torch.ones(5)).shape == (jnp.ones((5, 1)) - jnp.ones(5)).shape == (5, 5)
    with pytest.warns(UserWarning, match="broadcasting"):
        torch.nn.functional.mse_loss(torch.ones(5, 1), torch.ones(5))


def test_kinks():
    """4.2: the table of derivatives at 0, and what `where` does to them."""
    rows = re.findall(r"of (abs|the norm) (\w+) (\w+) ", text("4.2"))
    assert rows == [("abs", "0", "1"), ("the norm", "0", "nan")]
    zero, x = torch.zeros(3, requires_grad=True), torch.zeros((), requires_grad=True)
    x.abs().backward()
    torch.linalg.vector_norm(zero).backward()
    assert x.grad == 0 and jax.grad(jnp.abs)(0.0) == 1
    assert zero.grad.tolist() == [0, 0, 0] and jnp.isnan(jax.grad(jnp.linalg.norm)(jnp.zeros(3))).all()
    once, twice = re.findall(r"^    (jnp.where.*?\))(?:  .*)?$", raw("4.2"), re.MULTILINE)
    once, twice = (eval(f"lambda x: {code}", {"jnp": jnp}) for code in (once, twice))
    assert once(0.0) == twice(0.0) == 0
    assert jnp.isnan(jax.grad(once)(0.0)) and jax.grad(twice)(0.0) == 0
    torch.where(zero > 0, torch.sqrt(zero), 0.0).sum().backward()
    assert torch.isnan(zero.grad).all()
    assert jax.grad(jnp.sign)(0.0) == 0


def test_cross_entropy():
    """4.3: what optax does with the label -100, with 200 classes and with 5."""
    assert "with 200 classes the label -100 means class 100" in text("4.3")
    logits = jax.random.normal(jax.random.key(0), (2, 200))
    each = optax.softmax_cross_entropy_with_integer_labels
    assert each(logits, jnp.array([-100, 3])).tolist() == each(logits, jnp.array([100, 3])).tolist()
    assert jnp.isnan(each(logits[:, :5], jnp.array([-100, 3]))).tolist() == [True, False]


def test_optimizers():
    """4.4: the defaults of both libraries, AdamW's decay, and the figure for
    Adagrad.
    """
    said, p = text("4.4"), torch.nn.Parameter(torch.zeros(1))
    ours = {name: inspect.signature(getattr(optax, name)).parameters for name in ("adamw", "rmsprop")}
    assert "0.01 for AdamW, 0 for the other three. The default of `optax.adamw` is 0.0001." in said
    names = ("SGD", "Adam", "AdamW", "RMSprop")
    assert [getattr(torch.optim, name)([p], lr=0.1).defaults["weight_decay"] for name in names] == [0, 0, 0.01, 0]
    assert ours["adamw"]["weight_decay"].default == 0.0001
    assert "RMSprop keeps 0.99" in said and "By default `optax.rmsprop` keeps 0.9 and adds it inside" in said
    assert torch.optim.RMSprop([p]).defaults["alpha"] == 0.99 and ours["rmsprop"]["decay"].default == 0.9
    assert ours["rmsprop"]["eps_in_sqrt"].default is True

    assert "p -= lr * weight_decay * p. So does `optax.adamw`" in said
    one, none = torch.nn.Parameter(torch.ones(1)), jnp.zeros(1)  # without a gradient, only the decay is left
    one.grad = torch.zeros(1)
    torch.optim.AdamW([one], lr=0.1, weight_decay=0.5).step()
    tx = optax.adamw(0.1, weight_decay=0.5)
    assert one.item() == pytest.approx(1 - 0.1 * 0.5)
    assert 1 + float(tx.update(none, tx.init(none), none + 1)[0][0]) == pytest.approx(one.item())

    g, share = (float(n) for n in re.search(r"gradient of (\S+) makes a step (\S+) times", said).groups())
    p.grad = torch.tensor([g])
    torch.optim.Adagrad([p], lr=0.01, eps=1e-10).step()
    start, default = re.search(r"initial_accumulator_value=(\S+) in optax \(its default is (\S+)\)", said).groups()
    assert inspect.signature(optax.adagrad).parameters["initial_accumulator_value"].default == float(default)
    tx = optax.adagrad(0.01, initial_accumulator_value=float(start), eps=1e-10)
    q = jnp.zeros(1)
    updates, _ = tx.update(jnp.array([g]), tx.init(q), q)
    assert float(updates[0]) / p.item() == pytest.approx(share, abs=0.005)


def test_schedules():
    """4.5: cosines after their end, and the rates of OneCycleLR and of
    optax's.
    """
    p = torch.nn.Parameter(torch.zeros(1))

    def rates(make, steps):
        optimizer = torch.optim.SGD([p], 1.0)
        scheduler, found = make(optimizer), []
        for _ in range(steps):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        return found

    schedulers = torch.optim.lr_scheduler
    torchs = rates(lambda o: schedulers.CosineAnnealingLR(o, 5), 10)
    assert torchs[5] == pytest.approx(0) and torchs[9] > 0.9
    assert optax.cosine_decay_schedule(1.0, 5)(9) == 0

    steps, mine, ours = re.search(r"second of (\d+) steps has (\S+) of .*? and (\S+) in", text("4.5")).groups()
    second = rates(lambda o: schedulers.OneCycleLR(o, 1.0, total_steps=int(steps)), 2)[1]
    assert second == pytest.approx(float(mine), abs=0.005)
    for total in (int(steps), int(steps) - 1):
        assert optax.cosine_onecycle_schedule(total, 1.0)(1) == pytest.approx(float(ours), abs=0.005)

    def cosine(share):
        return 1 / 25 + (1 - 1 / 25) * (1 - math.cos(math.pi * share)) / 2

    ends = re.search(r"along a cosine, but PyTorch's warmup ends at step (\S+), optax's at step (\d+)\.", text("4.5")).groups()
    assert second == pytest.approx(cosine(1 / float(ends[0])))
    assert optax.cosine_onecycle_schedule(int(steps), 1.0)(1) == pytest.approx(cosine(1 / float(ends[1])))


def test_staircase():
    """4.5: in compiled code, `staircase=True` falls one step late at some
    sizes, such as 41; step // step_size does not.
    """
    late = []
    for size in range(2, 60):
        compiled = jax.jit(optax.exponential_decay(1.0, size, 0.5, staircase=True))
        exact = jax.jit(lambda step, size=size: 0.5 ** (step // size))
        assert exact(jnp.int32(size)) == 0.5
        late += [size] if compiled(jnp.int32(size)) != 0.5 else []
        assert compiled(jnp.int32(size + 1)) == pytest.approx(0.5)
    assert 41 in late and not {2, 3, 4} & set(late)  # the sizes of the checks, and 1


def test_accumulate():
    """4.6: MultiSteps gives tx the mean at every k-th call and waits before;
    apply_every gives the sum.
    """
    p, g = jnp.zeros(1), jnp.ones(1)
    for tx, last in ((optax.MultiSteps(optax.sgd(1.0), 3), -1), (optax.chain(optax.sgd(1.0), optax.apply_every(3)), -3)):
        state, found = tx.init(p), []
        for _ in range(3):
            updates, state = tx.update(g, state, p)
            found.append(float(updates[0]))
        assert found == pytest.approx([0, 0, last])


def test_freeze_and_ema():
    """4.7: decay without gradient, masked's raw gradient, donated arrays,
    partition's old name, and both averages of 1 and 2.
    """
    assert "calls `optax.partition` by its old name, `optax.multi_transform`" in text("4.7")
    assert optax.multi_transform is optax.partition
    p, g = jnp.ones(2), jnp.full(2, 3.0)
    adamw, masked = optax.adamw(0.1), optax.masked(optax.sgd(0.1), False)
    assert (adamw.update(jnp.zeros(2), adamw.init(p), p)[0] != 0).all()
    assert (masked.update(g, masked.init(p), p)[0] == g).all()
    copied = jnp.copy(p)
    jax.jit(lambda p: 2 * p, donate_argnums=0)(p)
    with pytest.raises(RuntimeError, match="Array has been deleted"):
        p.tolist()
    assert copied.tolist() == [1, 1]

    first, then, decay, ours, theirs = (
        float(n)
        for n in re.search(
            r"values (\S+) and (\S+), with decay ([\d.]+), it is at ([\d.]+), .*? at ([\d.]+)\.\)", text("4.7")
        ).groups()
    )
    tx, layer = optax.ema(decay), torch.nn.Linear(1, 1, bias=False)
    state = tx.init(jnp.zeros(()))
    average = torch.optim.swa_utils.AveragedModel(layer, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay))
    for value in (first, then):
        found, state = tx.update(jnp.array(value), state)
        layer.weight.data.fill_(value)
        average.update_parameters(layer)
    assert float(found) == pytest.approx(ours, abs=5e-4)
    assert average.module.weight.item() == pytest.approx(theirs)
