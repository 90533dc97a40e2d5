"""The claims in the texts of 8.3, measured."""

import io
import pickle
import zipfile

import fresh
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save, save_file

from flaxkata import catalog

torch.set_num_threads(1)
(EXERCISE,) = catalog.select(fresh.ROOT, ["8.3"])
BITS = np.arange(2**16, dtype=np.uint16)


def changed(array):
    """How many of the 65,536 numbers of bfloat16 have other bits, and whether
    all of those are NaN.
    """
    differ = np.asarray(array).view(np.uint16) != BITS
    return int(differ.sum()), bool(np.isnan(BITS.view(jnp.bfloat16)[differ].astype(np.float32)).all())


def opened(path, framework):
    with safe_open(path, framework=framework) as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def test_numpy_has_no_bfloat16():
    with pytest.raises(TypeError, match="BFloat16"):
        torch.zeros(2, dtype=torch.bfloat16).numpy()
    assert jnp.dtype(jnp.bfloat16) == np.dtype(ml_dtypes.bfloat16)
    assert changed(jnp.asarray(BITS.view(jnp.bfloat16))) == (0, True)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_detour_over_float32():
    """It changes 252 of the 65,536 values, all of them NaN, and needs twice the
    memory.
    """
    half = BITS.view(jnp.bfloat16)
    wide = half.astype(np.float32)
    assert wide.nbytes == 2 * half.nbytes
    for back in (jnp.asarray(wide).astype(jnp.bfloat16), jnp.asarray(wide, dtype=jnp.bfloat16)):
        assert changed(back) == (252, True)
    assert "252 of the 65,536 values" in " ".join(EXERCISE.text.split())


def test_a_gather_makes_nans_alike():
    """Why the files of the checks have only usual NaNs."""
    count, nans = changed(jnp.asarray(BITS.view(jnp.bfloat16))[jnp.arange(2**16)])
    assert nans and count in (0, 252)


@pytest.mark.filterwarnings("ignore:overflow")
def test_jax_narrows_without_an_error(tmp_path):
    """`jnp.asarray` and safe_open with "flax" do; with "numpy" it does not."""
    assert jnp.asarray(np.array([2**32 + 5])).tolist() == [5] and jnp.asarray(np.zeros(2)).dtype == np.float32
    assert jnp.asarray(np.array([2**31])).tolist() == [-(2**31)]
    save_file({"long": torch.tensor([2**32 + 5]), "wide": torch.randn(2).double()}, tmp_path / "a.safetensors")
    in_flax, in_numpy = (opened(tmp_path / "a.safetensors", framework) for framework in ("flax", "numpy"))
    assert in_flax["long"].tolist() == [5] and in_flax["wide"].dtype == np.float32
    assert in_numpy["long"].tolist() == [2**32 + 5] and in_numpy["wide"].dtype == np.float64


def test_safetensors_reads_bfloat16(tmp_path):
    """With framework="numpy" bfloat16 is read as it is, and an entry that is
    not there is named.
    """
    save_file({"half": torch.randn(3, 4).bfloat16()}, tmp_path / "a.safetensors")
    assert opened(tmp_path / "a.safetensors", "numpy")["half"].dtype == jnp.bfloat16
    with safe_open(tmp_path / "a.safetensors", framework="numpy") as file, pytest.raises(SafetensorError, match=r"norm\.gain"):
        file.get_tensor("norm.gain")


def test_a_tied_weight_is_saved_once():
    """safetensors refuses to write it twice."""
    weight = torch.randn(2, 3)
    with pytest.raises(RuntimeError, match="share memory"):
        save({"embed.weight": weight, "head.weight": weight})


def test_what_torch_save_writes():
    """A zip with data.pkl and data/0, data/1, ...; tied weights and a
    transposed tensor are parts of one storage.
    """
    linear, file = torch.nn.Linear(3, 2), io.BytesIO()
    torch.save({"a": linear.weight.data, "b": linear.weight.data, "turned": linear.weight.data.T, "c": linear.bias.data}, file)
    names = {name.partition("/")[2] for name in zipfile.ZipFile(file).namelist()}
    assert {"data.pkl", "data/0", "data/1"} <= names and "data/2" not in names


def test_a_pickle_calls_functions():
    class Calling:
        def __reduce__(self):
            return print, ("called",)

    class Asked(pickle.Unpickler):
        def find_class(self, module, name):
            asked.append((module, name))
            return lambda *given: given

    asked: list[tuple[str, str]] = []
    assert Asked(io.BytesIO(pickle.dumps(Calling(), protocol=2))).load() == ("called",)
    assert asked == [("__builtin__", "print")] or asked == [("builtins", "print")]


def test_torch_load_accepts_only_a_list():
    file = io.BytesIO()
    torch.save(torch.nn.Linear(2, 3), file)
    file.seek(0)
    with pytest.raises(pickle.UnpicklingError, match=r"torch\.nn\.modules\.linear\.Linear"):
        torch.load(file)


def test_what_a_state_dict_asks_for():
    """OrderedDict, once more for the hooks of each tensor; and BatchNorm's
    counter is int64.
    """
    file = io.BytesIO()
    torch.save({"weight": torch.zeros(2)}, file)
    assert b"collections\nOrderedDict" in zipfile.ZipFile(file).read("archive/data.pkl")
    assert torch.nn.BatchNorm1d(3).bfloat16().num_batches_tracked.dtype == torch.int64


def test_strides():
    """PyTorch counts them in numbers, NumPy in bytes."""
    tensor = torch.zeros(3, 4)
    assert tensor.stride() == (4, 1) and tensor.numpy().strides == (16, 4)


def test_of_empty_arrays():
    """What the mistake empty_has_no_limits says."""
    empty = np.zeros(0, np.int64)
    with pytest.raises(ValueError, match="zero-size"):
        empty.max()
    assert np.all(empty < 1) and np.array_equal(empty, empty.astype(np.int32))


def test_shapes_of_scalars():
    """What the mistake at_least_1d says."""
    assert np.ascontiguousarray(np.float32(1)).shape == (1,) and jnp.asarray(np.array(1.0, np.float32)).shape == ()
