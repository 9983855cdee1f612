"""The level of the contract with phones and integrations: one integer that clients read and compare."""

API_LEVEL = 2
"""Raised by one when commands, kinds, messages or errors first grow after a level was released.

A server of a level understands whatever clients of that level and of all lower ones send. `make spec` says when to
raise it and what to write into `mobile-client-spec/CHANGELOG.md`.
"""
HEADER = "Roundsman-Api-Level"
