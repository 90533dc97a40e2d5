"""What a finding says that a wrong array looks like, beside the right one."""

from types import MappingProxyType

import numpy as np
import pytest
import torch

from flaxkata import wire
from flaxkata.checks import between, each, one_of, preserving, separate, when
from flaxkata.judge import compare, differences
from flaxkata.judge.diagnose import by_check, common, match
from flaxkata.judge.errors import LearnerError
from flaxkata.judge.executor import Executor
from flaxkata.judge.in_process import InProcess
from flaxkata.judge.outcomes import failure_of
from flaxkata.judge.proxy import Handle, named
from flaxkata.judge.resemblance import resembles
from flaxkata.report import Comparison, Outcome
from flaxkata.sandbox.interpreter import Interpreter

MATRIX = np.random.default_rng(0).normal(size=(3, 4))
IMAGES = np.random.default_rng(1).normal(size=(2, 3, 4, 5))
ROTATED = " It is rotated by 180 degrees: axes {} are flipped."


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        (MATRIX.T, MATRIX, " It is the transpose."),
        (IMAGES.transpose(2, 3, 1, 0), IMAGES, " Its axes are permuted: it is the right answer's (2, 3, 1, 0)."),
        (IMAGES[:, :, ::-1, ::-1], IMAGES, ROTATED.format("(2, 3)")),  # PyTorch's kernels and images
        (IMAGES[:, ::-1, ::-1], IMAGES, ROTATED.format("(1, 2)")),  # Flax's images
        (IMAGES[::-1, ::-1], IMAGES, ROTATED.format("(0, 1)")),  # Flax's kernels
        (IMAGES[:, :, ::-1], IMAGES, " The same values are in a different order."),
        (IMAGES[:, :, ::-1, ::-1] + 1, IMAGES, ""),
        (MATRIX[::-1, ::-1], MATRIX, " The same values are in a different order."),
        (IMAGES, IMAGES, ""),
    ],
)
def test_what_it_resembles(wrong, right, sentence):
    assert resembles(wrong, right) == sentence


@pytest.mark.parametrize(
    ("wrong", "right", "given", "sentence"),
    [
        (MATRIX.ravel(), MATRIX, None, " The values are right, the shape is not."),
        (MATRIX + 1, MATRIX, MATRIX + 1, " It equals the input."),
        (0 * MATRIX, MATRIX, None, " It is zero everywhere."),
        (np.maximum(MATRIX, 0), MATRIX, None, " It is the right answer with all negative values set to zero."),
        (2.5 * MATRIX, MATRIX, None, " Every value is 2.5 times the right one."),
        (1.00002 * MATRIX, MATRIX, None, " Every value is 1.00002 times the right one."),
        (MATRIX - 0.25, MATRIX, None, " Every value is -0.25 off."),
        (np.array(7.0), np.array(1.0), None, " It is 7 times the right one."),
        (np.array(0.2), np.array(1.0), None, " It is 1/5 of the right one."),
        (np.array(-1.5), np.array(1.5), None, " It has the opposite sign."),
        (np.array(1.37), np.array(1.0), None, ""),
        (np.array(8), np.array(1), None, ""),  # counts: a factor says nothing
    ],
)
def test_every_probe_has_its_sentence(wrong, right, given, sentence):
    assert resembles(wrong, right, given) == sentence


def test_a_value_that_is_nan_on_both_sides_is_not_counted(monkeypatch):
    """The place and the number are those of what differs."""
    seen = []
    monkeypatch.setattr(compare, "record", seen.append)
    compare.compare(np.array([np.nan, 1.0, 5.0]), np.array([np.nan, 1.0, 2.0]), "y")
    assert seen[0].finding == "y differs from PyTorch in 1 of 3 values, most at [2]: 5 instead of 2."


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("loss under jax.jit", "loss[0] under jax.jit"),
        ("lm_loss and its gradients, under jax.jit,", "lm_loss and its gradients[0], under jax.jit,"),
        ("FlaxNet after one batch", "FlaxNet[0] after one batch"),
        ("f(x) with a mask", "f(x) with a mask[0]"),
    ],
)
def test_a_path_stands_before_the_circumstance(label, name):
    assert differences.located(label, (0,)) == name


def test_a_kernel_that_is_the_same_when_turned_is_not_called_turned():
    ones = IMAGES[..., :1, :1]
    assert resembles(2 * ones, ones) == " Every value is 2 times the right one."


def test_layers_tell_where_two_networks_part_first(monkeypatch):
    """The first in the order of computation, whatever the learner's order is,
    and what is around it.
    """
    seen = []
    monkeypatch.setattr(compare, "record", seen.append)
    theirs = {f"layer{i}": MATRIX + i for i in range(9)}
    mine = dict(reversed(theirs.items())) | {"more": None, "layer4": MATRIX, "layer7": MATRIX.T}
    compare.layers(mine, theirs, "activations")
    compare.layers(theirs, theirs, "activations")
    compare.layers(MATRIX, theirs, "activations")
    compare.layers({**theirs, "layer0": MATRIX.T}, theirs, "activations")
    compare.layers({**theirs, "layer0": (MATRIX, MATRIX.T)}, theirs, "activations")
    part, equal, none, shape, pair = seen
    line, head, *rows = part.finding.split("\n")
    assert line.startswith("activations['layer4'] differs from PyTorch in 12 of 12 values")
    assert line.endswith("Every value is -4 off. It is the first that differs; the 4 before it agree.")
    assert "yours" in head and [row[:8] for row in rows] == [f"{'> ' if i == 4 else '  '}layer{i}" for i in range(1, 7)]
    assert [row.split()[-1] for row in rows] == ["0.0e+00"] * 3 + ["4.0e+00"] + ["0.0e+00"] * 2
    assert max(map(len, rows)) <= 74
    assert (part.label, equal.outcome, none.outcome) == ("activations['layer4']", "equal", "structure")
    assert "has shape (4, 3)" in shape.finding and "no layer comes before it" in shape.finding and "shapes" in shape.finding
    assert "activations['layer0'] gave a tuple; PyTorch gave an array of shape (3, 4)." in pair.finding


def test_two_numbers_that_differ_are_not_shown_alike(monkeypatch):
    seen = []
    monkeypatch.setattr(compare, "record", seen.append)
    for apart in (1.0, 1e-3, 1e-4):
        compare.compare(np.array([2.999 + apart, 5.0]), np.array([2.999, 5.0]), "y")
    said = [found.finding.partition("most at [0]: ")[2] for found in seen]
    assert said == ["3.999 instead of 2.999.", "3 instead of 2.999.", "2.9991 instead of 2.999."]


@pytest.fixture
def recording(monkeypatch):
    """What comparisons record; a failure does not fail this test."""
    monkeypatch.setattr(compare.check, "fail", lambda finding: None)
    compare.start_recording()
    yield compare.current
    compare.start_recording()


def test_a_failure_names_the_setting(recording):
    for decay in each((0.5, 0.25), "with decay {}"):
        with when("under jax.jit"):
            compare.compare(np.array([decay, 1.0]), np.array([0.5, 1.0]), "ema(average, params)")
    compare.compare(np.array([2.0, 1.0]), np.array([1.0, 1.0]), "y")
    assert [c.finding for c in recording.failures] == [
        "With decay 0.25, under jax.jit, ema(average, params) differs from PyTorch in 1 of 2 values, "
        "most at [0]: 0.25 instead of 0.5.",
        "y differs from PyTorch in 1 of 2 values, most at [0]: 2 instead of 1.",
    ]
    assert recording.failures[0].label == "ema(average, params) with decay 0.25, under jax.jit"


def test_a_setting_of_two_values(recording):
    settings = [recording.setting for _ in each([(3, (2, 5)), (4, (7,))], "with k {} for x of shape {}")]
    assert settings == ["with k 3 for x of shape (2, 5)", "with k 4 for x of shape (7,)"]
    assert recording.setting == ""


def test_an_exception_leaves_its_setting(recording):
    """What ends a check is told after the loop is left."""

    def check():
        for _ in each((1, 2), "with k {}"):
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        check()
    assert recording.setting == "with k 1"


def test_draws_follow_the_seed():
    def drawn(seed):
        torch.manual_seed(seed)
        return [between(0.2, 0.7), one_of(2, 3, 5, 7, 11)]

    assert drawn(0) == drawn(0) != drawn(1)
    assert all(0.2 <= drawn(seed)[0] < 0.7 and len(str(drawn(seed)[0])) <= 5 for seed in range(20))


# --- which mistakes are told ---


def failed(check, label, *values):
    return {(check, label): Comparison(label, "value", "", tuple(map(float, values)), 1e-5)}


SCALED, SHIFTED = failed("test_a", "f(x)", 1, 2, 3), failed("test_b", "f(2 x)", 4, 5, 6)


def test_wordings_of_one_mistake_are_one_mistake():
    assert match(SCALED, [("scaled", SCALED), ("scaled", SCALED), ("shifted", SHIFTED)]) == {"scaled": True}


def test_what_two_mistakes_do_alike_gets_no_name():
    assert match(SCALED, [("scaled", SCALED), ("other", SCALED)]) == {}


def test_two_mistakes_that_show_in_checks_of_their_own():
    assert match(SCALED | SHIFTED, [("scaled", SCALED), ("shifted", SHIFTED)]) == {"scaled": True, "shifted": True}


def test_a_mistake_that_explains_a_part():
    answer = SCALED | failed("test_b", "f(2 x)", 9, 9, 9)
    assert match(answer, [("scaled", SCALED), ("shifted", SHIFTED)]) == {}
    assert by_check(answer, [("scaled", SCALED), ("shifted", SHIFTED)]) == {"scaled": False}


ARRAY = np.arange(3, dtype=np.float32)
JAX = differences.Expectation(kinds=("jax.Array",))
NUMPY = differences.Expectation(kinds=("numpy.ndarray",))


def raised(kind, message, by_hand=False):
    frames = [["answer.py", 3, "f", "raise ValueError"]] if by_hand else []
    return failure_of(LearnerError("f(x)", kind, message, frames, innermost=by_hand), Outcome.BROKEN)


@pytest.mark.parametrize(
    ("comparison", "slug"),
    [
        (differences.leaf("y", (), wire.Array("numpy.ndarray", "float32", ARRAY), ARRAY, JAX), "numpy_returned"),
        (differences.leaf("y", (), wire.Array("numpy.float32", "float32", ARRAY[0]), ARRAY, NUMPY), ""),
        (differences.leaf("y", (), 2.0, np.array(2, np.float32), JAX), "python_number_returned"),
        (differences.structure("y", {(): None}, {("a",): ARRAY}), "nothing_returned"),
        (differences.leaf("y", (), wire.Array("jax.Array", "float32", ARRAY), ARRAY + 1, JAX), ""),
        (raised("jax.errors.TracerBoolConversionError", "Attempted boolean conversion"), "value_while_traced"),
        (raised("jax.errors.TracerArrayConversionError", "The numpy.ndarray conversion"), "numpy_while_traced"),
        (raised("jax.errors.UnexpectedTracerError", "Encountered an unexpected tracer."), "tracer_kept"),
        (raised("RuntimeError", "Array has been deleted with shape=float32[4]."), "array_given_away"),
        (raised("RuntimeError", "Array has been deleted with shape=float32[4].", by_hand=True), ""),
        (raised("ValueError", "jax.errors.TracerBoolConversionError: it was not"), ""),
    ],
)
def test_mistakes_that_any_exercise_can_show(comparison, slug):
    assert common({("test_a", "y"): comparison}) == ({slug: True} if slug else {})


def test_a_mistake_of_any_exercise_that_explains_a_part():
    none = differences.structure("y", {(): None}, {("a",): ARRAY})
    assert common({("test_a", "y"): none} | SCALED) == {"nothing_returned": False}


def test_a_part_needs_values_that_tell():
    """One number may be the same by chance, and zeros are zeros everywhere."""
    for values in [(1,), (0, 0, 0)]:
        found = failed("test_a", "f(x)", *values)
        assert by_check(found | SHIFTED, [("scaled", found)]) == {}


def test_a_mistake_that_fails_what_passed_is_not_told():
    answer = SCALED | failed("test_b", "f(2 x)", 9, 9, 9)
    assert by_check(answer, [("scaled", SCALED | failed("test_c", "g(x)", 1, 2, 3))]) == {}


def test_bfloat16_is_recognized():
    """Where the right numbers have more digits than it has."""
    right = MATRIX.astype(np.float32)
    rounded = torch.from_numpy(right).bfloat16().float().numpy()
    said = " Its numbers are bfloat16's, with 3 digits: somewhere it was computed or stored in bfloat16."
    assert resembles(rounded, right) == resembles(rounded.T, right.T) == said
    assert resembles(rounded + 2**-12, right) == resembles(rounded.astype("float64"), MATRIX) == ""


def handles(one, other=None):
    """Two objects of a room without JAX."""
    room = InProcess.__new__(InProcess)
    Executor.__init__(room)
    room._interpreter = Interpreter()
    room._interpreter.objects += [one, other]
    return named(Handle(room, 0, ""), "the first result"), named(Handle(room, 1, ""), "the second")


SHARED = {"kernel": 1, "bias": 2}


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ({"fc1": {"kernel": 1}, "fc2": [(3,)]}, {"fc1": {"kernel": 1}, "fc2": [(3,)]}, ""),
        ({"fc1": SHARED, "fc2": {}}, {"fc1": SHARED}, "the second['fc1']"),
        ([{"fc1": SHARED}], {"fc1": SHARED, "fc2": (SHARED,)}, "the second['fc1'], the second['fc2'][0]"),
        (MappingProxyType({"fc1": 1}), MappingProxyType({"fc1": 1}), ""),
        (None, {"fc1": 1}, ""),
    ],
)
def test_what_two_results_share(recording, one, other, shared):
    """And both are as before."""
    separate(*handles(one, other))
    said = f"An entry written into the first result shows up in {shared}: they share dicts."
    assert [c.finding for c in recording.failures] == ([said] if shared else [])
    assert SHARED == {"kernel": 1, "bias": 2}


def pops(params, step):
    return params.pop("bias") + step


def writes(params, step):
    params["kernel"][1] = step
    return params


def rounds(params, step):
    params["bias"] = float(params["bias"])
    return params


def reads(params, step):
    return {**params, "bias": step}


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (pops, "params was changed in place: params['bias'] was added or removed."),
        (writes, "params['kernel'][1] was changed in place: 3 -> 7."),
        (rounds, "params['bias'] was changed in place: int -> float."),
        (reads, ""),
    ],
)
def test_arguments_that_must_stay(recording, function, said):
    """Whether a check gives data or a handle."""
    there, handle = handles(function, {"kernel": [2, 3], "bias": 1})
    for params in ({"kernel": [2, 3], "bias": 1}, handle):
        preserving(named(there, "f"), "params")(params, 7)
    assert [c.finding for c in recording.failures] == [said] * 2 * bool(said)


def test_bools_and_multiples_resemble_nothing():
    """NumPy subtracts no bools; and multiples of 128, which float32 has near
    1e9, are not what bfloat16 makes of numbers, though it holds them.
    """
    right = np.array([True, True, False, False, True])
    assert resembles(~right, right) == resembles(np.ones_like(right), right) == ""
    seconds = np.array([90.3, -17.25, 811.7, 2.5, 400.9], np.float32)
    assert resembles((seconds / 128).round() * 128, seconds) == ""
