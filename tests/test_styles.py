"""What the sheets of `static/css` hold to: a class has one sheet and a use, colours and sizes of text are tokens."""

import re
from collections import defaultdict
from pathlib import Path

from django.contrib import admin

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
SHEETS = {
    path.name: re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    for path in (ROOT / "static/css").glob("*.css")
}
# On paper, what is on the page is hidden or laid out anew, whatever sheet it comes from.
ON_PAPER = "print.css"
TOKENS = "tokens.css"

# Written by Django's admin, Select2 and htmx: their look is only adjusted.
FOREIGN = {"addlink", "aligned", "calendarbox", "closelink", "dashboard", "errorlist", "htmx-request", "inline-group"}
FOREIGN |= {"login", "select2-container", "action-checkbox", "action-checkbox-column", "change-form", "flex-container"}
FOREIGN |= {"current-model", "deletelink", "select2-selection--multiple", "select2-selection__choice", "paginator"}
FOREIGN |= {"selected", "submit-row", "datetimeshortcuts"}
FOREIGN |= {"field-since", "field-to", "field-why", "field-written", "form-multiline", "model-failedmail"}
# Written here for Django's sheets alone.
OF_DJANGO = {"clearable-file-input", "default", "errornote", "errors", "file-upload", "visually-hidden"}
ADMIN_SHEET = Path(admin.__file__).parent / "static/admin/css/base.css"

CLASS_ATTRIBUTE = re.compile(r'class="((?:\{%.*?%\}|\{\{.*?\}\}|[^"])*)"')
COLOUR = re.compile(
    r"(?i)#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(|\b(?:black|gr[ae]y|red|white)\b"
)
LENGTH = re.compile(r"\d(?:px|pt|mm|rem|vw)\b")


def _classes_by_sheet():
    sheets = defaultdict(set)
    for name, text in SHEETS.items():
        for selector in re.findall(r"([^{}]+)\{", text):
            if not selector.lstrip().startswith("@"):
                for class_name in re.findall(r"\.([a-z][\w-]*)", re.sub(r"\[[^]]*\]", "", selector)):
                    sheets[class_name].add(name)
    return sheets


def _classes_of(template):
    values = CLASS_ATTRIBUTE.findall(template.read_text())
    return {word for value in values for word in re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", value).split()}


def _quoted_words():
    """The words between quotes of what writes HTML without a template."""
    sources = [*(ROOT / "directory").rglob("*.py"), *(ROOT / "static/js").glob("*.js")]
    return {
        word
        for path in sources
        for text in re.findall(r"""["']([\w -]+)["']""", path.read_text())
        for word in text.split()
    }


def _declarations(text):
    return re.findall(r"([\w-]+)\s*:\s*([^;{}]+)[;}]", text)


def test_class_is_styled_in_one_sheet():
    sheets = {class_name: names - {ON_PAPER} for class_name, names in _classes_by_sheet().items()}

    assert {class_name: names for class_name, names in sheets.items() if len(names) > 1} == {}


def test_every_styled_class_is_used():
    used = {class_name for template in TEMPLATES.rglob("*.html") for class_name in _classes_of(template)}

    assert set(_classes_by_sheet()) - used - FOREIGN - _quoted_words() == set()


def test_every_class_written_is_styled():
    styled = set(_classes_by_sheet()) | OF_DJANGO

    unstyled = {str(path.relative_to(TEMPLATES)): _classes_of(path) - styled for path in TEMPLATES.rglob("*.html")}

    assert {name: classes for name, classes in unstyled.items() if classes} == {}


def test_colours_come_from_the_tokens():
    raw = [
        (name, declaration)
        for name, text in SHEETS.items()
        if name != TOKENS
        for declaration in _declarations(text)
        if COLOUR.search(declaration[1])
    ]

    assert raw == []


def test_a_list_without_signs_is_still_told_to_be_one():
    """Safari no longer tells that it is a list when it has no sign; an empty one keeps it."""
    assert [name for name, text in SHEETS.items() if re.search(r"list-style(-type)?:\s*none", text)] == []


def test_sizes_of_text_come_from_the_tokens():
    raw = [
        (name, declaration)
        for name, text in SHEETS.items()
        for declaration in _declarations(text)
        if declaration[0] in {"font", "font-size"} and LENGTH.search(declaration[1])
    ]

    assert raw == []


def test_every_variable_is_set_and_read():
    read = {name for text in SHEETS.values() for name in re.findall(r"var\((--[\w-]+)", text)}
    written = {
        sheet: {name for name, _ in _declarations(text) if name.startswith("--")} for sheet, text in SHEETS.items()
    }
    of_django = {name for name, _ in _declarations(ADMIN_SHEET.read_text()) if name.startswith("--")}

    assert read - set.union(*written.values()) - of_django == set()
    assert written[TOKENS] - read == set()
    assert written["admin.css"] - of_django - written[TOKENS] == set()
