from django.conf import settings

from crealead.wsgi import application

settings.ROOT_URLCONF = "directory.benchmark.urls"

__all__ = ["application"]
