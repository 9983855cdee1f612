"""The shapes of accounts on the wire: payloads of its commands, bodies and answers of its endpoints."""
