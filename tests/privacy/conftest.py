import pytest

from tests.factories import AdministratorFactory


@pytest.fixture
def disk(settings, tmp_path):
    """A place of its own for files and mails."""
    settings.MEDIA_ROOT, settings.EMAIL_FILE_PATH = tmp_path / "media", tmp_path / "mail"
    for directory in (settings.MEDIA_ROOT, settings.EMAIL_FILE_PATH):
        directory.mkdir()
    return tmp_path


@pytest.fixture
def by():
    return AdministratorFactory()
