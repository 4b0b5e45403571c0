from datetime import timedelta

import pytest
from django.utils import timezone

from directory.models import Cv, CvEntry
from directory.my_space.cv_forms import MOST_LINES
from tests.cast import browser_of, messages_of, typed
from tests.factories import CoEntrepreneurFactory, CvFactory

pytestmark = pytest.mark.django_db
PAGE = "/mon-espace/cv/"
Kind = CvEntry.Kind


@pytest.fixture
def cv(member):
    cv = CvFactory(co_entrepreneur=member, title="Formatrice", summary="Vingt ans d’accueil.")
    for rank, title in enumerate(["Agente", "Cheffe de service", "Formatrice"]):
        cv.entries.create(kind=Kind.EXPERIENCE, title=title, organisation="Ville de Sète", position=rank)
    cv.entries.create(kind=Kind.LANGUAGE, title="Espagnol", description="Courant", position=9)
    return cv


def filled(response, **changed):
    """What a browser would send back of the page, with these fields typed over."""
    editor = response.context["editor"]
    data = typed(editor.head)
    for lines in editor.headings.values():
        data |= typed(lines.management_form)
        for row in lines.forms:
            data |= typed(row)
    return data | {name.replace("__", "-"): value for name, value in changed.items()}


def titles(member, kind=Kind.EXPERIENCE):
    return [entry.title for entry in CvEntry.objects.filter(cv__co_entrepreneur=member, kind=kind)]


def test_a_first_cv_is_written_on_an_empty_page(as_member, member):
    response = as_member.post(
        PAGE,
        filled(
            as_member.get(PAGE),
            title="Formatrice",
            summary="Vingt ans.",
            experience__0__title="Agente d’accueil",
            experience__0__starts_year="2004",
            experience__0__ends_year="2009",
            language__0__title="Espagnol",
            language__0__description="Courant",
        ),
        follow=True,
    )

    assert messages_of(response) == ["Votre CV est enregistré."]
    cv = Cv.objects.get(co_entrepreneur=member)
    assert (cv.title, cv.summary, cv.version) == ("Formatrice", "Vingt ans.", 1)
    assert [(entry.kind, entry.title, entry.years) for entry in cv.entries.all()] == [
        ("experience", "Agente d’accueil", "2004–2009"),
        ("language", "Espagnol", ""),
    ]


def test_saving_untouched_keeps_everything(as_member, member, cv):
    before = list(cv.entries.values_list("kind", "title", "organisation", "description"))

    as_member.post(PAGE, filled(as_member.get(PAGE)))

    assert list(cv.entries.values_list("kind", "title", "organisation", "description")) == before


def test_lines_follow_their_rank(as_member, member, cv):
    as_member.post(PAGE, filled(as_member.get(PAGE), experience__0__ORDER="3", experience__2__ORDER="1"))

    assert titles(member) == ["Formatrice", "Cheffe de service", "Agente"]


def test_a_line_is_taken_away_by_its_box_or_by_being_emptied(as_member, member, cv):
    data = filled(
        as_member.get(PAGE), experience__0__DELETE="on", experience__1__title="", experience__1__organisation=""
    )

    as_member.post(PAGE, data)

    assert titles(member) == ["Formatrice"]


def test_a_new_line_comes_last(as_member, member, cv):
    as_member.post(PAGE, filled(as_member.get(PAGE), experience__3__title="Consultante"))

    assert titles(member)[-1] == "Consultante"


def test_room_is_made_for_another_line_and_nothing_is_saved(as_member, member, cv):
    response = as_member.post(PAGE, filled(as_member.get(PAGE), title="Autre", add="experience"))

    lines = response.context["editor"].headings[Kind.EXPERIENCE]
    assert len(lines.forms) == 5
    assert 'value="Autre"' in response.text
    assert "pas encore enregistré" not in response.text
    cv.refresh_from_db()
    assert cv.title == "Formatrice"

    as_member.post(PAGE, filled(response, experience__4__title="Consultante"))

    assert titles(member)[-1] == "Consultante"


def test_room_is_never_made_without_end(as_member):
    data = filled(as_member.get(PAGE), add="tool", **{"tool-TOTAL_FORMS": str(MOST_LINES)})

    assert len(as_member.post(PAGE, data).context["editor"].headings[Kind.TOOL].forms) == MOST_LINES


@pytest.mark.parametrize("count", ["", "x", "99999999999", "²", "1.5"])
def test_a_count_made_up_by_hand_breaks_nothing(as_member, count):
    data = filled(as_member.get(PAGE), **{"tool-TOTAL_FORMS": count})

    assert as_member.post(PAGE, data).status_code == 200
    assert as_member.post(PAGE, data | {"add": "tool"}).status_code == 200
    assert not Cv.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "x" * 141, "140"),
        ("summary", "a\x00", "caractère"),
        ("experience-0-starts_year", "mars 2019", "Une année s’écrit en chiffres"),
        ("experience-0-ends_year", "1900", "1950"),
        ("experience-0-ends_year", "9" * 5000, "Une année s’écrit en chiffres"),
        ("experience-0-ORDER", "premier", "Un rang s’écrit en chiffres"),
        ("experience-0-title", "x" * 201, "200"),
        ("language-0-description", "x" * 1001, "1000"),
    ],
)
def test_wrong_and_hostile_values_are_told_in_french_and_nothing_is_lost(as_member, cv, field, value, sentence):
    response = as_member.post(PAGE, filled(as_member.get(PAGE), summary="Gardé tel quel") | {field: value})

    assert response.status_code == 200
    assert sentence in response.text
    assert "n’est pas encore enregistré" in response.text
    assert "Gardé tel quel" in response.text or field == "summary"
    cv.refresh_from_db()
    assert cv.version == 1


def test_a_line_without_title_is_told_and_its_end_comes_after_its_start(as_member, cv):
    data = filled(as_member.get(PAGE), experience__3__organisation="Ici", experience__0__starts_year="2020")

    response = as_member.post(PAGE, data | {"experience-0-ends_year": "2019"})

    assert "Donnez un intitulé à cette ligne." in response.text
    assert "La fin vient après le début." in response.text


def test_too_many_lines_are_told(as_member):
    data = filled(as_member.get(PAGE), **{"tool-TOTAL_FORMS": str(MOST_LINES + 1)})

    response = as_member.post(PAGE, data | {f"tool-{n}-title": f"Outil {n}" for n in range(MOST_LINES + 1)})

    assert str(MOST_LINES) in response.context["editor"].headings[Kind.TOOL].non_form_errors()[0]
    assert not Cv.objects.exists()


def test_who_saves_from_two_windows_is_told_and_loses_nothing(as_member, member, cv):
    first, second = as_member.get(PAGE), as_member.get(PAGE)
    as_member.post(PAGE, filled(first, title="Depuis l’autre fenêtre"))

    told = as_member.post(PAGE, filled(second, title="Depuis celle-ci"))

    assert told.status_code == 409
    assert "depuis une autre fenêtre, le" in told.text
    assert "Depuis celle-ci" in told.text
    cv.refresh_from_db()
    assert cv.title == "Depuis l’autre fenêtre"

    as_member.post(PAGE, filled(told))

    cv.refresh_from_db()
    assert (cv.title, cv.version) == ("Depuis celle-ci", 3)


@pytest.mark.parametrize("version", ["", "x", "99999999999999999999"])
def test_a_version_made_up_by_hand_saves_nothing(as_member, cv, version):
    as_member.post(PAGE, filled(as_member.get(PAGE), title="Pirate", version=version))

    cv.refresh_from_db()
    assert cv.title == "Formatrice"


def test_a_first_cv_overwrites_nothing_whatever_version_is_made_up(as_member, member):
    as_member.post(PAGE, filled(as_member.get(PAGE), title="Formatrice", version="7"))

    assert (member.cv.title, member.cv.version) == ("Formatrice", 1)


def test_saying_that_the_cv_holds_makes_it_fresh(as_member, cv):
    Cv.objects.update(updated_at=timezone.now() - timedelta(days=400))
    assert "il y a plus d’un an" in as_member.get(PAGE).text

    response = as_member.post("/mon-espace/cv/a-jour/", follow=True)

    assert "votre CV est à jour" in messages_of(response)[0]
    assert Cv.objects.get().is_fresh


def test_one_cv_is_out_of_another_s_reach(as_member, cv):
    stranger = browser_of(CoEntrepreneurFactory())

    stranger.post(PAGE, filled(stranger.get(PAGE), title="À moi"))
    stranger.post("/mon-espace/cv/a-jour/")

    cv.refresh_from_db()
    assert cv.title == "Formatrice"
    assert "Ville de Sète" not in stranger.get(PAGE).text


def test_the_page_costs_the_same_whatever_its_length(as_member, cv, django_assert_max_num_queries):
    CvEntry.objects.bulk_create(CvEntry(cv=cv, kind=Kind.TOOL, title=f"Outil {n}") for n in range(15))

    with django_assert_max_num_queries(4):
        as_member.get(PAGE)
