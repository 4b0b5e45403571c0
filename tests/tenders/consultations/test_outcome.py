from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from directory.models import Answer, Consultation, MemoPart, SectionKind
from directory.tenders.consultations import actions
from directory.tenders.memo import start_memo
from tests.cast import browser_of, lead_of, led, seat, viewer_of
from tests.factories import AdministratorFactory, CoEntrepreneurFactory, MemoTrameFactory

pytestmark = pytest.mark.django_db
LIBRARY = "/consultations/bibliotheque/"


def outcome_url(consultation):
    return f"/consultations/{consultation.pk}/issue/"


def part(consultation, **kwargs):
    return MemoPart.objects.create(
        consultation=consultation,
        **{"title": "Méthode", "body": "Trois ateliers.", "kind": SectionKind.METHOD, "is_written": True} | kwargs,
    )


def marked(score=None, out_of=None, *, outcome="won", **kwargs):
    """A section of a memo whose outcome is known."""
    consultation = led(by=kwargs.pop("by", None), outcome=outcome, outcome_on=timezone.localdate())
    return part(consultation, score=score, score_out_of=out_of, **kwargs)


def sent(consultation, **changed):
    return {"outcome": "won", "outcome_on": "", "feedback": "", "version": consultation.version} | changed


# --- The outcome ------------------------------------------------------------------------------------------------------


def test_marks_leave_what_happened_to_a_section_meanwhile_as_it_is():
    consultation = led()
    gone, written = part(consultation), part(consultation)
    MemoPart.objects.filter(pk=gone.pk).delete()
    MemoPart.objects.filter(pk=written.pk).update(body="Réécrit.", version=5)
    marks = {"criterion": "Méthode", "score": Decimal(8), "score_out_of": Decimal(10)}

    actions.record_outcome(
        consultation_pk=consultation.pk,
        by=viewer_of(lead_of(consultation)),
        version=consultation.version,
        content={},
        scores={gone: marks, written: marks},
    )

    found = consultation.memo_parts.get()
    assert (found.body, found.version, found.score) == ("Réécrit.", 6, 8)


def test_the_outcome_is_written_down_with_its_marks():
    consultation = led()
    section = part(consultation)

    browser_of(lead_of(consultation)).post(
        outcome_url(consultation),
        sent(
            consultation,
            outcome="lost",
            outcome_on=timezone.localdate().isoformat(),
            price_score="32,5",
            price_score_out_of="40",
            technical_score="51",
            technical_score_out_of="60",
            feedback="Une méthode jugée claire.",
        )
        | {
            f"section-{section.pk}-criterion": "Pertinence de la méthode",
            f"section-{section.pk}-score": "18",
            f"section-{section.pk}-score_out_of": "20",
        },
    )

    consultation.refresh_from_db()
    section.refresh_from_db()
    assert (consultation.outcome, consultation.outcome_on) == ("lost", timezone.localdate())
    assert (consultation.price_score, consultation.price_score_out_of) == (Decimal("32.5"), Decimal(40))
    assert (consultation.technical_score, consultation.feedback) == (Decimal(51), "Une méthode jugée claire.")
    assert (section.criterion, section.score, section.score_out_of) == (
        "Pertinence de la méthode",
        Decimal(18),
        Decimal(20),
    )
    assert section.version == 2
    page = browser_of(lead_of(consultation)).get(f"/consultations/{consultation.pk}/").text
    assert "32,5 sur 40" in page


def test_without_a_date_it_is_known_today():
    consultation = led()

    browser_of(lead_of(consultation)).post(outcome_url(consultation), sent(consultation))

    assert Consultation.objects.get().outcome_on == timezone.localdate()


def test_an_outcome_is_taken_back():
    consultation = led(outcome="won", outcome_on=timezone.localdate())

    browser_of(lead_of(consultation)).post(
        outcome_url(consultation), sent(consultation, outcome="", outcome_on="2026-11-01")
    )

    consultation.refresh_from_db()
    assert (consultation.outcome, consultation.outcome_on) == ("", None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"outcome": "gagnée"}, "Issue"),
        ({"outcome_on": "2999-01-01"}, "aujourd’hui au plus tard"),
        ({"outcome_on": "0001-01-01"}, "au plus tôt"),
        ({"price_score": "41", "price_score_out_of": "40"}, "dépasse son maximum"),
        ({"price_score": "0", "price_score_out_of": "0"}, "dépasse son maximum"),
        ({"price_score": "41"}, "va avec son maximum"),
        ({"price_score_out_of": "41"}, "va avec son maximum"),
        ({"technical_score": "-1", "technical_score_out_of": "10"}, "Note technique"),
        ({"technical_score": "NaN", "technical_score_out_of": "10"}, "Note technique"),
        ({"technical_score": "1e9999", "technical_score_out_of": "10"}, "Note technique"),
        ({"technical_score": "beaucoup", "technical_score_out_of": "10"}, "Écrivez un nombre"),
        ({"feedback": "x" * 3001}, "Ce que l’acheteur a dit"),
        ({"feedback": "a\x00"}, "Ce que l’acheteur a dit"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(wrong, said):
    consultation = led()
    section = part(consultation)

    response = browser_of(lead_of(consultation)).post(
        outcome_url(consultation),
        sent(consultation, feedback="À garder") | wrong | {f"section-{section.pk}-criterion": "X"},
    )

    section.refresh_from_db()
    assert response.status_code == 200
    assert said in response.text.partition('class="resume-erreurs"')[2].partition("</div>")[0]
    assert Consultation.objects.get().outcome == ""
    assert section.criterion == ""


def test_a_mark_of_a_section_does_not_exceed_its_maximum():
    consultation = led()
    section = part(consultation, title="Notre méthode")

    response = browser_of(lead_of(consultation)).post(
        outcome_url(consultation),
        sent(consultation) | {f"section-{section.pk}-score": "21", f"section-{section.pk}-score_out_of": "20"},
    )

    assert "dépasse son maximum" in response.text
    assert Consultation.objects.get().outcome == ""


def test_the_second_to_write_it_is_told_loses_nothing_and_writes_with_the_next_click():
    consultation = led()
    browser = browser_of(lead_of(consultation))
    mine = sent(consultation, outcome="lost", feedback="Mon retour")
    browser.post(outcome_url(consultation), sent(consultation, feedback="Le sien"))

    told = browser.post(outcome_url(consultation), mine)
    unchanged = Consultation.objects.get()
    browser.post(outcome_url(consultation), mine | {"version": told.context["form"]["version"].value()})

    assert told.status_code == 409
    assert "Mon retour" in told.text
    assert "pendant que vous l’écriviez" in told.text
    assert unchanged.feedback == "Le sien"
    assert Consultation.objects.get().feedback == "Mon retour"


# --- The library ------------------------------------------------------------------------------------------------------


@pytest.fixture
def me():
    return CoEntrepreneurFactory(listed=True)


def titles(response):
    return [found.title for found in response.context["page"]]


def test_what_won_or_was_well_marked_is_there_the_best_marked_first(me):
    marked(by=me, title="sans note, perdue", outcome="lost")
    marked(13, 20, by=me, title="moyenne, perdue", outcome="lost")
    marked(by=me, title="sans note, remportée")
    marked(9, 20, by=me, title="moyenne")
    marked(9, 10, by=me, title="bonne", outcome="lost")

    found = titles(browser_of(me).get(LIBRARY))

    assert found == ["bonne", "moyenne", "sans note, remportée"]


def test_the_text_of_a_trame_is_not_there_until_someone_writes_in_it(me):
    trame = MemoTrameFactory()
    trame.sections.create(position=1, kind="method", title="Méthode", body="Nous remettons à [[acheteur]] un rapport.")
    consultation = led(by=me, outcome="won", outcome_on=timezone.localdate())
    (section,) = start_memo(consultation, trame)
    browser, url = browser_of(me), f"/consultations/{consultation.pk}/memoire/{section.pk}/"
    typed = {"title": "Notre méthode", "criterion": "", "body": section.body}

    browser.post(url, typed | {"version": 1})
    browser.post(outcome_url(consultation), sent(consultation) | {f"section-{section.pk}-score": "9"})
    untouched = titles(browser.get(LIBRARY))
    browser.post(url, typed | {"version": MemoPart.objects.get().version, "body": f"{section.body} Relu par deux."})

    assert untouched == []
    assert titles(browser.get(LIBRARY)) == ["Notre méthode"]


@pytest.mark.parametrize("asked", [{"q": "compréhension"}, {"q": "PERTINENCE comprehension"}, {"q": "concertee"}])
def test_it_is_searched_by_criterion_title_and_text(me, asked):
    marked(by=me, title="La bonne", criterion="Pertinence de la compréhension", body="Une démarche concertée.")
    marked(by=me, title="Une autre")

    assert titles(browser_of(me).get(LIBRARY, asked)) == ["La bonne"]


def test_it_is_narrowed_by_kind(me):
    marked(by=me, title="Méthode")
    marked(by=me, title="Moyens", kind=SectionKind.MEANS)

    assert titles(browser_of(me).get(LIBRARY, {"rubrique": "means"})) == ["Moyens"]


def test_only_what_has_an_outcome_and_a_text_is_there(me):
    part(led(by=me), title="pas encore d’issue")
    marked(by=me, title="abandonnée", outcome="dropped")
    marked(by=me, title="vide", body="  \n")

    assert titles(browser_of(me).get(LIBRARY)) == []


def test_nobody_reads_the_memos_of_a_team_they_are_not_in(me):
    other = marked(title="À eux", body="Un savoir-faire")
    seat(other.consultation, co_entrepreneur=me, state="declined")

    page = browser_of(me).get(LIBRARY, {"q": "savoir-faire"})

    assert titles(page) == []
    assert "Un savoir-faire" not in page.text
    assert titles(browser_of(AdministratorFactory()).get(LIBRARY)) == ["À eux"]


def test_a_text_changed_since_it_was_sent_says_so(me):
    section = marked(by=me)
    Answer.objects.create(
        consultation=section.consultation, author_member=me, data={}, sent_at=timezone.now() - timedelta(days=9)
    )

    assert "Texte modifié depuis l’envoi" in browser_of(me).get(LIBRARY).text


@pytest.mark.parametrize("asked", [{"q": "\x00"}, {"rubrique": "rien"}, {"page": "x"}, {"q": "x" * 500}])
def test_any_address_of_the_library_is_a_page(me, asked):
    assert browser_of(me).get(LIBRARY, asked).status_code == 200
