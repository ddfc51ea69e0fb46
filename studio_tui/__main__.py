"""Starts the program, as the command `studio-tui` or as `python -m studio_tui`."""

import sys


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        argv: The arguments after the program's name; those of the process if None.
    """
    from studio_tui.bootstrap import main as run

    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
