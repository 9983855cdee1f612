#!/usr/bin/env python3
"""Django's command line for Roundsman: `.venv/bin/python manage.py <command>`."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Runs one management command."""
    sys.path.insert(0, str(Path(__file__).resolve().parent / "backend"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
