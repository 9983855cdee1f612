"""The console's pages are there once they are built."""

import pytest

from console.assets import are_built


@pytest.fixture(autouse=True)
def built() -> None:
    """What browsers load is built."""
    if not are_built():
        pytest.skip("the console's pages are not built: scripts/install-web.sh says why")
