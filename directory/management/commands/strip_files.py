"""Take out of the files that are kept what an earlier version left in them, and close them to other accounts."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand
from pghistory.models import Event

from directory.models.bare_files import bare
from directory.models.files import BareFileField

OTHERS = 0o077


class Command(BaseCommand):
    help = (
        "Ôte des justificatifs, attestations et pièces déjà gardés ce qu’ils disent de qui les a faits, où et quand ; "
        "ferme aux autres comptes de la machine les fichiers de MEDIA_ROOT."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="compter sans rien changer")

    def handle(self, *, dry_run, **_options):
        cleaned, unreadable = 0, 0
        for name in sorted(names()):
            try:
                with default_storage.open(name) as file:
                    content = file.read()
                stripped = bare(content)
            except (FileNotFoundError, ValidationError):
                unreadable += 1
                continue
            if stripped != content:
                cleaned += 1
                if not dry_run:
                    _replace(name, stripped)
        opened = [path for path in _everything() if path.stat().st_mode & OTHERS]
        if not dry_run:
            for path in opened:
                path.chmod(path.stat().st_mode & ~OTHERS)
        self.stdout.write(f"{cleaned:>6} fichiers qui disaient quelque chose de qui les a faits")
        self.stdout.write(f"{unreadable:>6} protégés, abîmés ou absents, laissés tels quels")
        self.stdout.write(f"{len(opened):>6} fichiers et dossiers ouverts aux autres comptes")
        if dry_run:
            self.stdout.write("Rien n’a été changé (--dry-run).")


def names():
    """The paths of the files that rows name in columns of which nothing but the content is kept."""
    for model in apps.get_models():
        fields = [] if issubclass(model, Event) else model._meta.local_concrete_fields  # noqa: SLF001
        for field in fields:
            if isinstance(field, BareFileField):
                rows = model._base_manager.exclude(**{field.name: ""})  # noqa: SLF001 whatever a manager hides
                yield from rows.values_list(field.name, flat=True)


def _replace(name, content):
    """In one move, under the same path: no row changes, and whoever reads it meanwhile reads the one or the other."""
    draft = default_storage.save(f"{name}.new", ContentFile(content))
    Path(default_storage.path(draft)).replace(default_storage.path(name))


def _everything():
    root = Path(settings.MEDIA_ROOT)
    return [root, *root.rglob("*")] if root.exists() else []
