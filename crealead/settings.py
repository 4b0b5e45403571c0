"""The settings of the site, read from the environment.

`ENVIRONMENT=production` demands every variable that `_required` names; `development`, which `manage.py` assumes,
runs on this machine alone with what it finds or makes under `var/`.
"""

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from stdnum.fr import siret, tva

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

TESTING = "pytest" in sys.modules
ENVIRONMENT = env.str("ENVIRONMENT", default="development" if TESTING else "production")
if ENVIRONMENT not in {"development", "production"}:
    raise ImproperlyConfigured("ENVIRONMENT doit valoir « development » ou « production ».")
PRODUCTION = ENVIRONMENT == "production"


def _required(name, *, default, read=env.str):
    """The variable; in production it must be there, elsewhere `default` stands in."""
    if PRODUCTION and not os.environ.get(name) and not os.environ.get(f"{name}_FILE"):
        raise ImproperlyConfigured(f"La variable d’environnement {name} manque : voir docs/deployment.md.")
    return read(name, default=default)


def _number(name, *, default):
    value = env.str(name, default=str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} vaut « {value} » : il faut un nombre.")
    return int(value)


def _on_or_off(name, *, default):
    value = env.str(name, default="on" if default else "off")
    if value not in {"on", "off"}:
        raise ImproperlyConfigured(f"{name} vaut « {value} » : il faut « on » ou « off ».")
    return value == "on"


def _siret(value):
    if not siret.is_valid(value):
        raise ImproperlyConfigured(f"COOPERATIVE_SIRET vaut « {value} », qui n’est pas un numéro SIRET.")
    return siret.compact(value)


def _vat(value):
    if not tva.is_valid(value):
        raise ImproperlyConfigured(f"COOPERATIVE_VAT vaut « {value} », qui n’est pas un numéro de TVA français.")
    return f"FR{tva.compact(value)}"


def _development_secret_key():
    """A key drawn once for this machine, so that sessions survive a restart."""
    path = VAR_DIR / "secret-key"
    try:
        if not path.exists():
            VAR_DIR.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(50), encoding="ascii")
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise ImproperlyConfigured(
            f"Impossible de lire ou d’écrire {path} ({error.strerror}) : lancez la commande avec le compte à qui ce "
            "dossier appartient, ou choisissez un autre dossier avec VAR_DIR."
        ) from error


VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

# --- Security -------------------------------------------------------------------------------------------------------

SECRET_KEY = _required("SECRET_KEY", default="") or _development_secret_key()
DEBUG = False
ALLOWED_HOSTS = _required("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"], read=env.list)
SITE_URL = _required("SITE_URL", default=f"http://127.0.0.1:{_number('PORT', default=8000)}").rstrip("/")
# How many reverse proxies stand in front: each adds one address to X-Forwarded-For.
# How long the data of a co-entrepreneur who left the cooperative stays, for them alone to read; three years at most.
DEPARTED_KEPT_DAYS = min(_number("DEPARTED_KEPT_DAYS", default=365), 3 * 365)
TRUSTED_PROXIES = _number("TRUSTED_PROXIES", default=1 if PRODUCTION else 0)

if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
# From the last visit: `doors.staff_session` renews it.
SESSION_COOKIE_AGE = 20 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# What must not come back with a restored backup, outside what backups hold (directory/privacy/remembered.py).
ERASURES_FILE = env.str("ERASURES_FILE", default=str(VAR_DIR / "erasures.jsonl"))
# What its fingerprints are keyed with: the former SECRET_KEY, once that is changed.
ERASURES_KEY = env.str("ERASURES_KEY", default="") or SECRET_KEY

# --- The parts ------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "crealead",
    "directory",
    "django.forms",
    "directory.admin.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp_webauthn",
    "csp",
    "django_filters",
    "django_htmx",
    "import_export",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "crealead.middleware.BoundariesMiddleware",
    "directory.catalogue.caching.KeptPagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crealead.middleware.BoundedQueryMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "directory.doors.second_factor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crealead.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
]

CSRF_FAILURE_VIEW = "crealead.csrf.failure"
FORM_RENDERER = "crealead.form_renderer.FormRenderer"
ROOT_URLCONF = "crealead.urls"
WSGI_APPLICATION = "crealead.wsgi.application"
# What each worker calls before it takes requests (crealead/wsgi.py).
WARM_UP = "directory.catalogue.home_page.warm_up"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crealead.context.identity",
            ],
        },
    }
]

# --- Data -----------------------------------------------------------------------------------------------------------

# Unset in development: manage.py starts the embedded server and sets it (crealead/embedded.py).
_database = env.db_url_config(_required("DATABASE_URL", default="postgresql:///crealead"))
DATABASES = {
    "default": {
        **_database,
        # A page that fails tells more than one that hangs.
        "OPTIONS": {"connect_timeout": 5, "tcp_user_timeout": 8000} | _database.get("OPTIONS", {}),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}
# Public pages: kept in each worker, or shared between them in Valkey or Redis.
CACHES = {"default": env.cache_url_config(env.str("CACHE_URL", default="locmemcache://?max_entries=1000"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    # What people send is for the account that runs the site alone.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "crealead.sign_in.UsernameOrAddressBackend",
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
# How long the link to choose a password serves, whether it was asked for or comes with an invitation.
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "crealead.middleware.client_address"
AXES_USERNAME_CALLABLE = "crealead.sign_in.counted_username"
AXES_LOCKOUT_CALLABLE = "crealead.sign_in.locked"
# The hour that the page gave stays true, however often one tries meanwhile.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken"]

# Whether each account of the back office must have a second factor, after a grace of some days; who has one is asked
# for it whatever this says.
SECOND_FACTOR = _on_or_off("SECOND_FACTOR", default=PRODUCTION)
# Browsers make passkeys for a name, never for a bare address, and only where the connection is safe.
_origin = urlsplit(SITE_URL if SITE_URL.startswith("https://") else f"http://localhost:{urlsplit(SITE_URL).port or 80}")
OTP_WEBAUTHN_RP_ID = _origin.hostname
OTP_WEBAUTHN_ALLOWED_ORIGINS = [f"{_origin.scheme}://{_origin.netloc}"]
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False

# A reader's session stays untouched: only what may write carries a context.
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# How long what was sent to a buyer is kept once the contract is over: five years, by which time nobody can go to court
# about it any more (article 2224 of the civil code).
ANSWERS_KEPT_DAYS = _number("ANSWERS_KEPT_DAYS", default=5 * 365)

IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# --- What waits too long --------------------------------------------------------------------------------------------

# What nobody decides on, or nobody completes, is closed after so many days; the request of somebody who has no fiche,
# sooner. It is announced some days before.
UNDECIDED_DAYS = env.int("UNDECIDED_DAYS", default=180)
UNDECIDED_STRANGER_DAYS = env.int("UNDECIDED_STRANGER_DAYS", default=60)
# How long a client's contact is kept once the service has ended.
CONTACT_DAYS = env.int("CONTACT_DAYS", default=3 * 365)

# Where procrastinate finds its jobs.
PROCRASTINATE_IMPORT_PATHS = [
    "crealead.jobs",
    "crealead.mail",
    "directory.accounts.tasks",
    "directory.admin.fiche_files",
    "directory.doors.tasks",
    "directory.listing.tasks",
    "directory.management.tasks",
    "directory.my_space.tasks",
    "directory.references.decp.tasks",
    "directory.search.tasks",
    "directory.sourcing.alerts.tasks",
    "directory.sourcing.message.tasks",
    "directory.sourcing.record.tasks",
    "directory.tenders.answers.tasks",
    "directory.tenders.consultations.tasks",
]
# A mail that left leaves nothing behind.
PROCRASTINATE_WORKER_DEFAULTS = {"delete_jobs": "successful"}
# A daily job missed while the machine was off is run when it is back.
PROCRASTINATE_PERIODIC_DEFAULTS = {"max_delay": 24 * 3600}

# --- Mail -----------------------------------------------------------------------------------------------------------

vars().update(env.email_url_config(_required("EMAIL_URL", default=f"filemail:///{quote(str(VAR_DIR / 'mail'))}")))
if env.str("EMAIL_URL", default="filemail").startswith("filemail"):
    EMAIL_BACKEND = "crealead.mail_on_disk.EmailBackend"
DEFAULT_FROM_EMAIL = _required("DEFAULT_FROM_EMAIL", default="Crealead client public <client-public@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20

# --- Words ----------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
FORMAT_MODULE_PATH = "crealead.formats"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
# What Django says in French, said otherwise.
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True

# Who the cooperative is: the demonstration's values stand in outside production, and say so.
COOPERATIVE = {
    "name": _required("COOPERATIVE_NAME", default="Crealead"),
    "legal_form": _required("COOPERATIVE_LEGAL_FORM", default="SA Scop à capital variable"),
    "siret": _siret(_required("COOPERATIVE_SIRET", default="73282932000074")),
    "rcs": _required("COOPERATIVE_RCS", default="RCS Montpellier 732 829 320 (numéro de démonstration)"),
    "vat": _vat(_required("COOPERATIVE_VAT", default="FR44732829320")),
    # Who signs quotations and contracts, and as what.
    "signatory": _required("COOPERATIVE_SIGNATORY", default="Camille Exemple (nom de démonstration)"),
    "signatory_role": _required("COOPERATIVE_SIGNATORY_ROLE", default="direction générale"),
    "capital": _required("COOPERATIVE_CAPITAL", default="capital variable"),
    "address": _required("COOPERATIVE_ADDRESS", default="1 place de la Démonstration, 34000 Montpellier"),
    "phone": _required("COOPERATIVE_PHONE", default="04 00 00 00 00"),
    "email": _required("COOPERATIVE_EMAIL", default="contact@example.org"),
    "publication_director": _required("COOPERATIVE_PUBLICATION_DIRECTOR", default="La direction de la coopérative"),
    "host": _required("COOPERATIVE_HOST", default="Cet ordinateur (démonstration)"),
}
OTP_WEBAUTHN_RP_NAME = OTP_TOTP_ISSUER = f"{COOPERATIVE['name']} client public"

# --- Logs -----------------------------------------------------------------------------------------------------------

# To stderr, which whatever runs the site keeps: one JSON object a line in production, words elsewhere.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {"()": "crealead.logs.LineFormatter"},
        "words": {"()": "crealead.logs.WordFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines" if PRODUCTION else "words"}},
    "root": {"handlers": ["stderr"], "level": "INFO" if PRODUCTION else "WARNING"},
    # Django's own would also mail the administrators, with the request and all it holds.
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        # Two lines at each command, to say that it starts.
        "procrastinate.blueprints": {"level": "WARNING"},
    },
}
