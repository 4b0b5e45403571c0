"""What is too long is said, and shown back whole: a browser cuts what is pasted at `maxlength`, without a word."""

import pytest
from django import forms
from django.conf import settings

from directory.models import GroupRecipient
from tests.sourcing.group import declined, sent
from tests.sourcing.records import open_record

LONG = "Une phrase de plus. " * 300
# A filter of the names that stand in a list, which sends nothing.
NOT_SENT = {"catalogue/_facet.html"}


def test_no_field_is_cut_by_the_browser():
    class Form(forms.Form):
        line = forms.CharField(max_length=5)
        text = forms.CharField(max_length=5, widget=forms.Textarea)

    root = settings.BASE_DIR / "templates"
    cutting = {path for path in root.rglob("*.html") if "maxlength" in path.read_text(encoding="utf-8")}
    assert "maxlength" not in Form().as_div()
    assert {str(path.relative_to(root)) for path in cutting} == NOT_SENT


@pytest.mark.django_db
def test_a_text_too_long_is_told_and_nothing_of_it_is_lost(client):
    _, (recipient, *_) = sent()
    record = open_record()

    for page, most in (
        (declined(recipient, "other", LONG), GroupRecipient.LONGEST_WORD),
        (client.post(f"{record.get_absolute_url()}besoin/", {"need": LONG, "seen": 0}), 3000),
    ):
        told = page.text.replace("\u00a0", " ")
        assert f"Gardez {most} signes au plus" in told
        assert LONG.strip() in told
