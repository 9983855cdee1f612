"""Tables from other systems: read, previewed, and applied as ordinary commands. Apps declare what can be imported."""
