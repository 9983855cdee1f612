"""`make spec`: writes the generated parts of `mobile-client-spec/` anew."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

if __name__ == "__main__":
    django.setup()

    from config.spec.documents import FOLDER, write_documents

    for name in write_documents():
        print(FOLDER / name)
