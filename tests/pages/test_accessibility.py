"""The declaration of accessibility: what its file may say, what follows from it, and that all that says it agrees."""

import importlib
import shutil
from datetime import date, timedelta
from fractions import Fraction
from html import unescape

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import resolve
from django.utils.html import strip_tags

from directory.models import Page
from directory.pages.audit import AUDIT, FOLDER, AuditError, State, Verdict, percent, read
from directory.pages.audit_note import NOTE, note
from directory.pages.declaration import BLOCKS, filled

HEAD = """
[audit]
by = "nous"
declared = 2026-11-29
technologies = ["HTML"]
environments = ["Firefox"]
tools = ["axe-core"]
[method]
"""
METHOD = "\n".join(f'"{theme}" = ["main"]' for theme in range(1, 14))
# A page where nothing but what is said applies.
NOTHING_APPLIES = "\n".join(f'na."{theme}" = "rien de tel"' for theme in range(1, 14))


@pytest.fixture
def written(tmp_path):
    """The audit of a file that says this."""

    def read_of(said, head=HEAD + METHOD):
        shutil.copy(FOLDER / "rgaa.toml", tmp_path)
        (tmp_path / "audit.toml").write_text(f"{head}\n{said}", encoding="utf-8")
        return read(tmp_path)

    return read_of


def plain(words):
    return str(words).replace("\N{NO-BREAK SPACE}", " ")


def page(name, *lines, judged="2026-11-29"):
    day = f"judged = {judged}" if judged else ""
    return "\n".join(["[[page]]", f'name = "{name}"', 'part = "public"', day, *lines, ""])


def test_the_reference_has_its_106_criteria():
    assert len(AUDIT.criteria) == 106
    assert [AUDIT.criteria[0].number, AUDIT.criteria[-1].number] == ["1.1", "13.12"]


def test_what_is_not_listed_is_met_and_a_criterion_wins_over_its_theme(written):
    audit = written(
        '[na]\n"1" = "aucune image"\n' + page("A", 'nc."1.9" = "sans rôle"', 'na."5" = "aucun"', 'c = ["5.4"]')
    )

    verdicts = {criterion.number: verdict for criterion, verdict in audit.verdicts().items()}

    assert verdicts["1.9"] is Verdict.NOT_MET
    assert verdicts["1.1"] is verdicts["5.6"] is Verdict.NOT_APPLICABLE
    assert verdicts["5.4"] is verdicts["13.12"] is Verdict.MET


def test_a_criterion_is_met_when_it_is_wherever_it_applies(written):
    audit = written(
        page("A", NOTHING_APPLIES, 'c = ["1.1", "1.2", "1.3"]')
        + page("B", NOTHING_APPLIES, 'c = ["1.1"]', 'nc."1.2" = "vue"')
    )

    assert [audit.verdict(number) for number in ("1.1", "1.2", "1.3", "1.4")] == [
        Verdict.MET, Verdict.NOT_MET, Verdict.MET, Verdict.NOT_APPLICABLE,
    ]  # fmt: skip
    assert audit.rate == Fraction(2, 3)
    assert audit.average == Fraction(3, 4)
    assert audit.state(date(2026, 12, 1)) is State.PARTIAL


@pytest.mark.parametrize(
    ("missed", "state"), [(0, State.TOTAL), (1, State.PARTIAL), (2, State.PARTIAL), (3, State.NONE)]
)
def test_the_state_follows_from_the_rate(written, missed, state):
    faults = [f'nc."1.{number}" = "vue"' for number in range(1, missed + 1)]
    met = [f'"1.{number}"' for number in range(missed + 1, 5)]

    audit = written(page("A", NOTHING_APPLIES, *faults, f"c = [{', '.join(met)}]"))

    assert audit.state(date(2026, 12, 1)) is state


def test_nothing_is_said_to_be_met_before_all_is_judged(written):
    audit = written(page("A") + page("B", judged=None) + '[[document]]\nname = "CV"\nformat = "PDF"')

    assert audit.state() is State.UNKNOWN
    assert audit.unjudged == ["B", "CV"]
    assert "non évaluée" in filled("[[état de conformité]]", audit)
    assert "%" not in filled("", audit)


def test_an_audit_holds_three_years_from_its_first_day(written):
    audit = written(page("A", judged="2024-02-29") + page("B", judged="2026-11-29"))

    assert audit.state(date(2027, 2, 28)) is State.TOTAL
    assert audit.state(date(2027, 3, 1)) is State.UNKNOWN


def test_a_fault_of_a_document_is_one_of_the_site(written):
    audit = written(
        page("A") + '[[document]]\nname = "CV"\nformat = "PDF"\njudged = 2026-11-29\nfaults = ["sans titre"]'
    )

    assert audit.verdict("13.3") is Verdict.NOT_MET
    assert "CV (PDF) : sans titre" in plain(filled("", audit))


def test_a_rate_is_never_rounded_up():
    assert [percent(Fraction(part, 3000)) for part in (2999, 3000, 2181)] == [
        "99,9\N{NO-BREAK SPACE}%", "100\N{NO-BREAK SPACE}%", "72,7\N{NO-BREAK SPACE}%",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (page("A", 'nc."14.1" = "vu"'), "« 14.1 » n’est pas un critère"),
        (page("A", 'nc."1.10" = "vu"'), "« 1.10 » n’est pas un critère"),
        (page("A", 'nc."1.1" = " "'), "1.1 n’a pas de raison"),
        (page("A", 'nc."1.1" = "vu"', 'na."1.1" = "rien"'), "1.1 est dit de deux façons"),
        (page("A", 'no."1.1" = "vu"'), "« no » n’est pas connu"),
        (page("A", judged='"hier"'), "« judged » n’est pas un jour"),
        (page("A") + page("A"), "y est deux fois"),
        ('[[page]]\nname = "A"\npart = "ailleurs"', "« part » est"),
        ('[[page]]\npart = "public"', "« name » manque"),
        ('[[pages]]\nname = "A"', "« pages » n’est pas connu"),
        ('[[derogation]]\nwhat = "A"\ncriteria = ["1.1"]', "« why » manque"),
        ("[[page", "audit.toml"),
    ],
)
def test_what_does_not_hold_is_refused_and_named(written, said, told):
    with pytest.raises(AuditError) as refused:
        written(said)

    assert told in plain(refused.value)


def test_how_each_criterion_is_judged_must_be_said(written):
    with pytest.raises(AuditError, match=r"13\.12 se juge par") as refused:
        written(page("A"), head=HEAD + METHOD.replace('"13" = ["main"]', '"1.1" = ["à vue"]'))

    assert "1.1 se juge par" in str(refused.value)


def test_the_note_is_what_the_file_says():
    assert NOTE.read_text(encoding="utf-8") == note(), "manage.py accessibility --write"


def test_the_command_says_the_figures(capsys):
    call_command("accessibility")

    assert AUDIT.state().value in capsys.readouterr().out


def test_each_page_of_the_sample_has_an_address_of_the_site():
    for one in AUDIT.pages:
        if one.address:
            resolve(one.address.partition("?")[0].replace("…", "1"))


@pytest.mark.django_db
def test_the_declaration_says_all_that_the_law_asks(client):
    said = plain(unescape(strip_tags(client.get("/accessibilite/").text)))

    for words in (
        "article 47 de la loi n° 2005-102", "État de conformité", "Non-conformités", "Dérogations", "Contenus non soumis",
        "Établissement de cette déclaration", "/mon-espace/", "/admin/", "Technologies", "Outils", "Pages et documents vérifiés",
        "contact@example.org", "jours ouvrés", "Défenseur des droits", "Schéma pluriannuel",
    ):  # fmt: skip
        assert words in said
    assert "[[" not in said
    assert all(one.name in said for one in AUDIT.pages)


@pytest.mark.django_db
def test_an_edited_text_still_says_what_the_audit_says(client):
    Page.objects.filter(slug="accessibilite").update(body="Nos mots, puis [[contact]] et [[inconnu]].")

    html = client.get("/accessibilite/").text

    assert "[[inconnu]]" in html
    assert all(html.count(f">{title}</h2>") == (name != "contact") for name, (title, _) in BLOCKS.items())


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/catalogue/", "/nulle-part/", "/mon-espace/connexion/", "/admin/login/"])
def test_every_foot_says_the_state(client, path):
    html = client.get(path).text

    assert f'href="/accessibilite/">Accessibilité : {AUDIT.state().value}</a>' in html.replace(
        "\N{NO-BREAK SPACE}", " "
    )


@pytest.mark.django_db
def test_the_foot_of_the_space_and_of_the_back_office_says_it_too(as_member, as_referent):
    for browser, path in ((as_member, "/mon-espace/"), (as_referent, "/admin/")):
        assert f"{AUDIT.state().value}</a>" in browser.get(path).text


@pytest.mark.django_db
def test_the_migration_replaces_the_first_text_and_no_edited_one():
    migration = importlib.import_module("directory.migrations.0045_accessibility_page")
    Page.objects.filter(slug="accessibilite").update(body="Corrigé")

    migration.replace(apps, None)

    assert Page.objects.get(slug="accessibilite").body == "Corrigé"


def test_a_declaration_is_no_older_than_what_it_declares():
    assert AUDIT.about["declared"] >= max((one.judged for one in AUDIT.judged), default=date.min)
    assert AUDIT.about["declared"] <= date.today() + timedelta(days=1)  # noqa: DTZ011
