"""What buyers read of insurances on public pages, from the first day to the last."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.utils import timezone

from directory.models import Insurance, Skill
from tests.factories import CoEntrepreneurFactory

ASK = "demandez l’attestation"


@pytest.fixture
def builder():
    return CoEntrepreneurFactory(listed=True, skills=[Skill.objects.get(slug="metallerie")])


def hold(**kwargs):
    held = {"proof": "proofs/a.pdf", "expires_on": timezone.localdate(), "policy_number": "SECRET-12"}
    return Insurance.objects.create(**held | kwargs)


def page(client, path):
    return unescape(client.get(path).text)


@pytest.mark.django_db
def test_a_fiche_says_the_insurer_the_kind_and_until_when(client, builder):
    hold(insurer="Mutuelle d’essai")

    text = page(client, builder.get_absolute_url())

    assert "<dt>Responsabilité civile professionnelle</dt>" in text
    assert f"Mutuelle d’essai, valable jusqu’au {timezone.localdate():%-d}" in text.replace("1er", "1")
    assert "SECRET-12" not in text
    assert f"<dt>Garantie décennale</dt>\n<dd>{ASK}</dd>" in text


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/mentions-legales/"])
def test_other_pages_say_what_insures_the_cooperative_and_nothing_of_one_trade(client, builder, path):
    hold(insurer="Mutuelle d’essai")
    hold(insurer="Assureur du bâtiment", kind="decennale", co_entrepreneur=builder)

    text = page(client, path)

    assert "Mutuelle d’essai, valable jusqu’au" in text
    assert "Assureur du bâtiment" not in text
    assert "Garantie décennale" not in text


@pytest.mark.django_db(transaction=True)
def test_a_lapsed_one_leaves_the_kept_pages_on_its_day_and_a_change_at_once(client, builder, monkeypatch):
    cache.clear()
    address = builder.get_absolute_url()
    assert ASK in page(client, address)
    for path in ("/", address):
        page(client, path)

    insurance = hold(insurer="Mutuelle d’essai")
    hold(insurer="Assureur du bâtiment", kind="decennale", co_entrepreneur=builder)
    for path in ("/", address):
        assert "Mutuelle d’essai" in page(client, path)
    assert ASK not in page(client, address)

    Insurance.objects.filter(pk=insurance.pk).update(insurer="Mutuelle nouvelle")
    assert "Mutuelle nouvelle" in page(client, address)

    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_: tomorrow)
    for path in ("/", address):
        text = page(client, path)
        assert "Mutuelle nouvelle" not in text
        assert "Assureur du bâtiment" not in text
        assert ASK in text

    monkeypatch.undo()
    insurance.delete()
    assert "Mutuelle nouvelle" not in page(client, address)
