"""The limits of a sync request. The OpenAPI and the JSON Schemas state them, and reading the request enforces them.

Those of one command are that command's own refusal; those of the whole request refuse it, and the phone sends less.
"""

MAX_BODY_BYTES = 16 * 2**20
MAX_COMMANDS = 1_000
MAX_REPAIRS = 500
MAX_CURSOR = 65_536
"""Characters. The cursors that this server gives are far shorter."""
MAX_BIGINT = 2**63 - 1
MAX_NAME = 100
"""Characters of a command's name."""
MAX_SCHEMA = 32_766
MAX_DEPENDS_ON = 100
DEFAULT_PAGE_BYTES = 1_048_576
MIN_PAGE_BYTES = 1_024
MAX_PAGE_BYTES = 8 * 1_048_576
