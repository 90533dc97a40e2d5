"""Returns a dict of thousands of keys that all have one hash, as tuples of
numbers can be made to: whoever builds it compares each with all before it.
"""

# told: many keys have one hash


def rotated(number):
    return (number << 31 | number >> 33) & MASK


MASK, MIX, FACTOR = 2**64 - 1, 14029467366897019727, 11400714785074694791


def set_bias(variables, layer, value):
    keys = []
    for first in range(10_000):
        # The second of a pair adds whatever its first lacks, see tuplehash in CPython.
        state = rotated((2870177450012600261 + first * MIX) & MASK) * FACTOR & MASK
        second = (12345 - state) * pow(MIX, -1, 2**64) & MASK
        second -= 2**64 * (second >> 63)
        if abs(second) < 2**61 - 1:
            keys.append((first, second))
    assert len({hash(key) for key in keys}) == 1 and len(keys) > 1000
    return dict.fromkeys(keys, 0)
