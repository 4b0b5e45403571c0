from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from directory.models import Page, Threshold
from directory.models.page import BUYING_BLOCKS
from tests.cast import admin_url, browser_of, text_of

pytestmark = pytest.mark.django_db
ADD = admin_url("threshold_add")


def typed(**changed):
    return {
        "kind": "services",
        "starts_on": "01/04/2028",
        "ends_on": "",
        "amount": "70000",
        "article": "R2122-8",
        "source": "Décret d’essai",
        "source_url": "",
    } | changed


def test_an_administrator_writes_the_next_one_and_each_day_has_its_own(administrator):
    browser_of(administrator).post(ADD, typed())

    amounts = [Threshold.objects.of(day)["services"].amount for day in (date(2028, 3, 31), date(2028, 4, 1))]
    assert amounts == [60_000, 70_000]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"amount": "-60000"}, "Il faut 1 000 € au moins."),
        ({"amount": "0"}, "Il faut 1 000 € au moins."),
        ({"amount": "999999999999999999999"}, "Il faut 100 000 000 € au plus."),
        ({"amount": "beaucoup"}, "nombre"),
        ({"amount": ""}, "montant"),
        ({"starts_on": "01/04/2026"}, "a déjà un montant à partir de ce jour"),
        ({"ends_on": "31/03/2028"}, "Le dernier jour ne peut pas précéder le premier."),
        ({"starts_on": "31/02/2028"}, "date"),
        ({"source_url": "javascript:alert(1)"}, "L’adresse d’un site ressemble à"),
    ],
)
def test_what_makes_no_sense_is_refused(administrator, changed, said):
    count = Threshold.objects.count()

    page = browser_of(administrator).post(ADD, typed(**changed))

    assert page.status_code == 200
    assert said.casefold() in text_of(page).casefold()
    assert Threshold.objects.count() == count


@pytest.mark.parametrize(
    "wrong",
    [{"amount": 0}, {"ends_on": date(2019, 1, 1)}, {"starts_on": date(2026, 4, 1)}, {"source_url": "javascript:x"}],
)
def test_the_database_refuses_it_too(wrong):
    first = Threshold.objects.filter(kind="services").earliest("starts_on")

    with pytest.raises(IntegrityError), transaction.atomic():
        Threshold.objects.filter(pk=first.pk).update(**wrong)


def test_a_referent_keeps_none(referent):
    assert browser_of(referent).get(ADD).status_code == 403


def test_administrators_are_reminded_of_one_that_ends_and_that_nothing_follows(administrator):
    last_day = timezone.localdate() + timedelta(days=30)
    # Nor does any other end soon, whatever the year.
    Threshold.objects.exclude(kind="formal_state").delete()
    Threshold.objects.filter(kind="formal_state").update(ends_on=last_day)

    def told():
        return [what for what, *_ in browser_of(administrator).get("/admin/").context["board"]["renewals"]]

    assert told() == [Threshold.Kind.FORMAL_STATE.label]
    next_day = last_day + timedelta(days=1)
    Threshold.objects.create(kind="formal_state", starts_on=next_day, amount=150_000, article="R", source="S")
    assert told() == []


# --- The text around them ------------------------------------------------------------------------------------------

BLOCKS = "\n\n".join(f"[[{name}]]" for name in BUYING_BLOCKS)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (BLOCKS.replace("[[seuils]]", ""), "« [[seuils]] » n’y est plus"),
        (f"{BLOCKS}\n\n[[seuils]]", "« [[seuils]] » y est 2 fois"),
        (f"{BLOCKS}\n\n[[seuil]]", "« [[seuil]] » n’est pas connu"),
        (f"{BLOCKS}\r\n\r\nUn mot, et [[seuils]] dans une phrase.\r\n", ""),
    ],
)
def test_the_text_keeps_the_places_of_what_the_page_fills_in(administrator, body, said):
    page = Page.objects.get(slug=Page.Slug.BUYING)
    change = admin_url("page_change", page.pk)
    browser = browser_of(administrator)

    answer = browser.post(change, {"slug": page.slug, "title": page.title, "body": body})

    assert "[[qui signe]]" in browser.get(change).text
    assert said in text_of(answer)
    assert (answer.status_code == 302) is (said == "")


def test_the_other_pages_have_no_such_places(administrator):
    page = Page.objects.get(slug=Page.Slug.LEGAL)

    answer = browser_of(administrator).post(
        admin_url("page_change", page.pk), {"slug": page.slug, "title": page.title, "body": "Rien"}
    )

    assert answer.status_code == 302
