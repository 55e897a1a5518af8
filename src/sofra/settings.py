"""Settings, read from the environment. docs/operators.md lists each variable; `sofra serve` refuses unsafe ones."""

import os
import sys
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

PROJECT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SOFRA_DATA") or PROJECT / "var").resolve()
MODE = os.environ.get("SOFRA_MODE", "develop")  # demo | serve | develop | test


def number(name: str, default: int) -> int:
    """A whole number from the environment. Raises ImproperlyConfigured with a sentence for anything else."""
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit():
        raise ImproperlyConfigured(f"{name} is “{text}”: it must be a whole number, such as {default}.")
    return int(text)


DEBUG = os.environ.get("SOFRA_DEBUG") == "1"
SECRET_KEY = os.environ.get("SOFRA_SECRET_KEY", "")
if not SECRET_KEY and MODE != "serve":
    SECRET_KEY = "not-secret-for-demo-and-tests-only-" + "0" * 32
ALLOWED_HOSTS = [h for h in os.environ.get("SOFRA_HOSTS", "").split(",") if h] or ["127.0.0.1", "localhost", "[::1]"]
HTTPS = os.environ.get("SOFRA_HTTPS", "1" if MODE == "serve" else "0") == "1"
ORIGIN = os.environ.get("SOFRA_ORIGIN", "http://127.0.0.1:8000")
HUB_NAME = os.environ.get("SOFRA_NAME", "Sofra")
COUNTRY = os.environ.get("SOFRA_COUNTRY", "AL")
SOURCE_URL = os.environ.get("SOFRA_SOURCE_URL", "")  # of the running version, changes included (AGPL-3.0, section 13)

INSTALLED_APPS = [
    "sofra.web",
    "sofra.exchange",
    "sofra.profiles",
    "sofra.reports",
    "sofra.findings",
    "sofra.mapping",
    "sofra.training",
    "sofra.councils",
    "sofra.plans",
    "sofra.questionnaires",
    "sofra.schools",
    "sofra.coverage",
    "sofra.activities",
    "sofra.organisations",
    "sofra.accounts",
    "sofra.places",
    "sofra.printing",
    "sofra.ground",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "csp",
    "heroicons",
    "django_tasks",
    "django_tasks_db",
    "django.forms",
]

MIDDLEWARE = [
    "sofra.ground.logs.RequestLine",
    "sofra.web.middleware.PublicPages",
    "csp.middleware.CSPMiddleware",  # before whatever answers by itself: redirects to https, static files
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "sofra.web.middleware.RefuseUnreadable",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "sofra.web.doors.OnlyDeclaredMethods",
    "sofra.accounts.access.SignInFirst",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "sofra.web.urls"
WSGI_APPLICATION = "sofra.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sofra.web.shell.shell",
            ],
            "builtins": ["sofra.web.templatetags.sofra", "heroicons.templatetags.heroicons"],
        },
    }
]


def database(url: str) -> dict[str, object]:
    """A Django database setting from DATABASE_URL; the embedded SQLite where there is none.

    SQLite runs in WAL with synchronous=FULL, so that an acknowledged commit survives a power cut. What stands behind
    the "?" of a PostgreSQL address (sslmode=require) goes to its driver. Raises ImproperlyConfigured for other kinds.
    """
    if url and not url.startswith(("sqlite:///", "postgresql://", "postgres://")):
        kind = url.partition(":")[0] if "://" in url else "without a kind"  # the rest may hold a password
        raise ImproperlyConfigured(
            f"DATABASE_URL is of a kind that Sofra does not know ({kind[:20]}): it begins with postgresql:// or "
            "sqlite:///; unset it for the embedded SQLite."
        )
    if not url or url.startswith("sqlite"):
        name = url.removeprefix("sqlite:///") if url else DATA / "sofra.sqlite3"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(name),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 120,  # seconds: a writer waits while an import of a hundred thousand rows is written
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000; "
                    "PRAGMA mmap_size=2147418112; PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read: write postgresql://user:password@host:5432/name, with signs such as “@” and"
            " “/” of a password as %40 and %2F."
        ) from None
    options = dict(parse_qsl(parts.query))
    host = unquote(parts.hostname or "") or options.pop("host", "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "ground_cache",
        # It counts attempts and used codes: with the usual 300 entries, many attempts would make it forget others.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "sofra.accounts.adapter.ByInvitation"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation reached the address already
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody learns from a letter which addresses have an account
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{HUB_NAME}] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if os.environ.get("SOFRA_BEHIND_PROXY") == "1" else 0  # else X-Forwarded-For is ignored
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
MFA_ADAPTER = "sofra.accounts.adapter.OurKeys"
MFA_FORMS = {
    "add_webauthn": "sofra.accounts.forms.AddKey",
    "edit_webauthn": "sofra.accounts.forms.EditKey",
    "authenticate": "sofra.accounts.forms.EnterCode",
    "reauthenticate": "sofra.accounts.forms.EnterCodeAgain",
    "authenticate_webauthn": "sofra.accounts.forms.EnterKey",
    "login_webauthn": "sofra.accounts.forms.SignInByKey",
    "reauthenticate_webauthn": "sofra.accounts.forms.EnterKeyAgain",
}
MFA_TOTP_TOLERANCE = 1  # half a minute either way: cheap phones keep time badly
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = MODE != "serve"
MFA_TOTP_ISSUER = HUB_NAME
EMAIL_BACKEND = os.environ.get(
    "SOFRA_EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if os.environ.get("SOFRA_SMTP_HOST")
    else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = DATA / "mail"
EMAIL_HOST = os.environ.get("SOFRA_SMTP_HOST", "")
EMAIL_PORT = number("SOFRA_SMTP_PORT", 587)
EMAIL_HOST_USER = os.environ.get("SOFRA_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("SOFRA_SMTP_PASSWORD", "")
EMAIL_TIMEOUT = 20  # seconds
EMAIL_USE_TLS = os.environ.get("SOFRA_SMTP_TLS", "1") == "1"
DEFAULT_FROM_EMAIL = os.environ.get("SOFRA_MAIL_FROM", "sofra@localhost")

LANGUAGE_CODE = "sq"
LANGUAGES = [
    ("sq", "Shqip"),
    ("en", "English"),
    ("mk", "Македонски"),
    ("sr", "Српски"),
    ("bs", "Bosanski"),
    ("cnr", "Crnogorski"),
]
LANGUAGES_COMPLETE = ("sq", "en")
LOCALE_PATHS = [PROJECT / "src" / "sofra" / "locale"]
FORMAT_MODULE_PATH = ["sofra.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("SOFRA_TIME_ZONE", "Europe/Tirane")

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(DATA / "files")}},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if MODE in {"demo", "serve"}
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE in {"develop", "test"}
WHITENOISE_MANIFEST_STRICT = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS and os.environ.get("SOFRA_SSL_REDIRECT", "1") == "1"
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from the machine itself, without a proxy in front
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("SOFRA_BEHIND_PROXY") == "1" else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [ORIGIN] if ORIGIN.startswith("https://") else []
CSRF_FAILURE_VIEW = "sofra.web.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
# How long a worker trusts that nothing changed (docs/adr/0004).
SHELF_SECONDS = 0.05 if MODE in {"demo", "serve"} else 0.0
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SCHOOL_LIMIT = number("SOFRA_SCHOOL_LIMIT", 10)  # sessions a term, where neither school nor office says
SCHOOL_TERMS = os.environ.get("SOFRA_SCHOOL_TERMS", "09-01/12-31 01-01/03-31 04-01/06-30")  # schools/rules.py
CROWD = number("SOFRA_CROWD", 3)  # more organisations than these, with the same people at once, are a crowd

UPLOAD_LIMIT = number("SOFRA_UPLOAD_LIMIT_MB", 250) * 1024 * 1024
PHONE_LIMIT = number("SOFRA_PHONE_LIMIT_MB", 100) * 1024 * 1024  # one submission of a phone, with its files
PHONE_RATE = number("SOFRA_PHONE_RATE", 1200)  # submissions a minute of one address, in each process of the server
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "sofra.ground.logs.JsonFormatter"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "json"}},
    "root": {"handlers": ["out"], "level": os.environ.get("SOFRA_LOG_LEVEL", "WARNING")},
    "loggers": {"sofra": {"level": os.environ.get("SOFRA_LOG_LEVEL", "INFO"), "propagate": True}},
}
