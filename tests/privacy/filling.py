"""Every table filled through its model, a rare word in each column that can hold one; and a search of everything."""

from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.files.base import ContentFile
from django.db import connection, models
from django.utils import timezone
from PIL import Image

# What may hold words, whether or not it has to.
TOLD = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField)


class Filler:
    """Makes rows that hold a word.

    Args:
        word: a letter and figures are added to what must be unique.
        known: by model, the row that a foreign key leads to.
    """

    def __init__(self, word, **known):
        self.word = word
        self.known = {type(row): row for row in known.values()}
        self.count = 0

    def make(self, model, **given):
        """A row, each column of which that isn't `given` holds the word, or whatever it can."""
        self.count += 1
        values = {}
        for field in model._meta.local_concrete_fields:
            if field.name in given or isinstance(field, models.AutoField):
                continue
            if (value := self._value(field)) is not None:
                values[field.name] = value
        row = model(**values | given)
        row.save(force_insert=True)
        self.known.setdefault(model, row)
        return row

    def _value(self, field):
        if isinstance(field, models.ForeignKey):
            return None if field.null else self.known[field.related_model]
        if field.choices:
            return None if field.has_default() or field.blank else field.choices[0][0]
        makers = [make for kind, make in self._makers() if isinstance(field, kind)]
        is_told = isinstance(field, TOLD) or field.name == "hashes"
        if not makers or not (is_told or not (field.null or field.has_default())):
            return None
        value = makers[0]()
        return value[: field.max_length] if isinstance(value, str) and field.max_length else value

    def _makers(self):
        """What makes a value, by the kind of the column; the first that fits."""
        text = f"{self.word}{self.count}"
        return [
            (models.ImageField, lambda: self._file(image=True)),
            (models.FileField, self._file),
            (models.EmailField, lambda: f"{text}@example.org"),
            (models.URLField, lambda: f"https://{text}.example.org"),
            (models.GenericIPAddressField, lambda: "192.0.2.1"),
            ((models.CharField, models.TextField), lambda: text),
            (models.JSONField, lambda: {"mot": self.word}),
            (models.BinaryField, text.encode),
            (ArrayField, lambda: [text]),
            (models.DateTimeField, timezone.now),
            (models.DateField, timezone.localdate),
            (models.BooleanField, lambda: False),
            (models.IntegerField, lambda: 1),
        ]

    def _file(self, *, image=False):
        """A file that holds the word; after the end of an image, where every reader leaves it."""
        content = BytesIO()
        if image:
            Image.new("RGB", (4, 4)).save(content, "WEBP")
        return ContentFile(content.getvalue() + self.word.encode(), name="fichier")


def traces(word):
    """Where a word stands, in any of its writings: {table or path: how often}."""
    return _in_tables(word) | _in_files(word)


def _in_tables(word):
    counts = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS row WHERE row::text ILIKE %s OR row::text LIKE %s',
                [f"%{word}%", f"%{word.encode().hex()}%"],
            )
            if count := cursor.fetchone()[0]:
                counts[table] = count
    return counts


def _in_files(word):
    roots = {Path(settings.MEDIA_ROOT), Path(getattr(settings, "EMAIL_FILE_PATH", None) or settings.MEDIA_ROOT)}
    paths = (path for root in roots for path in root.rglob("*") if path.is_file())
    return {str(path): 1 for path in paths if word.encode() in path.read_bytes() or word in path.name}
