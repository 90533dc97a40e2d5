"""Never comes back, and swallows every exception."""


# told: did not come back within the time limit
def set_bias(variables, layer, value):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
