"""Loads the plugin that gives every test process its own database, before any test module is imported."""

pytest_plugins = ["tests.postgres_plugin"]
