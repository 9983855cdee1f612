"""The writers of sync."""
