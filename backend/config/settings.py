"""Django's settings. Everything an operator may change comes from the environment; docs/operating.md lists it."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from accounts.single_sign_on import console_passwords_from_environment, single_sign_on_from_environment
from config.basemap import basemap_from_environment
from config.database import access_from_environment
from config.file_storage import file_storage
from config.logs import configure_logs

BASE_DIR = Path(__file__).resolve().parents[2]
# State of this installation: embedded database, keys, logs. Never in version control.
VAR_DIR = Path(os.environ.get("ROUNDSMAN_VAR") or BASE_DIR / "var").absolute()
# What scripts/install-web.sh has built.
PAGES_DIR = Path(os.environ.get("ROUNDSMAN_PAGES") or BASE_DIR / "var" / "web").absolute()
KEYS_DIR = Path(os.environ.get("ROUNDSMAN_KEYS") or VAR_DIR / "keys").absolute()


def _secret_key() -> str:
    """Returns ROUNDSMAN_SECRET_KEY, or a key of this installation made at the first start."""
    if given := os.environ.get("ROUNDSMAN_SECRET_KEY"):
        return given
    kept = KEYS_DIR / "secret"
    if not kept.exists():
        KEYS_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = KEYS_DIR / f"secret.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # two processes at their first start: one key wins for both
            os.link(draft, kept)
        draft.unlink()
    return kept.read_text()


SECRET_KEY = _secret_key()
DEBUG = os.environ.get("ROUNDSMAN_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("ROUNDSMAN_HOSTS", "127.0.0.1,localhost,[::1]").split(",")

INSTALLED_APPS = [
    "core",
    "core.imports",
    "accounts",
    "calendars",
    "files",
    "catalog",
    "customers",
    "trails",
    "forms",
    "visits",
    "notify",  # after the apps that declare notices: their texts are in what it publishes
    "sync",
    "console",
    "config",  # for its management commands
    "ninja",  # for the API's page of documentation, with its scripts and styles
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "core.request_log.RequestLog",
    "config.level_header.LevelHeader",
    "config.refusals.TypedRefusals",
    "django.middleware.security.SecurityMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["console.templatetags.console"],
            "context_processors": ["django.template.context_processors.request"],
        },
    }
]
STATIC_URL = "/static/"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = False

DATABASE_ACCESS = access_from_environment(VAR_DIR)
EMBEDDED_POSTGRES = DATABASE_ACCESS.embedded
DATABASES = DATABASE_ACCESS.databases(
    pool={
        "min_size": int(os.environ.get("ROUNDSMAN_POOL_MIN", "1")),
        "max_size": int(os.environ.get("ROUNDSMAN_POOL_MAX", "8")),
        "timeout": float(os.environ.get("ROUNDSMAN_POOL_WAIT_S", "3")),
    }
)
DATABASE_ROUTERS = ["config.router.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Of argon2id: passes, KiB of memory, lanes. Memory is held once per sign-in in progress.
ARGON2 = tuple(int(word) for word in os.environ.get("ROUNDSMAN_ARGON2", "2,19456,1").split(","))
# So many failed sign-ins from one address, whatever the names, lock it for a while; a branch office may share one.
SIGN_IN_FAILURES_PER_ADDRESS = int(os.environ.get("ROUNDSMAN_SIGN_IN_FAILURES_PER_ADDRESS", "100"))
# How many reverse proxies of the operator's own stand before the server, each adding to X-Forwarded-For.
TRUSTED_PROXIES = int(os.environ.get("ROUNDSMAN_TRUSTED_PROXIES", "0"))

# Who may say at the console who somebody is, instead of a password or beside it.
SINGLE_SIGN_ON = single_sign_on_from_environment()
CONSOLE_PASSWORDS = console_passwords_from_environment(SINGLE_SIGN_ON)

# Of the console, the only pages with cookies.
CSRF_COOKIE_NAME = "roundsman_csrf"
CSRF_COOKIE_PATH = "/console/"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "console.pages.sign_in.forged"
# What lies under the console's maps.
BASEMAP = basemap_from_environment()
if TRUSTED_PROXIES:  # they end the encryption, and say so
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]

_files, INCOMING_DIR = file_storage(VAR_DIR)
STORAGES = {
    "default": _files,
    "files": _files,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Bytes of one file at most, by what it is.
PHOTO_LIMIT = int(os.environ.get("ROUNDSMAN_PHOTO_LIMIT", str(30 * 2**20)))
SIGNATURE_LIMIT = int(os.environ.get("ROUNDSMAN_SIGNATURE_LIMIT", str(2 * 2**20)))
VOICE_LIMIT = int(os.environ.get("ROUNDSMAN_VOICE_LIMIT", str(100 * 2**20)))
# A font with Chinese faces for what is written onto photos, instead of the one that is installed with the server.
CAPTION_FONT = os.environ.get("ROUNDSMAN_CAPTION_FONT", "")

DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 2**20  # bytes; a day's backlog of one phone in one push

LOGGING_CONFIG = None
configure_logs(os.environ.get("ROUNDSMAN_LOG_LEVEL", "INFO"), as_json=os.environ.get("ROUNDSMAN_LOG") != "console")
