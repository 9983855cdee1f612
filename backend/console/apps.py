"""The console app: the managers' web pages. It has no tables; pages register when their modules are loaded."""

from importlib import import_module
from pathlib import Path

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"

    def ready(self) -> None:
        for module in sorted((Path(__file__).parent / "pages").glob("[a-z]*.py")):
            import_module(f"console.pages.{module.stem}")
