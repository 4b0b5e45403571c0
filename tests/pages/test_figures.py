"""The pages that the cooperative edits begin with figures that are those of the code."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from crealead.words import lasting
from directory.management.commands.purge_personal_data import MOST_DAYS, REQUESTS_DAYS
from directory.templatetags.figures import FIGURES

PRIVACY = (Path(settings.BASE_DIR) / "directory/data/pages/confidentialite.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        (
            f"**Combien de temps** : {FIGURES['messages_kept']}, puis effacement ; jamais plus de "
            f"{lasting(timedelta(days=MOST_DAYS))}."
        ),
        f"**Combien de temps** : {lasting(timedelta(days=REQUESTS_DAYS))} après la fin de la demande",
        f"ne sert qu’une fois, pendant {FIGURES['link']}",
        f"{FIGURES['member_session']} sans visite",
    ],
)
def test_the_page_on_privacy_says_the_figures_of_the_code(words):
    assert words in PRIVACY.replace("\N{NO-BREAK SPACE}", " ")
