"""`make release-level`: closes the open level. From then on it is in people's hands, and only grows."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import sys
from datetime import date
from pathlib import Path

import django


def release(folder: Path, today: date) -> int:
    """Writes `released.json` and the heading of the open level in the changelog. Returns the level.

    Raises ValueError where no level is open, or where something has to be done before.
    """
    from config.spec.changelog import read_changelog
    from config.spec.contract import Released, fingerprint, present_contract, released
    from config.spec.levels import CHANGELOG, problems, since_map
    from core.api_level import API_LEVEL

    text = (folder / CHANGELOG).read_text()
    if not read_changelog(text)[0].is_open:
        raise ValueError(f"level {API_LEVEL} is released already, and nothing has changed since")
    if found := problems(folder):
        raise ValueError("\n\n".join(found))
    contract = present_contract()
    done = Released(API_LEVEL, contract, since_map(released(folder)))
    heading = f"## Level {API_LEVEL} · {today} · `{fingerprint(contract)}`"
    (folder / "released.json").write_text(done.as_text())
    (folder / CHANGELOG).write_text(text.replace(f"## Level {API_LEVEL} (open)", heading, 1))
    return API_LEVEL


if __name__ == "__main__":
    django.setup()

    from config.spec.contract import FOLDER
    from core.clock import now

    try:
        level = release(FOLDER, now().date())
    except ValueError as error:
        sys.exit(str(error))
    print(f"Level {level} is released / 第 {level} 级已发布")
