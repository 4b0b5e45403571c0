"""The command does what the page does, for an administrator that it names."""

import io
import zipfile

import pytest
from django.core.management import CommandError, call_command

from directory.models import CoEntrepreneur, ContactMessage, RightsUse
from tests.cast import member as make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(member):
    return ContactMessage.objects.create(
        co_entrepreneur=member, name="Ana Buis", organisation="Ville", email="ana@example.org", message="Bonjour"
    )


def run(administrator, *arguments, **options):
    out = io.StringIO()
    call_command("person_rights", *arguments, by=administrator.get_username(), stdout=out, **options)
    return out.getvalue().replace("\xa0", " ")


def test_it_tells_line_by_line(administrator, member):
    told = run(administrator, member.email)

    assert "la fiche de Lucie Astruc" in told
    assert "1 La fiche" in told
    assert RightsUse.objects.get().by == administrator


def test_it_reads_what_is_not_typed_in_the_terminal(administrator, buyer, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("ana@example.org\n\n"))

    assert "Les messages des acheteurs" in run(administrator, "-")


def test_it_acts_for_an_administrator_alone(referent, member):
    for who in (referent.user.get_username(), "personne"):
        with pytest.raises(CommandError, match="administrateur"):
            call_command("person_rights", member.email, by=who)
    assert not RightsUse.objects.exists()


@pytest.mark.parametrize("typed", ["ab", "fiches:x", "lucie@"])
def test_what_cannot_be_looked_for_is_refused(administrator, typed):
    with pytest.raises(CommandError):
        run(administrator, typed)


def test_two_of_one_name_are_to_be_chosen(administrator, member):
    make_member(email="autre@example.org", trade_name="Autre")

    with pytest.raises(CommandError, match="Rien n’a été fait"):
        run(administrator, "Lucie Astruc", export=None)
    told = run(administrator, f"fiches:{member.pk}")

    assert "autre@example.org" not in told
    assert "le nom" not in told


def test_the_copy_is_for_its_owner_and_over_nothing(administrator, member, tmp_path):
    path = tmp_path / "copie.zip"

    run(administrator, member.email, export=path)
    with pytest.raises(CommandError, match="existe déjà"):
        run(administrator, member.email, export=path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert "donnees.json" in zipfile.ZipFile(path).namelist()


def test_an_address_is_replaced(administrator, member):
    assert "Remplacé dans 1 ligne." in run(administrator, member.email, replace=[member.email, "l@example.org"])
    assert CoEntrepreneur.objects.get(pk=member.pk).email == "l@example.org"


def test_an_objection_is_noted(administrator, member):
    assert "Opposition notée" in run(administrator, member.email, object=True)


def test_an_erasure_is_rehearsed_then_written_in_full(administrator, buyer, monkeypatch):
    rehearsed = run(administrator, buyer.email, exact=True, erase=True, dry_run=True)
    monkeypatch.setattr("builtins.input", lambda _question: "oui")
    with pytest.raises(CommandError, match="Rien n’a été effacé"):
        run(administrator, buyer.email, exact=True, erase=True)
    still = ContactMessage.objects.exists()
    monkeypatch.setattr("builtins.input", lambda _question: "effacer")
    run(administrator, buyer.email, exact=True, erase=True)

    assert "1 effacées" in rehearsed
    assert "Rien n’a été effacé (--dry-run)." in rehearsed
    assert still
    assert not ContactMessage.objects.exists()
