"""`make spec`: writes `mobile-client-spec/openapi.json`, `commands.md`, `feeds.md` and `errors.md` anew."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

if __name__ == "__main__":
    django.setup()

    from config.spec.documents import FOLDER, all_documents

    for name, text in all_documents().items():
        (FOLDER / name).write_text(text)
        print(FOLDER / name)
