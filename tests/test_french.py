"""What people read is French as it is printed: apostrophes, no-break spaces, elisions, whoever wrote the sentence."""

import ast
import gettext
import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.template.loader import get_template
from django.utils.html import strip_tags
from django.utils.translation import gettext as gettext_of
from django.utils.translation import override, trans_real

from tests.cast import admin_url, administrator, browser_of, messages_of
from tests.factories import CoEntrepreneurFactory, ReferenceFactory

TEMPLATES = Path(settings.BASE_DIR / "templates")
SOURCES = settings.BASE_DIR / "locale" / "fr" / "LC_MESSAGES"
SPACES = {
    "an ordinary space before a sign": r"(?:^|[^\s]) [:;!?»](?=[\s),.…»]|$)",
    "an ordinary space after «": r"«[ ]",
}
HOURS = {
    "an hour written with a colon": r"\bH:i|(?<!T)%H:%M|[Hh]\\+h ?i",
    "a length told by Django": r"\|\s*time(?:since|until)\b",
}
FAULTS = {
    "a straight apostrophe": r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]",
    **SPACES,
    "no elision": r"\b[Dd]e [AEIOUÉÈÊÎÔaeiouéèêîô](?!nline)\w",
    "an object": r"\b[Oo]bjets? [^:]",
}
MAILS = sorted(path.stem for path in (TEMPLATES / "emails").glob("[!_]*.txt"))


def faults_in(text, *, but=(), among=FAULTS):
    return [
        f"{fault}: {match[0]!r} in {text[max(0, match.start() - 30) : match.end() + 20]!r}"
        for fault, pattern in among.items()
        if fault not in but
        for match in re.finditer(pattern, text)
    ]


def words_of(template):
    """The sentences of a template, with a name that begins with a vowel wherever it says one."""
    text = re.sub(r"\{%\s*figure.*?%\}", "trois ans", template)
    text = re.sub(r"\{\{[^}]*\|of\s*\}\}", "d’Emma", text)
    text = re.sub(r"\{\{\s*[\w.]*name[\w.]*\s*\}\}", "Emma", text)
    text = re.sub(r"\{\{.*?\}\}", "…", text)
    return re.sub(r"\{[%#].*?[%#]\}", "", text)


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_well_written(name):
    text = (TEMPLATES / "emails" / f"{name}.txt").read_text()

    assert get_template(f"emails/{name}.txt")
    assert faults_in(words_of(text), but=["an object"]) == []


# What looks for these signs, and says nothing.
NOT_SAID = {r"« ?(?=\S)", r"(?<=\S) ?»", '« “"'}

# --- Whatever is written, wherever it is ---------------------------------------------------------------------------


def said_by(path):
    """The sentences of a file of ours that may be shown."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return sentences_of(ast.parse(source))
    if path.suffix == ".js":
        return re.findall(r"[`\"]([^`\"\n]*)[`\"]", source)
    # Tags of templates, comments and the inside of scripts aren't read by people.
    source = re.sub(r"\{%\s*comment.*?endcomment\s*%\}|<(script|style)\b.*?</\1>", "", source, flags=re.DOTALL)
    return [re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "…", source) if path.suffix in {".html", ".txt"} else source]


def sentences_of(tree):
    """The texts of a module, whole even when a line holds a part of one, but for its docstrings."""
    left_out = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part for part in node.values if isinstance(part, ast.Constant)]
            left_out |= {id(part) for part in parts}
            yield "".join(part.value if part in parts else "…" for part in node.values)
            formats = [part.format_spec for part in node.values if isinstance(part, ast.FormattedValue)]
            yield from (ast.unparse(spec) for spec in formats if spec)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in left_out
            and node.value not in NOT_SAID
        ):
            yield node.value


WRITTEN = [
    path
    for root, endings in {
        "templates": {".html", ".txt"},
        "directory": {".py", ".md", ".csv"},
        "directory/data/trames": {".toml"},
        "directory/tenders/memo/charter": {".xml"},
        "crealead": {".py"},
        "static": {".js", ".html"},
    }.items()
    for path in sorted((settings.BASE_DIR / root).rglob("*"))
    # What the demonstration types is typeset as it is read; the rest is for who runs the site.
    if path.suffix in endings and not {"demo", "benchmark", "migrations", "README.md"} & set(path.parts)
]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_what_is_written_keeps_its_spaces_and_its_hours(path):
    wrong = [fault for said in said_by(path) for fault in faults_in(said, among=SPACES | HOURS)]
    if path.suffix == ".html":
        wrong += faults_in(path.read_text(encoding="utf-8"), among=HOURS)

    assert wrong == []


def test_a_sentence_is_checked_whole_and_a_docstring_is_not():
    module = 'def f(x):\n    """Return : x."""\n    return f"Rien à {x} " ": une suite"\n'

    assert [len(faults_in(said, among=SPACES)) for said in sentences_of(ast.parse(module))] == [1]


# --- What Django says ----------------------------------------------------------------------------------------------


def test_what_django_says_is_well_written():
    with (SOURCES / "django.mo").open("rb") as file:
        ours = gettext.GNUTranslations(file)._catalog
    said = dict(trans_real.translation("fr")._catalog.items())
    for key in ours:
        said.pop(key, None)
    sentences = {str(sentence) for sentence in (*said.values(), *ours.values())}

    wrong = [fault for sentence in sentences for fault in faults_in(sentence, but=["no elision", "an object"])]

    assert wrong == []


def test_what_django_calls_an_account_is_what_the_site_calls_it():
    """« Identifiant », on the page of sign-in as in what a password is refused for."""
    sources = trans_real.translation("fr")._catalog.items()
    keys = {key for key, sentence in sources if re.search(r"[Nn]om d.utilisateur", str(sentence))}

    with override("fr"):
        said = [gettext_of(key[0] if isinstance(key, tuple) else key) for key in keys]

    assert keys
    assert [sentence for sentence in said if re.search(r"[Nn]om d.utilisateur", sentence)] == []


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("claire.fabre", "ressemble trop à ce que l’on sait de vous (identifiant)"),
        ("claire@example.org", "(adresse électronique)"),
        ("court", "il y faut 12 signes au moins"),
        ("password1234", "que l’on ne devine pas"),
        ("4815162342481516", "n’a que des chiffres"),
    ],
)
def test_a_password_is_refused_in_the_words_of_the_site(password, said):
    user = User(username="claire.fabre", email="claire@example.org")

    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)

    assert said in " ".join(refused.value.messages)


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_the_compiled_sentences_are_those_of_their_source(domain):
    with (SOURCES / f"{domain}.po").open("rb") as file:
        source = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, source)
    compiled.seek(0)

    with (SOURCES / f"{domain}.mo").open("rb") as file:
        kept = gettext.GNUTranslations(file)._catalog

    assert {k: v for k, v in gettext.GNUTranslations(compiled)._catalog.items() if k} == {
        k: v for k, v in kept.items() if k
    }


# --- The back office -----------------------------------------------------------------------------------------------


@pytest.fixture
def browser(db):
    return browser_of(administrator())


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_titles_of_the_back_office_agree(browser, model):
    opts = model._meta
    titles = []
    for page in ("changelist", "add"):
        response = browser.get(f"/admin/{opts.app_label}/{opts.model_name}/{'' if page == 'changelist' else 'add/'}")
        if response.status_code == 200:
            titles.append(str(response.context["title"]))

    assert titles
    for title in titles:
        assert faults_in(title) == []
        assert (
            title == opts.verbose_name_plural.capitalize()
            or title.startswith(("Ajout d’un", "Nouveau "))
            or "DECP" in title
            or "CPV" in title
        )


@pytest.mark.django_db
def test_a_reference_is_deleted_and_changed_in_french(browser):
    reference = ReferenceFactory()
    page = admin_url("reference_changelist")

    choice = browser.get(page)
    asked = browser.post(page, {"action": "delete_selected", "_selected_action": [reference.pk]})
    change = browser.get(admin_url("reference_change", reference.pk))

    assert "Supprimer les références sélectionnées" in choice.text
    assert asked.context["title"] == "Suppression des références sélectionnées"
    assert change.context["title"] == "Modification de la référence"
    for response in (choice, asked, change):
        text = strip_tags(re.sub(r"<(script|style)\b.*?</\1>", "", response.text, flags=re.DOTALL))
        assert re.search(FAULTS["an object"], text) is None
        assert re.search(FAULTS["a straight apostrophe"], text) is None


def test_what_the_scripts_of_django_say_is_well_written(browser):
    said = browser.get("/admin/jsi18n/").text
    said = json.loads(re.search(r"const newcatalog = (\{.*?\n\s*\});", said, re.DOTALL)[1])
    sentences = [said_once for words in said.values() for said_once in ([words] if isinstance(words, str) else words)]

    wrong = [fault for sentence in sentences for fault in faults_in(sentence, but=["no elision", "an object"])]

    assert said["Today"] == "Aujourd’hui"
    assert wrong == []
    assert [sentence for sentence in sentences if re.search(r"\d:\d\d", sentence)] == []


@pytest.mark.django_db
def test_an_account_is_added_in_french(browser):
    page = browser.get("/admin/auth/user/add/")

    assert page.context["title"] == "Ajout d’un utilisateur"
    assert "vous pourrez modifier ses autres réglages" in page.text


@pytest.mark.django_db
def test_what_is_saved_is_said_without_an_object(browser):
    page = browser.post(admin_url("publicclient_add"), {"name": "Commune d’Essai", "type": "commune"}, follow=True)

    assert messages_of(page)[0].startswith("Ajout enregistré\N{NO-BREAK SPACE}:")


@pytest.mark.django_db
def test_someone_is_named_with_an_elision(browser):
    fiche = CoEntrepreneurFactory(first_name="Emma", last_name="Roux")
    page = browser.get(admin_url("reference_decide", ReferenceFactory(co_entrepreneur=fiche).pk))

    assert page.context["title"].startswith("Référence d’Emma Roux\N{NO-BREAK SPACE}: ")
