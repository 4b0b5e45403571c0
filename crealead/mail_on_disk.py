"""Mails written to the disk instead of leaving, outside production: for the account that runs the site alone."""

import os
from pathlib import Path

from django.core.mail.backends import filebased


class EmailBackend(filebased.EmailBackend):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # What an earlier version left open is closed too.
        Path(self.file_path).chmod(0o700)

    def open(self):
        if self.stream is None:
            path = self._get_filename()
            self.stream = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
            return True
        return False
