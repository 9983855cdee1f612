"""Kotlin and Swift models of all that travels, made from the JSON Schemas; see docs/decisions/0016-own-models.md."""
