"""`python -m flaxkata` is `kata`."""

import sys


def main() -> None:
    """Run the command. A Ctrl-C that comes while it is still being imported ends it as quietly as a later one."""
    try:
        from flaxkata import cli

        cli.main()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
