"""`python -m flaxkata` is `kata`."""

import gc
import os
import sys


def main() -> None:
    """Run the command. A Ctrl-C that comes while it is still being imported
    ends it as quietly as a later one.

    Nothing that is imported is garbage, and nothing needs to be torn down: that
    is 1 s of 3.6 of a `kata grade 1.4` (medians of 7 runs on two busy cores).
    """
    gc.disable()
    code: object = 0
    try:
        from flaxkata import cli

        cli.main()
    except SystemExit as end:
        code = end.code
    except KeyboardInterrupt:
        code = 130
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    main()
