"""Makes a company with everybody in it and prints it as JSON: run inside an installation that a test started."""

import json
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[2] / "backend")]

import django  # noqa: E402

django.setup()

from tests.personas import PASSWORD, make_company  # noqa: E402

if __name__ == "__main__":
    company = make_company()
    users = {name: str(persona.id) for name, persona in company.people.items()}
    print(json.dumps({"id": str(company.id), "code": company.code, "password": PASSWORD, "users": users}))
