"""Imports as a Django app of their own: their tables and error codes carry the label `imports`."""

from importlib import import_module

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "core.imports"
    label = "imports"

    def ready(self) -> None:
        import_module("core.imports.jobs")
