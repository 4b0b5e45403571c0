#!/usr/bin/env python
"""The only entry point: settings, a database, then the command."""

import os
import sys

try:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
except ImportError:
    sys.exit("Django n’est pas là : lancez « make run », ou ce fichier avec .venv/bin/python.")

from crealead import embedded


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crealead.settings")
    os.environ.setdefault("ENVIRONMENT", "development")
    try:
        with embedded.for_command(sys.argv):
            execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, embedded.EmbeddedServerError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
