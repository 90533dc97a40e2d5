"""Graded checks of 5.7 recurrent: features, hidden units and steps all differ,
except in one case with as many features as hidden units. One batch has a single
row, and one sequence a single step.
"""

import torch

from flaxkata.checks import compare, each, fetch, named, preserving, unchanged, when

LEARNED = "PyTorch stacks i, f, g, o and r, z, n; a GRU's b_hn stays inside r * (...); Flax's carry is (c, h)."

HINTS = (
    "A weight is the weights of the gates, stacked: `weight.chunk(4)` cuts it apart in PyTorch. In an LSTM, i, f, g and o each "
    "add both biases. In a GRU, r and z do too, but n multiplies b_hn by r before adding it.",
    "`np.split(array, 4)` cuts the rows into four; a kernel is such a block transposed. `nn.RNN(cell, return_carry=True, "
    'reverse=reverse, keep_order=True).apply({"params": {"cell": params}}, x)` runs a cell.',
    'port_lstm: for gate k of "ifgo", "i" + gate has {"kernel": block k of weight_ih_l0, transposed}; "h" + gate has the same '
    'of weight_hh_l0, and "bias": block k of bias_ih_l0 + bias_hh_l0. port_gru: the sum goes to "ir" and "iz", b_in to "in", '
    'b_hn to "hn". run_lstm: (c, h), outputs = the RNN\'s result; return outputs, (h, c).',
)

WORDS = {
    "torch.nn.LSTM": "nn.OptimizedLSTMCell",
    "torch.nn.GRU": "nn.GRUCell",
    "bidirectional": "reverse=True",
}

SIZES = ((3, 5), (4, 4))
RUNS = ((3, 5, 2, 7), (4, 4, 1, 6))  # features, hidden units, rows and steps
TWO_PORTED = "where two models were ported first, of different sizes"
FIELDS = "with {} features, {} hidden units, {} rows and {} steps"


def numpy_state_dict(twin):
    return {name: tensor.numpy().copy() for name, tensor in twin.state_dict().items()}


def blocks(twin, gates):
    """For each gate, its part of weight_ih, weight_hh, bias_ih and bias_hh, the
    weights transposed.
    """
    weights = [getattr(twin, f"{name}_l0").detach() for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    cut = zip(*(w.chunk(len(gates)) for w in weights), strict=True)
    return {gate: (ih.T, hh.T, b_ih, b_hh) for gate, (ih, hh, b_ih, b_hh) in zip(gates, cut, strict=True)}


def lstm_params(twin):
    """The parameters of nn.OptimizedLSTMCell, with the twin's weights."""
    params = {}
    for gate, (ih, hh, b_ih, b_hh) in blocks(twin, "ifgo").items():
        params |= {f"i{gate}": {"kernel": ih}, f"h{gate}": {"kernel": hh, "bias": b_ih + b_hh}}
    return params


def gru_params(twin):
    """The parameters of nn.GRUCell, with the twin's weights."""
    params = {}
    for gate, (ih, hh, b_ih, b_hh) in blocks(twin, "rzn").items():
        alone = gate == "n"
        params[f"i{gate}"] = {"kernel": ih, "bias": b_ih if alone else b_ih + b_hh}
        params[f"h{gate}"] = {"kernel": hh} | ({"bias": b_hh} if alone else {})
    return params


def ran(handle, expected, label):
    """Compare (outputs, (h, c)), each of the two separately; whether both
    hold.
    """
    outputs, (h, c) = expected
    agree = compare(handle[0], outputs, f"{label}[0]")
    return compare(handle[1], (h, c), f"{label}[1]") and agree


def ported(port, inside, twin, label, expected, cell):
    """Compare what `port` makes of a state_dict, which must stay as it is, and
    of one with its entries in another order.
    """
    given = numpy_state_dict(twin)
    state_dict = inside.kept(given)
    compare(named(port(state_dict), label), expected, reference=f"what {cell} wants")
    unchanged(given, fetch(state_dict), "state_dict")
    with when("with the entries of state_dict in reverse order"):
        mine = named(port(dict(reversed(given.items()))), label)
        compare(mine, expected, reference=f"what {cell} wants")


def test_port_lstm(learner, inside, reference):
    """`port_lstm` returns the parameters of `nn.OptimizedLSTMCell`, with
    PyTorch's numbers.
    """
    for sizes in SIZES:
        twin = reference.torch_lstm(*sizes)
        ported(
            learner.port_lstm,
            inside,
            twin,
            f"port_lstm(state_dict of torch_lstm{sizes})",
            lstm_params(twin),
            "OptimizedLSTMCell",
        )


def test_port_gru(learner, inside, reference):
    """`port_gru` returns the parameters of `nn.GRUCell`, with PyTorch's
    numbers.
    """
    for sizes in SIZES:
        twin = reference.torch_gru(*sizes)
        ported(learner.port_gru, inside, twin, f"port_gru(state_dict of torch_gru{sizes})", gru_params(twin), "GRUCell")


def test_gru(learner, reference, inside):
    """With the parameters from `port_gru`, Flax's GRU gives torch.nn.GRU's
    outputs.
    """

    def ported_first(*sizes):
        """Port a model for each size, then compare them all."""
        twins = [reference.torch_gru(*size) for size in sizes]
        ported = [named(learner.port_gru(numpy_state_dict(twin)), "params") for twin in twins]
        agree = []
        for (features, hidden), twin, params in zip(sizes, twins, ported, strict=True):
            x = torch.randn(2, 7, features)
            mine = inside.gru_outputs(params, hidden, x)
            agree.append(compare(mine, twin(x)[0], "an nn.GRUCell with the parameters of port_gru"))
        return all(agree)

    if ported_first((3, 5)):
        with when(TWO_PORTED):
            ported_first((3, 4), (2, 6))


def test_run_lstm(learner, reference):
    """`run_lstm` gives torch.nn.LSTM's outputs and its last h and c, even for
    one row of one step.
    """
    for features, hidden, rows, steps in each((RUNS[0], (4, 4, 1, 1)), FIELDS):
        twin, x = reference.torch_lstm(features, hidden), torch.randn(rows, steps, features)
        mine = preserving(learner.run_lstm, "params")(lstm_params(twin), x)
        ran(mine, reference.torch_run_lstm(twin, x), "run_lstm(params, x)")


def test_reverse(learner, reference):
    """With `reverse`, `run_lstm` gives the numbers of the second direction of
    PyTorch's bidirectional LSTM.
    """
    for features, hidden, rows, steps in each(RUNS, FIELDS):
        twin, x = reference.torch_lstm(features, hidden), torch.randn(rows, steps, features)
        mine = learner.run_lstm(lstm_params(twin), x, reverse=True)
        ran(mine, reference.torch_run_lstm(twin, x, reverse=True), "run_lstm(params, x, reverse=True)")


def test_together(learner, reference, inside):
    """With the parameters from `port_lstm`, `run_lstm` gives torch.nn.LSTM's
    numbers under jax.jit, in both directions.
    """

    def ported_first(*sizes):
        """Port a model for each size, then compare them all."""
        twins = [reference.torch_lstm(*size) for size in sizes]
        ported = [learner.port_lstm(numpy_state_dict(twin)) for twin in twins]
        agree = []
        for (features, _), twin, params in zip(sizes, twins, ported, strict=True):
            x = torch.randn(2, 7, features)
            for reverse, words in ((False, ""), (True, ", reverse=True")):
                mine, theirs = inside.jitted(learner.run_lstm, params, x, reverse), reference.torch_run_lstm(twin, x, reverse)
                agree.append(ran(mine, theirs, f"run_lstm(port_lstm(state_dict), x{words})"))
        return all(agree)

    with when("under jax.jit"):
        if ported_first((3, 5)):
            with when(TWO_PORTED):
                ported_first((3, 4), (2, 6))
