"""Returns 400,000 zeros under 55 lists in one another: 0.8 MB on the wire, and
22 million steps in the paths of its leaves.
"""


# told: TooLarge: a value of more than 200,000 values
def set_bias(variables, layer, value):
    tree = [0] * 400_000
    for _ in range(55):
        tree = [tree]
    return tree
