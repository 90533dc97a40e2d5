"""Returns a list that contains itself twice: 2^64 leaves within the depth that
may be sent.
"""


# told: TooLarge: a value (of|nested) more than
def set_bias(variables, layer, value):
    tree = []
    tree += [tree, tree]
    return {"params": tree}
