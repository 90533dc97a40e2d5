"""Every setting in which the sandbox differs from a learner's own Python.

None changes what a learner's program means: a jaxpr is never touched. Those
that only shorten compiling may change the last digits of a result; each is
named below with the difference that it makes.

Where a setting goes: `environment` if it must be there before JAX is imported,
`import_libraries` if it touches no device and holds for all sandboxes,
`first_device` if it depends on the device or on the exercise.
"""

import contextlib
import gc
import os
import threading
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from flaxkata.sandbox import compile_cache, jax_private, settings

# XLA's flags for a CPU: short compilations rather than fast programs, which run
# for milliseconds. XLA ends a process at a flag that it does not know; jaxlib
# 0.10 knows these.
#
# How much each changes was measured with all 44 solutions, as the largest
# |a - b| / (1 + max|b|) of a sampled value in 633 comparisons, of which none
# failed; the smallest tolerance for float32 is 1e-5.
QUICK_COMPILING = (
    "--xla_cpu_use_fusion_emitters=false",  # 7e-7, in 40 comparisons
    "--xla_cpu_parallel_codegen_split_count=1",  # one module for LLVM instead of up to 32: 2e-7, in 37
)

# Each program that JAX has compiled for a CPU is some mappings of memory. Linux allows a process 65,530, and LLVM ends one that
# wants more. A judge had 29,000 after some hundred files that it had graded with `--here`.
MANY_MAPPINGS = 30_000


def set_environment(device: str) -> None:
    """Set this process's environment; before NumPy and JAX are imported.
    `device` is "cpu", "gpu" or "tpu".
    """
    os.environ.update(environment(device, os.environ))


def environment(device: str, base: Mapping[str, str]) -> dict[str, str]:
    """What differs from the environment `base`."""
    return {
        "XLA_FLAGS": _xla_flags(base.get("XLA_FLAGS", "")),
        # The first is the one that computes. Callbacks and jax.debug.print need a CPU device beside it.
        "JAX_PLATFORMS": {"gpu": "cuda,cpu", "tpu": "tpu,cpu"}.get(device, device),
        # JAX and PyTorch share the cores: with two threads a step took 13 times
        # as long on a busy two-core machine.
        "OMP_NUM_THREADS": "1",
        # JAX would take three quarters of a GPU's memory at once.
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        # What XLA logs would be shown as printed by the learner's code: jaxlib 0.10.0 logs two false alarms, called errors,
        # for each program that it finds compiled.
        "TF_CPP_MIN_LOG_LEVEL": base.get("TF_CPP_MIN_LOG_LEVEL", "3"),
    }


def _xla_flags(given: str) -> str:
    """Flags of the environment come last, and win."""
    ours = " ".join(QUICK_COMPILING)
    known = version("jaxlib").startswith("0.10.")
    return f"{ours} {given}".strip() if known and ours not in given else given


def import_libraries(cache: str) -> None:
    """Import what exercises use, and touch no device; JAX keeps what it
    compiles in the folder `cache`.
    """
    gc.disable()  # nothing of the imports is garbage; 0.3 s of 1.5
    import flax.linen  # noqa: F401
    import optax  # noqa: F401

    compile_cache.use(cache)
    jax_private.share_mlir_context()
    jax_private.name_leaks_without_holders()
    gc.enable()
    collect_garbage_rarely()


def make_room() -> None:
    """Drop what JAX has compiled in this process, where that is very much.

    For the judge's own process, in which all that is graded is compiled;
    sandboxes are replaced before.
    """
    import jax

    with contextlib.suppress(OSError), open("/proc/self/maps", "rb") as mappings:  # as on Linux
        if sum(1 for _ in mappings) > MANY_MAPPINGS:
            jax.clear_caches()
            gc.collect()


def set_devices(count: int) -> None:
    """Let JAX have `count` devices: several are the CPU's, one is what the
    environment says. Called before its first use; in the judge's own process
    another exercise may have used others, which are given up.
    """
    import jax

    wanted = {"jax_platforms": "cpu" if count > 1 else os.environ["JAX_PLATFORMS"], "jax_num_cpu_devices": count}
    for name, value in wanted.items():
        if getattr(jax.config, name) != value:
            try:
                jax.config.update(name, value)
            except RuntimeError:  # JAX has begun with others
                import jax.extend.backend

                jax.extend.backend.clear_backends()
                jax.config.update(name, value)


def first_device(precision: str = "highest") -> Any:
    """JAX's first device, initialized by this call. What a file has set for
    this process is set back, and matrix products have this `precision` by
    default. Raises what JAX raises if there is no device.
    """
    import jax

    settings.restore()
    # A GPU would multiply float32 in TF32; "default" would be written into the program, as all others are.
    jax.config.update("jax_default_matmul_precision", None if precision == "default" else precision)
    device = jax.devices()[0]
    # An exercise computes for milliseconds and compiles for seconds: on a CPU a third of its first run. It changes values
    # by 5e-7 at most, in 179 comparisons (measured as above).
    jax.config.update("jax_disable_most_optimizations", device.platform == "cpu")
    return device


def collect_garbage_rarely() -> None:
    """Do not look again at what there is, in no child either, and at the rest
    seldom: Flax makes many small objects, and a sixth of a run was garbage
    collection.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20)


def assert_forkable() -> None:
    """The one place of the rule: a process that touched a JAX device, or has
    other threads, must not fork sandboxes.

    200 of 200 children of a parent that had called `jax.devices()` hung; none
    of one that had only imported JAX.
    """
    if jax_private.backends_are_initialized():
        raise RuntimeError("the parent of the sandboxes has touched a JAX device; its children would hang")
    if threading.active_count() != 1:
        raise RuntimeError(f"the parent of the sandboxes has {threading.active_count()} threads; it must have one")
