"""Graded checks of 4.9 data.

The DataLoader runs here, beside PyTorch: it calls the learner's `collate`, and
its batches go back to the other room.
"""

import numpy as np
import pytest
import torch

from flaxkata.checks import (
    Array,
    as_numpy,
    between,
    compare,
    curve,
    each,
    expect,
    fetch,
    flatten,
    named,
    reading,
    unchanged,
    when,
)

LEARNED = "collate to NumPy, pad to one shape, mask the loss, and make the order a function of seed and epoch."

HINTS = (
    "JAX compiles once per shape, so all batches must have one shape and a mask. Of what a DataLoader keeps in its generator, "
    "only the order matters; make it again from numbers that you know. Transferring a batch early is a queue.",
    "`np.random.default_rng((seed, epoch)).permutation(n)`; `jax.tree.map(f, *samples)` calls f with the same leaf of all "
    "samples; `leaf[indices]` repeats rows; `jnp.mean(losses, where=mask)`; `collections.deque` and `np.array`.",
    "collate: np.stack(leaves), then astype for int64 and float64. pad: leaf[np.minimum(np.arange(size), rows - 1)], mask "
    "np.arange(size) < rows. make_step: jax.value_and_grad of the mean in one jax.jit. prefetch: append each leaf as "
    "jnp.asarray(np.array(leaf)) to the deque; yield popleft() whenever it holds more than `ahead`; at the end yield the rest.",
)

WORDS = {
    "torch.utils.data.DataLoader": "jax.tree.map",
    "collate_fn": "collate",
    "shuffle=True": "np.random.default_rng((seed, epoch))",
    "drop_last=True": "mask",
}
NUMPY = ("numpy.ndarray",)


# --- order ---


@pytest.fixture
def orders(learner, inside):
    """A function that calls `order` with each of some arguments: lists of
    indices, empty where it returned no integers.
    """
    inside.stir(0)  # what draws from the global generators does the same in each run

    def ask(*given, then=None):
        found = reading(inside.each_of, "order(...)")(learner.order, given)
        numbers = [indices(one) for one in fetch(found)]
        if then is not None:
            then(found)
        return numbers

    return ask


def indices(found):
    numbers = as_numpy(found).ravel() if isinstance(found, Array | list | tuple) else np.empty(0)
    return numbers.tolist() if numbers.dtype.kind in "iu" else []


def test_order(orders):
    """`order` returns each index once, shuffled, for any number of samples."""
    given = ((97, 3, 0), (40, 12345, 7), (1, 0, 0))
    for (n, *_), found in zip(each(given, "for n {}, seed {} and epoch {}"), orders(*given), strict=True):
        missing = len(set(range(n)) - set(found))
        words = f"order(n, seed, epoch) returned {len(found)} integers, and {missing} of the indices 0 to {n - 1} are missing."
        if expect(len(found) == n and not missing, "order(n, seed, epoch)", words, detail=f"{len(found)}"):
            neighbors = int((np.abs(np.diff(found)) == 1).sum())
            words = f"order(n, seed, epoch) is not shuffled: {neighbors} times, index i comes next to i + 1."
            expect(neighbors <= n // 4, "how shuffled order(n, seed, epoch) is", words)


def test_order_again(orders, inside):
    """The same arguments give `order` the same result, whatever was drawn
    before, and it leaves the global generators alone.
    """
    given = ((50, 4, 2), (30, 0, 1))
    before = fetch(inside.generators())
    first = orders(*given, (50, 5, 2), then=inside.sort)
    words = "A global generator, of NumPy or Python, has another state after calls of order(n, seed, epoch)."
    expect(fetch(inside.generators()) == before, "the global generators after order(n, seed, epoch)", words)
    inside.stir(2)
    words = "order(n, seed, epoch) returned other indices when it was called a second time with the same arguments. "
    words += "In between, the first result was sorted in place."
    expect(orders(*given) == first[:2], "order(n, seed, epoch), called again", words)


FACTORS = (2, 10, 31, 97, 100, 101, 256, 997, 1000, 1009, 1024, 10_000)  # by which people multiply one of the two
PAIRS = ((0, 0), (0, 1), (1, 0), (2, 3), (3, 2), (1, 6), *((0, f) for f in FACTORS), *((f, 0) for f in FACTORS))
LARGE = ((2**16, 0), (10**6, 0), (2**31 - 1, 0))


def same_in(i, pairs):
    """Two pairs each that have the same seed (0) or the same epoch (1)."""
    return [(p, q) for p in pairs for q in pairs if p[i] == q[i]]


def test_order_pairs(orders):
    """Each pair of seed and epoch gives `order` a result of its own."""
    found, same, drawn = {}, [], {}
    for pairs in (PAIRS, LARGE):
        for pair, order in zip(pairs, orders(*((60, *pair) for pair in pairs)), strict=True):
            other = found.setdefault(tuple(order), pair)
            same += [(other, pair)] if other != pair else []
            drawn[pair] = tuple(order)
        if same:
            break  # some generators raise an error for large seeds, which would hide this
    (seed, epoch), other = same[0] if same else ((0, 0), (0, 0))
    words = f"order(n, seed, epoch) is the same for seed {seed} in epoch {epoch} and for seed {other[0]} in epoch {other[1]}."
    # Of the many ways to make one number of two, those that leave out one of them are known apart.
    alone = [what for i, what in enumerate(("seed", "epoch")) if all(drawn[p] == drawn[q] for p, q in same_in(i, drawn))]
    expect(not same, "orders of pairs of seed and epoch", words, detail=" ".join(alone))


def test_position(orders):
    """With a position, `order` returns the rest of the same order."""
    for n, seed, epoch in each(((23, 5, 1), (20, 0, 3)), "for n {}, seed {} and epoch {}"):
        places = (0, 8, n - 1, n)
        whole, *found = orders((n, seed, epoch), *((n, seed, epoch, place) for place in places))
        for position, rest in zip(each(places, "from position {}"), found, strict=True):
            place = whole.index(rest[0]) if rest and rest[0] in whole else -1
            begin = f", beginning with entry {place} of the whole order" if place >= 0 else ""
            words = f"order(n, seed, epoch, position) returned {len(rest)} indices{begin}. "
            words += f"Expected the {n - position} entries of the whole order from entry {position} on."
            expect(rest == whole[position:], "order(n, seed, epoch, position)", words, detail=f"{len(rest)}")


# --- collate and pad ---


def images(n):
    """Samples of uint8 and an int, as dicts in any order; no image is zero."""
    samples = [
        {"image": np.array(torch.randint(1, 256, (5, 4), dtype=torch.uint8)), "label": int(torch.randint(3, ()))}
        for _ in range(n)
    ]
    return [dict(reversed(sample.items())) if i % 2 else sample for i, sample in enumerate(samples)]


def of_all_kinds(n):
    """Samples of every kind of leaf."""
    whole = iter((2**24 + 1 + torch.randperm(2**20)[: 9 * n]).tolist())
    return [
        {
            "floats": (
                np.random.default_rng(next(whole)).normal(size=3),
                torch.randn(()).item(),
                np.array(torch.randn(2, 3).half()),
            ),
            "ints": [np.array([next(whole), next(whole)]), next(whole), np.array(next(whole) % 100, np.int16)],
            "more": {
                "flag": next(whole) % 2 == 0,
                "bools": np.array(torch.randn(4) > 0),
                "single": np.array(next(whole), np.float32),
            },
        }
        for _ in range(n)
    ]


SAMPLES = {
    "dicts with an image and a label": images,
    "trees with every kind of leaf": of_all_kinds,
    "pairs of an array and a float": lambda n: [(np.array(torch.randn(2)), torch.randn(()).item()) for _ in range(n)],
    "pairs of a list of two ints and a tuple of two floats": lambda n: [
        (torch.randint(9, (2,)).tolist(), tuple(torch.randn(2).tolist())) for _ in range(n)
    ],
    "arrays": lambda n: [np.array(torch.randn(3, 2).double()) for _ in range(n)],
    "ints": lambda n: torch.randint(2**24, 2**30, (n,)).tolist(),
}


def narrow(tree):
    """A batch of tensors as JAX would have it: float32 and int32 at most."""
    if isinstance(tree, dict):
        return {name: narrow(item) for name, item in tree.items()}
    if isinstance(tree, list | tuple):
        return [narrow(item) for item in tree]
    return tree.to({torch.float64: torch.float32, torch.int64: torch.int32}.get(tree.dtype, tree.dtype))


def keeps_form(inside, given, found, of_what, label):
    """Whether a tree has the dicts, tuples and lists of another one."""
    before, after = fetch(inside.form(given)), fetch(inside.form(found))
    words = f"{label} is a tree {after}; {of_what} is {before}. Each * is an array or a number."
    return expect(before == after, f"the form of {label}", words, detail=after)


@pytest.mark.points(2)
def test_collate(learner, inside, reference):
    """`collate` gives the DataLoader NumPy batches with default_collate's
    numbers, in dtypes that JAX has.
    """
    for which in each(SAMPLES, "for samples that are {}"):
        samples = SAMPLES[which](3)
        mine = reference.torch_loader(samples, 2, range(3), learner.collate)
        for batch, theirs in zip(mine, reference.torch_loader(samples, 2, range(3)), strict=True):
            if compare(named(batch, "collate(samples)"), narrow(theirs), kinds=NUMPY):
                keeps_form(inside, samples[0], batch, "a sample", "collate(samples)")
    with_jax = fetch(reading(inside.computes_with_jax, "collate(samples)")(learner.collate, of_all_kinds(2)))
    words = "collate(samples) computes with JAX, which hangs in a forked worker of the DataLoader."
    expect(not with_jax, "whether collate(samples) computes with JAX", words)


def test_collate_unchanged(learner, inside):
    """`collate` leaves the samples as they are."""
    samples = named(inside.kept(of_all_kinds(2)), "samples")
    before = fetch(samples)
    learner.collate(samples)
    unchanged(before, fetch(samples), "samples")


def a_batch(rows):
    """A batch in which each row differs from each other in every leaf."""
    some = torch.randperm(100)[:rows]
    return {
        "image": np.array((some[:, None, None] + torch.randint(1, 50, (5, 4))).to(torch.uint8)),
        "rest": (np.array(some.int() + 1), [np.array(torch.randn(rows, 2).half()), np.array(torch.randn(rows))]),
    }


def copied_rows(padded, batch, size):
    """For each added row, and for each of its leaves, the rows of the batch
    that it is a copy of.
    """
    real, found = ([as_numpy(leaf) for leaf in flatten(tree).values()] for tree in (batch, padded))
    rows, copied = len(batch["image"]), []
    for i in range(rows, size):
        whole = len(found) == len(real) and all(leaf.ndim and len(leaf) > i for leaf in found)
        leaves = zip(real, found, strict=True) if whole else ()
        copied.append([{k for k in range(rows) if a[k].tolist() == b[i].tolist()} for a, b in leaves] or [set()])
    return copied


def repeated(copied, batch):
    """What `pad` must return for this batch: with the rows that it repeated, or
    the last where it did something else.
    """
    rows = len(batch["image"])
    taken = [*range(rows), *(min(set.intersection(*leaves), default=rows - 1) for leaves in copied)]
    return {
        "image": batch["image"][taken],
        "rest": (batch["rest"][0][taken], [leaf[taken] for leaf in batch["rest"][1]]),
    }


@pytest.mark.points(2)
def test_pad(learner):
    """`pad` repeats rows of the batch until there are `size`, and its mask is
    True for the first ones alone.
    """
    for rows, size in each(((5, 8), (8, 8), (1, 4), (3, 16)), "for {} rows, to size {}"):
        batch = a_batch(rows)
        padded = learner.pad(batch, size)
        data, mask = named(padded[0], "pad(batch, size)[0]"), named(padded[1], "pad(batch, size)[1]")
        copied = copied_rows(fetch(data), batch, size)
        mixed = [i for i, leaves in enumerate(copied, rows) if all(leaves) and not set.intersection(*leaves)]
        words = f"Row {mixed[0] if mixed else 0} of pad(batch, size)[0] has leaves of different rows of the batch."
        if expect(not mixed, "the rows that pad(batch, size) adds", words):
            compare(data, repeated(copied, batch), kinds=NUMPY, reference="the batch, with rows repeated,")
        compare(mask, np.arange(size) < rows, "the mask of pad(batch, size)", kinds=NUMPY, reference="the batch")


def test_pad_unchanged(learner, inside):
    """`pad` leaves the batch as it is."""
    batch = named(inside.kept(a_batch(3)), "batch")
    before = fetch(batch)
    learner.pad(batch, 4)
    unchanged(before, fetch(batch), "batch")


def test_pad_trees(learner, inside):
    """`pad` works for any tree, such as one array or a tuple."""
    for which, rows, size in each((("one array", 2, 6), ("a tuple", 3, 4)), "for {} of {} rows, to size {}"):
        x = np.array(torch.randn(rows, 3))
        batch = x if which == "one array" else (x, np.arange(rows, dtype=np.int32))
        data = learner.pad(batch, size)[0]
        found = fetch(data)
        same = []
        for path, leaf in flatten(batch).items():
            mine = flatten(found).get(path)
            mine = as_numpy(mine)[:rows] if isinstance(mine, Array) else mine
            same.append(compare(mine, leaf, "the first rows", reference="the batch"))
        if all(same):
            keeps_form(inside, batch, data, "the batch", "pad(batch, size)[0]")


# --- the step ---


def in_flax(twin, tupled=False):
    """The twin's params in Flax's layout."""
    layers = {n: {"kernel": m.weight.detach().T.clone(), "bias": m.bias.detach().clone()} for n, m in twin.named_children()}
    return tuple(layers.values()) if tupled else layers


OPTIMIZERS = {
    "sgd": lambda p, lr, decay: torch.optim.SGD(p, lr=lr, momentum=0.9, weight_decay=decay),
    "adam": lambda p, lr, decay: torch.optim.AdamW(p, lr=lr, weight_decay=decay),
}
MASKS = {
    8: ([1] * 8, [1] * 5 + [0] * 3, [0, 1, 1, 0, 0, 1, 0, 1], [0, 0, 1, 0, 0, 0, 0, 0], [1] * 8),
    3: ([1] * 3, [1, 0, 0], [0, 1, 1]),
}


def masked(mask):
    """(a batch, its real rows as tensors); the others are copies of them."""
    real = [i for i, m in enumerate(mask) if m]
    rows = images(len(real))
    spread = iter(rows)
    filled = [next(spread) if m else rows[i % len(rows)] for i, m in enumerate(mask)]
    stacked = [
        {"image": np.stack([s["image"] for s in some]), "label": np.array([s["label"] for s in some], np.int32)}
        for some in (filled, rows)
    ]
    return stacked[0], {"image": torch.from_numpy(stacked[1]["image"]), "label": torch.from_numpy(stacked[1]["label"]).long()}


def returned_three(counts):
    words = f"step(params, state, batch, mask) returned {counts[-1] if counts else 'no'} values; "
    words += "expected 3, the new params, the new state and the loss."
    return expect(set(counts) == {3}, "what the step returns", words, counts)


@pytest.mark.points(2)
def test_step(learner, inside, reference):
    """The step that `make_step` returns trains as PyTorch does on the real rows
    alone, and returns their mean loss.
    """
    cases = ((8, "sgd", between(0.1, 0.3), between(0.05, 0.2)), (3, "adam", between(0.01, 0.05), between(0.3, 0.5)))
    for rows, name, lr, decay in each(cases, "with batches of {} rows, {} with lr {} and weight decay {}"):
        tupled = name == "adam"
        twin = reference.TorchNet(20, 6, 3)
        tx = named(getattr(inside, name)(lr, decay), "tx")
        step = named(learner.make_step(inside.Counting(tupled), tx), "step")
        some = [(np.array(mask, bool), *masked(mask)) for mask in MASKS[rows]]
        given = [(tuple(batch.values()) if tupled else batch, mask) for mask, batch, _ in some]
        result = reading(inside.train, "training with step")(step, inside.start(tx, in_flax(twin, tupled)), given)
        optimizer = OPTIMIZERS[name](twin.parameters(), lr, decay)
        theirs = [reference.torch_step(twin, optimizer, batch) for _, _, batch in some]
        if returned_three(fetch(result[2])):
            if curve(result[1], theirs, "losses that step(params, state, batch, mask) returned"):
                compare(result[1][-1], torch.tensor(theirs[-1]), "the loss of the last step", tolerance=1e-4)
            compare(result[0], in_flax(twin, tupled), f"params after {len(some)} steps", tolerance=1e-4)
    with when("where the loss of a row that counts is NaN"):
        (image, label), mask = given[0]
        image = image * (np.arange(rows) > 0)[:, None, None].astype(np.uint8)  # its norm is 0
        result = reading(inside.train, "training with step")(
            step, inside.start(tx, in_flax(twin, tupled)), [((image, label), mask)]
        )
        if returned_three(fetch(result[2])):
            zeroed = {"image": torch.from_numpy(image), "label": torch.from_numpy(label).long()}
            loss = torch.tensor(reference.torch_step(twin, optimizer, zeroed))
            compare(result[1][0], loss, "the loss that step(params, state, batch, mask) returned")


def test_traced(learner, inside, reference):
    """The step that `make_step` returns traces loss_fn once per shape, whatever
    the mask.
    """
    loss_fn, tx = named(inside.Counting(), "loss_fn"), named(inside.sgd(0.1, 0.1), "tx")
    step = named(learner.make_step(loss_fn, tx), "step")
    masks = [*MASKS[8], *MASKS[3]]
    begun = inside.start(tx, in_flax(reference.TorchNet(20, 6, 3)))
    reading(inside.train, "training with step")(step, begun, [(masked(mask)[0], np.array(mask, bool)) for mask in masks])
    traced, run = fetch(loss_fn.traced), fetch(loss_fn.run)
    words = f"In {len(masks)} steps with batches of two shapes, Python ran loss_fn {traced + run} times; "
    words += "one jax.jit traces it once for each shape."
    # Twice per shape is right too: once for the loss, once for its gradient.
    expect(0 < traced <= 4 and not run, "how often the step runs loss_fn", words, [traced, run])


# --- prefetch ---


@pytest.mark.points(2)
def test_prefetch(learner, inside):
    """`prefetch` yields all batches in order, as `jax.Array`s, and has taken
    `ahead` more when one arrives.
    """
    for n, ahead in each(((5, 2), (4, 0), (3, 1), (2, 4), (0, 2)), "for {} batches with ahead {}"):
        some = [(np.array(torch.randn(4, 3)), np.array(torch.randn(4) > 0)) for _ in range(n)]
        found = reading(inside.read, "iterating over prefetch(batches, ahead)")(learner.prefetch, some, ahead)
        right = [{"x": x, "rest": (mask,)} for x, mask in some]
        if compare(named(found[0], "what prefetch(batches, ahead) yields"), right, reference="the loader"):
            if n:
                keeps_form(inside, right[0], found[0][0], "that of the loader", "what prefetch(batches, ahead) yields")
            taken, times = fetch(found[1])
            wanted = [min(i + 1 + ahead, n) for i in range(n)]
            words = f"When the batches arrive, prefetch(batches, ahead) has taken {taken} of them; expected {wanted}."
            expect(taken == wanted, "how many batches prefetch has taken", words, taken)
            arrays = fetch(found[2])
            words = f"When the batches arrive, {arrays} batches are `jax.Array`s; expected {wanted}, all that were taken."
            enough = len(arrays) == n and all(have >= need for have, need in zip(arrays, wanted, strict=True))
            expect(enough, "how many batches are jax.Arrays", words, arrays)
            words = f"prefetch(batches, ahead) began to read batches {times} times; some loaders can be read once."
            expect(times == 1, "how often prefetch reads batches", words, times)


def test_reused(learner, inside):
    """What `prefetch` yields keeps its numbers when the loader writes the next
    batch into the same arrays.
    """
    for ahead in each((0, 2), "with ahead {}"):
        some = [(np.array(torch.randn(4, 3)), np.array(torch.randn(4) > 0)) for _ in range(4)]
        found = reading(inside.read_reused, "iterating over prefetch(batches, ahead)")(learner.prefetch, some, ahead)
        right = [{"x": x, "rest": (mask,)} for x, mask in some]
        compare(named(found, "what prefetch(batches, ahead) yields"), right, reference="the loader")


# --- together ---


@pytest.mark.points(2)
def test_run(learner, orders, inside, reference):
    """A DataLoader with all five functions trains as PyTorch does, in a run
    that stops in the second epoch and resumes, with one trace.
    """
    seed, samples, twin = int(between(10, 100)), images(21), reference.TorchNet(20, 6, 3)
    loss_fn, tx = named(inside.Counting(), "loss_fn"), named(inside.sgd(0.2, 0.01), "tx")
    step, optimizer = named(learner.make_step(loss_fn, tx), "step"), OPTIMIZERS["sgd"](twin.parameters(), 0.2, 0.01)
    begun, mine, theirs, seen = inside.start(tx, in_flax(twin)), [], [], []
    plan = ((0, 0, 21), (1, 0, 8), (1, 8, 13))  # epoch, position, and after how many samples it stops
    found = orders(*((len(samples), seed, epoch, position) for epoch, position, _ in plan))
    for order, (_, _, stop) in zip(found, plan, strict=True):
        rest = order[:stop]
        seen += [i for i in rest if 0 <= i < len(samples)]
        loader = reference.torch_loader(samples, 8, seen[len(seen) - len(rest) :], learner.collate)
        batches = named(inside.together(*[learner.pad(batch, 8) for batch in loader]), "batches")
        found = reading(inside.train, "training with step")(step, begun, learner.prefetch(batches, 2))
        if fetch(found[2]) and not returned_three(fetch(found[2])):
            return
        begun, mine = found[3], [*mine, *fetch(found[1])]
        for batch in reference.torch_loader(samples, 8, seen[len(seen) - len(rest) :]):
            theirs.append(reference.torch_step(twin, optimizer, batch))
    with when("in two epochs with a stop after the first batch of the second"):
        words = "The order of the second epoch, from position 0 and then from position 8, does not have each sample once."
        expect(sorted(seen[21:]) == list(range(21)), "the samples of the second epoch", words)
        curve(mine, theirs, "losses of batches of 8 of 21 samples")
        compare(begun[0], in_flax(twin), "params at the end")
        traced, run = fetch(loss_fn.traced), fetch(loss_fn.run)
        words = f"In {len(theirs)} steps, Python ran loss_fn {traced + run} times; batches of one shape are traced once."
        expect(0 < traced <= 2 and not run, "how often the step runs loss_fn", words, [traced, run])
