"""Never comes back."""


# told: did not come back within the time limit
def set_bias(variables, layer, value):
    while True:
        pass
