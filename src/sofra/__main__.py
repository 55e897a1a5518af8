"""The `sofra` command: every room's commands under one name."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sofra.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["sofra", *sys.argv[1:]])


if __name__ == "__main__":
    main()
