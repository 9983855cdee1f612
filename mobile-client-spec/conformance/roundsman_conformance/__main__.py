"""`python -m roundsman_conformance`."""

import sys

from roundsman_conformance.cli import main

sys.exit(main())
