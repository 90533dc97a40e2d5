"""JAX's way from a function to a program for XLA, made shorter: half of a fresh
sandbox's work is tracing and lowering.

What is lowered computes the same. None of it touches a device, and forked
processes have it too. Where a JAX has its internals in other places than 0.10,
JAX's own way is left as it is.
"""

import contextlib
import functools
from typing import Any

# The constants and rotations of Threefry-2x32: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011).
PARITY = 0x1BD11BDA
ROTATIONS = (13, 15, 26, 6), (17, 29, 16, 24)


@functools.cache
def shorten() -> None:
    """Shorten what follows in this process; once, however often it is
    called.
    """
    import jax

    with contextlib.suppress(AttributeError):
        jax.config.update("jax_traceback_in_locations_limit", 0)  # nobody reads where in Python an operation came from
    for part in (_share_context, _lower_threefry, _lower_in_place):
        with contextlib.suppress(ImportError, AttributeError):
            part()


def _share_context() -> None:
    """One MLIR context for all programs, made now.

    JAX makes one for each: 7 ms of the 14 that a small program takes when it
    was compiled before, and a fresh sandbox meets 60 of them or more.
    """
    from jax._src.interpreters import mlir

    mlir.make_ir_context = functools.cache(mlir.make_ir_context)
    mlir.make_ir_context()


def _lower_in_place() -> None:
    """Lower operations where they stand. JAX makes a function of each, for the
    next one that is equal, and inlines it.
    """
    from jax._src.interpreters import mlir

    rules = [*mlir._lowerings.items(), *mlir._platform_specific_lowerings["cpu"].items()]
    apart = {primitive for primitive, rule in rules if not rule.inline}
    mlir._uncacheable_primitives.update({primitive for primitive, _ in rules} - apart)


def _lower_threefry() -> None:
    """Write down the random bits of JAX's keys on a CPU. JAX traces and lowers
    their function for each shape anew: a third of the time that a draw of a new
    shape takes, and an exercise has 3 to 6 of them.
    """
    from jax._src.interpreters import mlir
    from jax._src.random import threefry2x32

    theirs = threefry2x32._threefry2x32_cpu_lowering_rule
    mlir.register_lowering(threefry2x32.threefry2x32_p, functools.partial(_threefry, theirs), platform="cpu")


def _threefry(theirs: Any, ctx: Any, *operands: Any) -> Any:
    """`threefry2x32_p` in StableHLO: two keys and two counters (uint32, shapes
    that broadcast) to two arrays of bits.

    Five times four rounds, in a loop as in JAX's own rule `theirs`, which is
    called for shapes that are not numbers.
    """
    import numpy as np
    from jax._src.interpreters import mlir
    from jax._src.lib.mlir import ir
    from jax._src.lib.mlir.dialects import hlo

    aval = ctx.avals_out[0]
    if not all(isinstance(n, int) for n in aval.shape):
        return theirs(ctx, *operands)
    uint32 = ir.IntegerType.get_unsigned(32)
    scalar = ir.RankedTensorType.get([], uint32)

    def constant(value: int, kind: Any) -> Any:
        return hlo.constant(ir.DenseElementsAttr.get_splat(kind, ir.IntegerAttr.get(uint32, value)))

    def full(one: Any) -> Any:
        return hlo.broadcast_in_dim(whole, one, mlir.dense_int_array([]))

    k1, k2, x1, x2 = mlir.multi_broadcast_in_dim(ctx, operands, ctx.avals_in, aval.shape, aval.sharding)
    whole = x1.type
    k3 = hlo.xor(hlo.xor(k1, k2), constant(PARITY, whole))
    rotations = [mlir.ir_constant(np.array(r, np.uint32)) for r in ROTATIONS]
    first = [constant(0, scalar), hlo.add(x1, k1), hlo.add(x2, k2), k2, k3, k1, *rotations]
    kinds = [value.type for value in first]
    loop = hlo.WhileOp(kinds, first)
    condition, body = loop.cond.blocks.append(*kinds), loop.body.blocks.append(*kinds)
    with ir.InsertionPoint(condition):
        less = hlo.ComparisonDirectionAttr.get("LT")
        hlo.return_([hlo.compare(condition.arguments[0], constant(5, scalar), less)])
    with ir.InsertionPoint(body):
        n, x1, x2, k1, k2, k3, now, then = body.arguments
        for i in range(4):
            one = hlo.slice(now, *(mlir.dense_int_array([at]) for at in (i, i + 1, 1)))
            left = full(hlo.reshape(scalar, one))
            right = hlo.subtract(constant(32, whole), left)
            x1 = hlo.add(x1, x2)
            x2 = hlo.xor(x1, hlo.or_(hlo.shift_left(x2, left), hlo.shift_right_logical(x2, right)))
        n = hlo.add(n, constant(1, scalar))
        hlo.return_([n, hlo.add(x1, k1), hlo.add(hlo.add(x2, k2), full(n)), k2, k3, k1, then, now])
    return loop.results[1], loop.results[2]
