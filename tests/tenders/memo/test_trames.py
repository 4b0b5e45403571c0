import pytest
from django.apps import apps

from directory.models import MemoTrame, SectionKind, TeamMember
from directory.tenders.memo import actions, prompts, start_memo
from tests.factories import ConsultationFactory, MemoTrameFactory, PublicClientFactory, TeamMemberFactory
from tests.tenders.memo.trames import load

pytestmark = pytest.mark.django_db


def trame_of(*kinds, **kwargs):
    """A trame with a section of each of these kinds."""
    trame = MemoTrameFactory(**kwargs)
    for position, kind in enumerate(kinds, 1):
        body = f"Le texte de {kind} à [[lieu]]."
        trame.sections.create(position=position, kind=kind, title=kind.capitalize(), guidance="Soyez bref.", body=body)
    return trame


def titles(consultation):
    return list(consultation.memo_parts.values_list("title", flat=True))


def save(part, body):
    part.body = body
    actions.save_part(part, by="Camille Durand")


# --- What every installation starts from -------------------------------------------------------------------------


def test_each_trame_goes_through_the_whole_memo_in_order():
    load(apps, None)

    assert MemoTrame.objects.count() >= 4
    whole = [kind for kind in SectionKind.values if kind != SectionKind.OTHER]
    for trame in MemoTrame.objects.all():
        assert [section.kind for section in trame.sections.all()] == whole
        assert trame.introduction
        for section in trame.sections.all():
            section.full_clean()
            assert section.guidance
            assert section.body
        assert sum(len(prompts(section.body)) for section in trame.sections.all()) > 30


def test_loading_again_changes_nothing_that_was_edited():
    load(apps, None)
    trame = MemoTrame.objects.get(name="Formation")
    trame.sections.first().delete()
    trame.service = "Former"
    trame.save()

    load(apps, None)

    trame.refresh_from_db()
    assert trame.service == "Former"
    assert trame.sections.count() == 12
    assert MemoTrame.objects.count() == MemoTrame.objects.values("name").distinct().count()


# --- From a trame to a memo --------------------------------------------------------------------------------------


def test_starting_copies_the_sections_in_order():
    consultation = ConsultationFactory()
    trame = trame_of("preamble", "team", "other")

    start_memo(consultation, trame)

    consultation.refresh_from_db()
    assert consultation.trame == trame
    assert titles(consultation) == ["Preamble", "Team", "Other"]
    assert consultation.memo_parts.first().guidance == "Soyez bref."


def test_what_the_consultation_knows_is_filled_in():
    consultation = ConsultationFactory(subject="Former", reference="", buyer=PublicClientFactory(name="Ville de Sète"))
    lead = TeamMemberFactory(consultation=consultation, role=TeamMember.Role.LEAD)
    trame = MemoTrameFactory()
    body = "[[Objet de la consultation]], [[acheteur]], [[pilote]], [[référence de la consultation]]"
    trame.sections.create(kind="preamble", title="Préambule", body=body)

    [part] = start_memo(consultation, trame)

    assert part.body == f"Former, Ville de Sète, {lead.co_entrepreneur.name}, [[référence de la consultation]]"


def test_a_memo_keeps_its_text_when_the_trame_changes():
    consultation = ConsultationFactory()
    trame = trame_of("preamble")
    start_memo(consultation, trame)

    trame.sections.update(body="Autre chose.")
    trame.delete()

    assert "Le texte de preamble" in consultation.memo_parts.get().body


def test_another_trame_keeps_what_was_written_and_replaces_the_rest():
    consultation = ConsultationFactory()
    start_memo(consultation, trame_of("preamble", "method", "other"))
    _preamble, method, other = consultation.memo_parts.all()
    save(method, "Notre méthode.")
    save(other, "À part.")

    start_memo(consultation, trame_of("team", "method", "annexes"))

    assert titles(consultation) == ["Team", "Method", "Annexes", "Other"]
    assert consultation.memo_parts.get(pk=method.pk).body == "Notre méthode."
    assert consultation.memo_parts.get(pk=other.pk).body == "À part."


def test_an_added_section_outlives_another_trame():
    consultation = ConsultationFactory()
    start_memo(consultation, trame_of("preamble"))
    actions.add_part(consultation=consultation, title="Variante", kind="other", body="")

    start_memo(consultation, trame_of("team"))

    assert titles(consultation) == ["Team", "Variante"]


@pytest.mark.parametrize(
    ("moved", "step", "order"),
    [("Team", -1, "Team Preamble Other"), ("Team", 1, "Preamble Other Team"), ("Preamble", -1, "Preamble Team Other")],
)
def test_a_section_moves_by_one_place_and_stops_at_the_ends(moved, step, order):
    consultation = ConsultationFactory()
    start_memo(consultation, trame_of("preamble", "team", "other"))

    actions.move_part(part=consultation.memo_parts.get(title=moved), step=step)

    assert titles(consultation) == order.split()
