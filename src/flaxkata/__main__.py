"""`python -m flaxkata` is `kata`."""

from flaxkata.cli import main

if __name__ == "__main__":
    main()
