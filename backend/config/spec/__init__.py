"""The specification for phone teams, written from the registries of commands, feeds and errors and from the URL map."""
