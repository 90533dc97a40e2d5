"""Graded checks of 3.1 key_streams: statistics compared with PyTorch's, and
what repeats and what does not.
"""

import itertools

import numpy as np
import pytest
import torch

from flaxkata.checks import compare, each, expect, fetch, named, reading, when

LEARNED = "use a key once; split turns it into several, fold_in makes one per number, without replaying."

HINTS = (
    "Where PyTorch's generator moves on by itself, you give each draw its own key. You need no new seed: one function "
    "makes several keys out of one, another makes one out of a key and a number.",
    "`jax.random.split(key, n)` gives n keys that you can loop over; `jax.random.permutation(key, n)` gives one order; "
    "`jax.random.fold_in(key, number)` gives a key for a number.",
    "draw_pair: a, b = jax.random.split(key), one for normal and one for uniform. permutations: jnp.stack of one "
    "jax.random.permutation(k, n) for each k of the split. key_at: jax.random.fold_in(key, step).",
)

WORDS = {
    "torch.Generator": "jax.random.key",
    "torch.randn": "jax.random.normal",
    "torch.rand": "jax.random.uniform",
}

OLDER = {"jax.random.PRNGKey": "jax.random.key", "jax.random.shuffle": "jax.random.permutation"}
DRAWS = (400000,)  # about twelve normal numbers beyond 4, and as many beyond -4
NOISE = 20000
SHAPES = ((40, 500), (2, 3, 4), ())
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
# The mean of NOISE normal numbers has a standard error of 0.007, their standard
# deviation one of 0.005. Both are compared with PyTorch's, which vary as much;
# compare divides by 1 + the expected value.
MEAN, STD = 0.08, 0.04
CORRELATION = 0.05  # for 20,000 independent pairs its standard deviation is 0.007
ENDS = {"normal": (-4, 4), "uniform": (0.001, 0.999)}  # what lies farther out is drawn too
DISTINCT = 0.9  # of numbers with 23 bits; of those in float16 it is less than 0.1
EXAMPLES = 20000  # in whose order the standard error of the share of ascents is 0.002
SHORT = 2, 3  # epochs and n, for each of many keys
PARTS = 8  # of equal size, of each array of draw_pair
# In standard deviations; the last for counts as small as 3, whose distribution is skewed.
FAR, VERY_FAR = 8, 10


def read_pair(handle, label, shape):
    """The two arrays as float64, or None and a finding."""
    back = fetch(handle)
    listed = isinstance(back, tuple | list) and len(back) == 2 and all(hasattr(a, "value") for a in back)
    if not expect(listed, label, f"{label} did not return two arrays."):
        return None
    kinds = [f"{a.kind} of {a.dtype} {tuple(a.shape)}" for a in back]
    words = f"{label} gave {' and '.join(kinds)}; expected two of float32 {shape}."
    right = all((a.kind, a.dtype, tuple(a.shape)) == ("jax.Array", "float32", shape) for a in back)
    return (
        [a.value.astype(np.float64) for a in back]
        if expect(right, f"arrays of {label}", words, detail=" ".join(kinds))
        else None
    )


@pytest.mark.points(2)
def test_pair(learner, reference, inside, jax):
    """`draw_pair` draws as torch.randn and torch.rand do, and its two arrays
    are unrelated to each other.
    """
    theirs = [t.double().numpy() for t in reference.torch_draw_pair(torch.Generator().manual_seed(0), DRAWS)]
    label = f"draw_pair(key, {DRAWS})"
    if mine := read_pair(learner.draw_pair(named(jax.random.key(0), "key"), DRAWS), label, DRAWS):
        for kind, a, b in zip(("normal", "uniform"), mine, theirs, strict=True):
            compare(a.mean(), b.mean(), f"the mean of the {kind} numbers of draw_pair", tolerance=MEAN)
            compare(a.std(), b.std(), f"the standard deviation of the {kind} numbers of draw_pair", tolerance=STD)
            shares = np.quantile(a, SHARES), np.quantile(b, SHARES)
            compare(*shares, f"the quantiles {SHARES} of the {kind} numbers of draw_pair", tolerance=MEAN)
            fine_grained(a, b, kind)
        with when(f"with shape {DRAWS}"):
            unrelated(*mine)
        for shape in SHAPES:
            label = f"draw_pair(key, {shape})"
            other = read_pair(learner.draw_pair(named(jax.random.key(2), "key"), shape), label, shape)
            if other and shape == SHAPES[0]:
                with when(f"with shape {shape}"):
                    unrelated(*other)
    each_key_once(learner.draw_pair, inside, jax, "draw_pair", DRAWS)


def fine_grained(mine, theirs, kind):
    """Record whether numbers reach the ends of their distribution, and are
    numbers of their own.
    """
    low, high = ENDS[kind]
    words = f"draw_pair drew {len(mine):,} {kind} numbers, all between {mine.min():.4g} and {mine.max():.4g}; PyTorch's lie "
    words += f"between {theirs.min():.4g} and {theirs.max():.4g}. Numbers near the ends of the distribution are never drawn."
    expect(mine.min() < low and mine.max() > high, f"the ends of the {kind} numbers of draw_pair", words)
    count, others = len(np.unique(mine)), len(np.unique(theirs))
    words = f"draw_pair drew {len(mine):,} {kind} numbers with {count:,} different values; PyTorch's have {others:,}. A "
    words += "float32 has more values than that."
    expect(count > DISTINCT * len(mine), f"the values of the {kind} numbers of draw_pair", words)


def unrelated(normal, uniform):
    """Record whether the two arrays of draw_pair are related."""
    apart = abs(np.corrcoef(normal.ravel(), uniform.ravel())[0, 1])
    words = f"the normal and the uniform numbers of draw_pair are related: their correlation is {apart:.2f}."
    if not expect(apart < CORRELATION, "the correlation of draw_pair", words):
        return
    parts = [a.ravel().argsort().argsort() * PARTS // a.size for a in (normal, uniform)]
    counts = np.bincount(PARTS * parts[0] + parts[1], minlength=PARTS**2)
    usual = normal.size / PARTS**2
    odd = abs(counts - usual).argmax()
    among, ends = uniform.ravel()[parts[1] == odd % PARTS], normal.ravel()[parts[0] == odd // PARTS]
    words = "the normal and the uniform numbers of draw_pair are related: where the uniform one lies between "
    words += f"{among.min():.2f} and {among.max():.2f}, {PARTS * counts[odd] / normal.size:.1%} of the normal ones lie between "
    words += f"{ends.min():.2f} and {ends.max():.2f}; of all normal numbers, {1 / PARTS:.1%} do."
    expect(abs(counts[odd] - usual) < FAR * usual**0.5, "the parts of draw_pair", words)


def each_key_once(draw, inside, jax, name, *args):
    """Record whether a key is used twice: for two draws, two splits, or one of
    each.
    """
    again = fetch(inside.key_used_again(draw, jax.random.key(1), *args))
    words = f"{name} uses a key a second time. Each key is for one draw or one split, and is then used up."
    expect(not again, f"the keys of {name}", "\n  ".join([words, *again]))


def made_of_its_key(draw, again, jax, name, *args):
    """Record whether the key decides what is drawn; `again` is the same
    function, perhaps under jit.
    """
    first, second, third = (fetch(f(jax.random.key(seed), *args)) for f, seed in ((draw, 0), (again, 0), (again, 1)))
    drawn = [tuple(a) if isinstance(a, tuple | list) and a else (a,) for a in (first, second, third)]
    if expect(all(hasattr(a, "value") for arrays in drawn for a in arrays), name, f"{name} did not return arrays."):
        for what, arrays in zip(("", "second "), zip(*drawn, strict=False), strict=False):
            first, second, third = (a.value for a in arrays)
            close = np.allclose(first, second, atol=1e-5)
            words = f"{name} called twice with jax.random.key(0) drew different {what}numbers."
            expect(close, f"{name}, {what}numbers of one key twice", words)
            words = f"{name} drew the same {what}numbers with jax.random.key(0) and jax.random.key(1)."
            expect(not np.allclose(second, third), f"{name}, {what}numbers of two keys", words)


def test_pair_from_its_key(learner, jax):
    """`draw_pair` draws the same numbers with the same key, even under jax.jit,
    and different numbers with a different key.
    """
    made_of_its_key(learner.draw_pair, jax.jit(learner.draw_pair, static_argnums=1), jax, "draw_pair", SHAPES[0])


def test_permutations(learner, reference, inside, jax):
    """`permutations` gives orders of 0, 1, ..., n - 1, a different one in each
    epoch, unrelated to the others, each as likely as any other, and uses no key
    twice.
    """
    good = True
    for epochs, n in each(((4, 20), (3, 7), (1, 5)), "with epochs {} and n {}"):
        theirs = reference.torch_permutations(torch.Generator().manual_seed(0), epochs, n)
        back = fetch(learner.permutations(named(jax.random.key(0), "key"), epochs, n))
        if not expect(hasattr(back, "value"), "permutations", "permutations did not return an array."):
            return
        right = (back.kind, back.dtype, tuple(back.shape)) == ("jax.Array", "int32", (epochs, n))
        what = f"{back.kind} of {back.dtype} {tuple(back.shape)}"
        words = f"permutations gave a {what}; expected int32 {(epochs, n)}."
        right = (
            expect(right, "the array of permutations", words, detail=what)
            and whole_orders(back.value, theirs)
            and unlike(back.value)
        )
        good = good and right
    if good:
        each_key_once(learner.permutations, inside, jax, "permutations", 4, 20)
        back = fetch(learner.permutations(named(jax.random.key(2), "key"), 2, EXAMPLES))
        theirs = reference.torch_permutations(torch.Generator().manual_seed(0), 2, EXAMPLES)
        if whole_orders(back.value, theirs) and ascending(back.value, theirs.numpy()):
            orders = reading(inside.orders, "permutations(key, {}, {})".format(*SHORT))
            drawn = fetch(orders(learner.permutations, jax.random.key(3), *SHORT)).value
            theirs = reference.torch_permutations(torch.Generator().manual_seed(0), *SHORT)
            right = drawn.shape[1:] == theirs.shape and whole_orders(drawn.reshape(-1, SHORT[1]), theirs[:1])
            if right and each_as_likely(drawn):
                at_their_place(back.value)
    made_of_its_key(learner.permutations, learner.permutations, jax, "permutations", 4, 20)


def whole_orders(rows, theirs):
    """Record whether each row holds each number once."""
    wrong = (np.sort(rows) != theirs.sort(1).values.numpy()).any(axis=1)
    row, n = rows[wrong.argmax()], rows.shape[1]
    outside = rows.min() < 0 or rows.max() >= n
    words = f"a row of permutations does not hold each of 0, 1, ..., {n - 1} once: {row[:20].tolist()}."
    words += f" It has numbers from {row.min()} to {row.max()}." if outside else ""
    return expect(not wrong.any(), "the rows of permutations", words, detail=f"{rows.min()} to {rows.max()}" if outside else "")


def ascending(rows, theirs):
    """Record whether long orders favor the larger one of two neighbors."""
    mine, usual = ((np.diff(orders) > 0).mean() for orders in (rows, theirs))
    words = f"In permutations(key, 2, {EXAMPLES}), {mine:.0%} of the neighbors are in ascending order; in PyTorch's orders "
    words += f"{usual:.0%} are. Some orders are likelier than others."
    return expect(abs(mine - usual) < 0.02, "the ascents of permutations", words)


def at_their_place(rows):
    """Record whether long orders favor the numbers that belong at a place."""
    kept = max(abs(np.corrcoef(row, np.arange(EXAMPLES))[0, 1]) for row in rows)
    words = f"In permutations(key, 2, {EXAMPLES}), many numbers stay near the place that they have in 0, 1, 2, ...: number "
    words += f"and place have a correlation of {kept:.2f}."
    expect(kept < CORRELATION, "number and place in permutations", words)


def each_as_likely(drawn):
    """Record whether each order of three is drawn as often as any other, and
    each pair of them, in two epochs of one key. Returns whether it is.
    """
    every = list(itertools.permutations(range(3)))
    numbers = np.array([[every.index(tuple(row)) for row in rows] for rows in drawn.tolist()])
    counts, pairs = np.bincount(numbers.ravel(), minlength=6), np.bincount(numbers @ (6, 1), minlength=36)
    usual, odd = counts.mean(), abs(counts - counts.mean()).argmax()
    words = f"of {numbers.size:,} orders that permutations(key, {SHORT[0]}, 3) drew with {len(numbers):,} keys, "
    words += f"{counts[odd]:,} are {list(every[odd])}; each of the six must come about {usual:,.0f} times."
    if expect(abs(counts[odd] - usual) < FAR * usual**0.5, "the orders of permutations", words):
        usual, odd = pairs.mean(), abs(pairs - pairs.mean()).argmax()
        words = f"permutations(key, {SHORT[0]}, 3) drew {list(every[odd // 6])} and then {list(every[odd % 6])} with "
        words += f"{pairs[odd]:,} of {len(numbers):,} keys; each pair must come about {usual:,.0f} times. Each row is drawn by "
        words += "itself."
        return expect(abs(pairs[odd] - usual) < VERY_FAR * usual**0.5, "the pairs of orders of permutations", words)
    return False


def unlike(rows):
    """Record whether two epochs have the same order, or one follows from the
    other.
    """
    pairs = list(itertools.combinations(rows, 2))
    repeats = sum(np.array_equal(a, b) for a, b in pairs)
    words = f"permutations walks through the examples in the same order in {'all' if repeats == len(pairs) else 'some'} epochs."
    if not expect(repeats == 0, "the epochs of permutations", words, repeats):
        return False
    if rows.shape[1] > 10:
        inverse = np.argsort(rows)
        kept = max(together(a, b) for orders in (rows, inverse) for a, b in itertools.combinations(orders, 2))
        words = f"one row of permutations follows from the one before: {kept:.0%} of the neighbors in one are neighbors in the "
        words += "other, as in an order that is rotated, reversed or counted on. Each row needs a draw of its own."
        return expect(kept <= 0.5, "what the epochs of permutations share", words, round(kept, 1))
    return True


def together(a, b):
    """The share of neighbors in one order, taken as a circle, that are
    neighbors in another.
    """
    place = np.argsort(b)
    gap = (place[a] - place[np.roll(a, 1)]) % len(a)
    return np.isin(gap, (1, len(a) - 1)).mean()


def read_key(handle):
    """The numbers in one key, or None and a finding."""
    back = fetch(handle)
    one = hasattr(back, "value") and (back.kind, back.dtype, tuple(back.shape)) == ("jax.Array", "uint32", (2,))
    words = f"{handle} did not return one key, such as jax.random.key(0) or one of those that split returns."
    if not expect(one, f"{handle}, a key", words, detail=str(getattr(back, "shape", type(back).__name__))):
        return None
    words = f"{handle} returned the numbers in a key, uint32 (2,), as the older jax.random.PRNGKey does. Return a key, whose "
    words += "shape is (), as jax.random.key does."
    return back.value if expect(tuple(fetch(handle.shape)) == (), f"{handle}, a key and not its numbers", words) else None


@pytest.mark.points(2)
def test_key_at(learner, reference, inside, jax):
    """`key_at` gives each step its own key, the same one each time, whatever
    the order of the steps.
    """
    key, n = named(jax.random.key(0), "key"), NOISE
    keys = [learner.key_at(key, step) for step in (0, 1, 2, 3)]
    first = [read_key(k) for k in keys]
    if any(k is None for k in first):
        return
    again = [read_key(learner.key_at(key, step)) for step in (3, 1, jax.numpy.int32(2))]
    drawn = fetch(inside.noise(keys, n)).value
    theirs = torch.stack([reference.torch_noise_at(0, step, n) for step in range(4)]).numpy()
    compare(drawn.std(), theirs.std(), "the standard deviation of what is drawn with key_at(key, step)", tolerance=STD)
    alike = max(abs(np.corrcoef(drawn) - np.eye(4)).max(), abs(np.corrcoef(theirs) - np.eye(4)).max())
    words = f"Numbers drawn with the keys that key_at gives two steps are related: their correlation is {alike:.2f}."
    expect(alike < CORRELATION, "key_at, two steps", words)
    words = "Called a second time, key_at(key, 3) and key_at(key, 1) did not both return the same key as before."
    expect(np.array_equal([first[3], first[1]], again[:2]), "key_at, a second time", words)
    words = "key_at(key, 2) returned another key for jnp.int32(2) than for 2."
    expect(np.array_equal(first[2], again[2]), "key_at, of an array", words)


def meeting(keys):
    """Two names in a dict of keys that have the same numbers, or None."""
    return next(((a, b) for a, b in itertools.combinations(keys, 2) if np.array_equal(keys[a], keys[b])), None)


TWICE = (1, 2), (2, 1), (1, 1)  # a step of the key of a step


def test_key_at_of_two_keys(learner, inside, jax):
    """`key_at` of two keys gives different keys: at one step, at two steps,
    where the keys have one of their two numbers in common, and where `key_at`
    made one or both of them.
    """
    keys = {(seed, step): read_key(learner.key_at(jax.random.key(seed), step)) for seed in (3, 4) for step in (3, 4)}
    if any(k is None for k in keys.values()):
        return
    words = "key_at(jax.random.key(3), 3) and key_at(jax.random.key(4), 3) are the same key."
    one = expect(not np.array_equal(keys[3, 3], keys[4, 3]), "key_at, two keys at one step", words)
    words = "key_at(jax.random.key(3), 4) and key_at(jax.random.key(4), 3) are the same key."
    two = expect(not np.array_equal(keys[3, 4], keys[4, 3]), "key_at, two keys at two steps", words)
    if not (one and two and fetch(inside.goes_directly(learner.key_at, named(jax.random.key(0), "key")))):
        return
    apart = []
    for seed in each((0, 5), "with jax.random.key({})"):  # the numbers of key 0 are 0, so that they hide no factor
        key = named(jax.random.key(seed), "key")
        words = "key_at(key, 0) is `key` itself. The key of step 0 must be a new one: `key` may be the key of a step."
        apart.append(expect(not np.array_equal(read_key(learner.key_at(key, 0)), fetch(key).value), "key_at, step 0", words))
        steps = {f"key_at(key, {step})": learner.key_at(key, step) for step in range(1, 6)}
        later = {f"key_at(key_at(key, {a}), {b})": learner.key_at(steps[f"key_at(key, {a})"], b) for a, b in TWICE}
        keys = {**later, **steps, "`key` itself": key}
        same = meeting({name: fetch(k).value for name, k in keys.items()})
        words = "{} and {} are the same key. A key that key_at returned is a new key, and its steps must have new keys too."
        apart.append(expect(not same, "key_at, of a key that key_at gave", words.format(*same or "  ")))
    if not all(apart):
        return
    (a, b), (c, d) = fetch(jax.random.key_data(jax.random.split(jax.random.key(3)))).value
    for which, pair in {"first": ((a, b), (a, d)), "second": ((a, b), (c, b))}.items():
        halves = [jax.random.wrap_key_data(jax.numpy.asarray(np.array(numbers))) for numbers in pair]
        mine = [read_key(learner.key_at(key, 3)) for key in halves]
        words = f"Two keys that have the same {which} number, but not the same other number, have the same key at step 3. Both "
        words += "numbers count: keys that split or fold_in returned differ in both."
        expect(not np.array_equal(*mine), f"key_at, two keys with one {which} number", words)


# Late steps, whatever they may be cut off at or divided by: powers of ten and
# of two, and their neighbors in float32.
LATE = sorted({10**k for k in range(3, 10)} | {2**k for k in range(10, 31)})
STEPS = sorted({*LATE, 0, 1, 10, 100, 10**6 + 1, 10**9 + 1})


MANY = 300_000  # keys of 32 bits meet about ten times then


def how_they_meet(keys):
    """Which late steps have the same key: all, those that float32 cannot tell
    apart, or others.
    """
    if all(np.array_equal(keys[step], keys[10**9]) for step in (10**9 + 1, 2**30)):
        return "one for all"
    same = [(a, b) for a, b in itertools.combinations(keys, 2) if np.array_equal(keys[a], keys[b])]
    return "rounded" if all(np.float32(a) == np.float32(b) for a, b in same) else ""


def test_key_at_jit(learner, inside, jax):
    """`key_at` gives the same key under jax.jit, where the step is a tracer,
    and gives late steps keys of their own.
    """
    key = named(jax.random.key(5), "key")
    expected = learner.key_at(key, 6)
    if read_key(expected) is None:
        return
    label = "key_at(key, 6) under jax.jit"
    if not compare(jax.jit(learner.key_at)(key, 6), fetch(expected), label, reference="key_at without jit"):
        return
    words = "key_at loops until it reaches the step, so a late step takes longer than an early one."
    if not expect(fetch(inside.goes_directly(learner.key_at, key)), "the loop of key_at", words):
        return
    *late, other = fetch(inside.keys_at(learner.key_at, [*((3, step) for step in STEPS), (4, 0)])).value
    keys = dict(zip(STEPS, late, strict=True))
    same = meeting(keys)
    words = "key_at(key, {}) and key_at(key, {}) are the same key."
    if expect(not same, "key_at, late steps", words.format(*same or "  "), detail=how_they_meet(keys)):
        same = [(3, step, 4) for step in LATE if np.array_equal(keys[step], other)]
        ahead = (int(other[1]) - int(keys[0][1]) + 2**31) % 2**32 - 2**31  # where one number counts the steps, they meet here
        if other[0] == keys[0][0] and abs(ahead) <= 10**9:
            late, early = (3, 4) if ahead > 0 else (4, 3)
            two = fetch(inside.keys_at(learner.key_at, [(late, abs(ahead)), (early, 0)])).value
            same += [(late, abs(ahead), early)] if np.array_equal(*two) else []
        words = "key_at(jax.random.key({}), {}) and key_at(jax.random.key({}), 0) are the same key."
        words = words.format(*same[0] if same else "   ")
        if not expect(not same, "key_at, late steps of two keys", words):
            return
        same = fetch(inside.first_of_two(learner.key_at, key, MANY))
        words = f"Of the first {MANY} steps of a key, two have the same key: {' and '.join(map(str, same))}."
        expect(not same, "key_at, many steps", words)
