"""Roundsman's reference client: what a phone does, in small modules. Start reading at `client.py`."""
