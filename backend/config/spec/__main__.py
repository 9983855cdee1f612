"""`make spec`: writes the generated parts of `mobile-client-spec/` anew, and says what is left to be written by hand.

What would break apps that are in people's hands is refused, and nothing is written.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import sys

import django

if __name__ == "__main__":
    django.setup()

    from config.spec.changelog import REFUSED
    from config.spec.documents import FOLDER, write_documents
    from config.spec.levels import problems

    found = problems()
    if any(problem.startswith(REFUSED) for problem in found):
        sys.exit("\n\n".join(found))
    for name in write_documents():
        print(FOLDER / name)
    if found:
        sys.exit("\n" + "\n\n".join(found))
