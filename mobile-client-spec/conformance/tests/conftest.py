"""Makes the package, the reference client and the tests' own modules importable, however pytest is started."""

import sys
from pathlib import Path

_HERE = Path(__file__).parent
for folder in (_HERE, _HERE.parent, _HERE.parents[1] / "reference-client"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
