"""The customers app: registers its commands, its feeds and the grants that follow from customers."""

from importlib import import_module

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        import_module("customers.feed")
        for noun in ("customers", "sites", "pins", "contacts", "assignment", "sharing"):
            import_module(f"customers.commands.{noun}")
        for noun in ("customers", "contacts", "sites", "orders", "undoing"):
            import_module(f"customers.imports.{noun}")
