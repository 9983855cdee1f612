"""`python -m roundsman_client`: the command line of `cli.py`."""

from roundsman_client.cli import main

raise SystemExit(main())
