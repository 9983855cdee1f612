"""Plays Roundsman's server against any client and tells which rules of the protocol it keeps."""
