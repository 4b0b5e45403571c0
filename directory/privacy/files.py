"""Files whose time is over: those that no row names, those of forms that never came back, mails on the disk."""

from contextlib import suppress
from email import message_from_bytes, policy
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import FileField
from django.utils import timezone
from pghistory.models import Event

from directory.forms.files import lost_files

BATCH = 500


def columns_of_files(model):
    """The columns of a table that name files."""
    return [field.name for field in model._meta.local_concrete_fields if isinstance(field, FileField)]  # noqa: SLF001


def orphans(kept, folders):
    """The files of these folders of MEDIA_ROOT that no row names, for so long that none is being saved."""
    for folder in folders:
        paths = [path for path in _files_in(folder) if _age(path) >= kept]
        for start in range(0, len(paths), BATCH):
            batch = paths[start : start + BATCH]
            yield from sorted(set(batch) - named(batch))


def of_lost_forms(_kept, _folders):
    return lost_files()


def mails(kept, _folders):
    """The mails that were written to the disk, where they are, and are as old."""
    directory = getattr(settings, "EMAIL_FILE_PATH", None)
    if not directory or not Path(directory).is_dir():
        return
    before = (timezone.now() - kept).timestamp()
    for path in sorted(Path(directory).iterdir()):
        with suppress(FileNotFoundError):
            if path.is_file() and path.stat().st_mtime <= before:
                yield str(path)


def texts_of_mails(content):
    """What mails written one after another in a file tell: addresses, subjects and texts, as one reads them."""
    for mail in content.split(f"{'-' * 79}\n".encode()):
        message = message_from_bytes(mail, policy=policy.default)
        yield "\n".join(str(value) for value in message.values())
        for part in message.walk():
            if part.get_content_maintype() == "text":
                yield part.get_content()


def delete(path):
    default_storage.delete(path)


def unlink(path):
    Path(path).unlink(missing_ok=True)


def named(paths):
    """Those of these paths that a row names; the history of a row only tells that it did."""
    by_rows = set()
    for model in apps.get_models() if paths else []:
        if issubclass(model, Event):
            continue
        for column in columns_of_files(model):
            rows = model._base_manager.filter(**{f"{column}__in": paths})  # noqa: SLF001 whatever a manager hides
            by_rows |= set(rows.values_list(column, flat=True))
    return by_rows


def _files_in(folder):
    if not default_storage.exists(folder):
        return []
    return [f"{folder}/{name}" for name in sorted(default_storage.listdir(folder)[1])]


def _age(path):
    # Another request may delete it meanwhile.
    with suppress(FileNotFoundError):
        return timezone.now() - default_storage.get_modified_time(path)
    return timezone.timedelta(0)
