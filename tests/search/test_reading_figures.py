"""Amounts, phones and SIRETs among the words of a need: what each says, and what none may tell."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import timezone
from pyroaring import BitMap

from directory.models import Consent, Reference
from tests.factories import PublicClientFactory, ReferenceFactory

from .searches import found, listed, names, read, read_as, read_index, understood

pytestmark = pytest.mark.django_db

BAND, HIDDEN = Reference.AmountShown.BAND, Reference.AmountShown.HIDDEN
# Of real shape, of nobody: the key of Luhn is right.
SIRET, OTHER_SIRET = "21340032800018", "55208131766522"


@pytest.fixture(scope="module")
def index(kept_for_module, django_db_blocker):
    """Five of one trade in the order of what they did, one a band; some who show no amount."""
    with django_db_blocker.unblock():
        for name, amount in {"Un": 1234, "Deux": 7777, "Trois": 23456, "Quatre": 54321, "Cinq": 98765}.items():
            fiche = listed(name, "Vitrail", nationwide=True)
            ReferenceFactory(co_entrepreneur=fiche, subject="Une verrière", amount=amount, amount_shown=BAND)
        hidden = listed("Caché", "Vitrail", nationwide=True)
        ReferenceFactory(co_entrepreneur=hidden, subject="Une verrière", amount=7778, amount_shown=HIDDEN)
        unpublished = listed("Privé", "Vitrail", nationwide=True)
        ReferenceFactory(co_entrepreneur=unpublished, subject="Une verrière", amount=7779, publishable=False)
        listed("Rien", "Vitrail", nationwide=True)
        listed("Autre", "Vannerie", "Cinq mille exemplaires.", nationwide=True)
        return read_index()


EVERYONE = {"Un", "Deux", "Trois", "Quatre", "Cinq", "Caché", "Privé", "Rien"}


@pytest.mark.parametrize(
    ("amount", "first"),
    [
        ("moins de 5 000 €", {"Un"}),
        ("moins de 10 000 €", {"Un", "Deux"}),
        ("moins de 10\xa0000\xa0€", {"Un", "Deux"}),
        ("moins de 10\u202f000\u202f€ HT", {"Un", "Deux"}),
        ("jusqu’à 10 000 euros", {"Un", "Deux"}),
        ("au plus 10000 euros", {"Un", "Deux"}),
        ("maximum 10 000 €", {"Un", "Deux"}),
        ("10 000 € maximum", {"Un", "Deux"}),
        ("10 000 € max", {"Un", "Deux"}),
        ("inférieur à 10 000 €", {"Un", "Deux"}),
        ("40 k€ HT", {"Trois"}),
        ("40k€", {"Trois"}),
        ("budget de 3000 euros", {"Un"}),
        ("budget : 3 000 €", {"Un"}),
        ("budget 3000€ TTC", {"Un"}),
        ("un budget d’environ 20 000 €", {"Trois"}),
        ("environ 8.000 €", {"Deux"}),
        ("entre 5 000 et 15 000 €", {"Deux"}),
        ("entre 5 000 € et 40 000 €", {"Deux", "Trois"}),
        ("de 15 000 à 90 000 € HT", {"Trois", "Quatre"}),
        ("entre 15 et 90 k€", {"Trois", "Quatre"}),
        ("plus de 90 000 €", {"Cinq"}),
        ("plus de 100 000 €", {"Cinq"}),
        ("à partir de 40 000 € HT", {"Quatre", "Cinq"}),
        ("au moins 40 000 euros", {"Quatre", "Cinq"}),
        ("1 200,50 €", {"Un"}),
        ("montant estimé : 54 000 € HT", {"Quatre"}),
        ("5 000 EUR", {"Un"}),
    ],
)
@pytest.mark.parametrize("text", ["vitrail {}", "{} vitrail", "vitrail, {}", "vitrail ({})"])
def test_an_amount_puts_first_who_worked_for_as_much_and_leaves_nobody_out(index, amount, first, text):
    search = found(text.format(amount), index)

    assert set(names(search)) == EVERYONE
    assert set(names(search)[: len(first)]) == first
    assert search.need.amount.fiches() == BitMap(search.qs.filter(last_name__in=first).values_list("pk", flat=True))
    assert search.need.missing == []
    assert [unit.typed.lower() for unit in search.need.units] == ["vitrail"]
    assert any("ne retire personne" in sentence for sentence in understood(search))


@pytest.mark.parametrize(
    "text",
    ["5 000 exemplaires", "vitrail 5000 exemplaires", "10 000 habitants", "vitrail de 12 m²", "3 000 mots", "48 pages"],
)
def test_a_number_of_something_else_is_no_amount(index, text):
    need = read(text, index)

    assert need.amount is None
    assert need.places == {}
    assert need.missing == [word for word in need.missing if word in {"habitants", "pages", "mots"}]


@pytest.mark.parametrize(
    "amount",
    [f"{sign} {figure} €" for sign in ("moins de", "plus de") for figure in (1233, 1235, 7776, 7778, 23457, 54322)],
)
def test_amounts_a_euro_apart_in_one_band_put_the_same_first(index, amount):
    """Else trying them one by one would tell the amount."""
    bound = int(re.search(r"\d+", amount)[0])
    nearby = [amount.replace(str(bound), str(bound + step)) for step in (-1, 1, 100)]

    first = names(found(f"vitrail {amount}", index))

    assert all(names(found(f"vitrail {other}", index)) == first for other in nearby)


@pytest.mark.parametrize("bound", [1, 4999, 5001, 7778, 7779, 7780, 15000, 100000])
@pytest.mark.parametrize("sign", ["moins de", "plus de", "environ", ""])
def test_an_amount_that_is_hidden_or_unpublished_moves_nobody(index, bound, sign):
    need = read(f"vitrail {sign} {bound} €", index)

    moved = {fiche.last_name for fiche in found("vitrail", index).qs if fiche.pk in need.amount.fiches()}
    assert moved.isdisjoint({"Caché", "Privé", "Rien"})


@pytest.mark.parametrize(("amount", "band"), [("7 777 €", "de 5 000 à 15 000"), ("98765 €", "plus de 90 000")])
def test_the_page_never_tells_an_amount(index, client, amount, band):
    page = client.get("/catalogue/", {"q": f"vitrail {amount}"}).text

    for told in ["7778", "7 778", "7779", "23456", "23 456", "54321", "54 321", "1234 ", "1 234"]:
        assert told not in page.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    "bound",
    [Decimal(bound) for bound in (5_000, 15_000, 40_000, 90_000)],
)
def test_on_a_bound_the_search_and_the_band_that_is_shown_agree(index, bound):
    """« De 5 000 à 15 000 € » is what the public reads of 5 000: who asks for that band must find it."""
    fiche = listed("Borne", "Vitrail", nationwide=True)
    reference = ReferenceFactory(co_entrepreneur=fiche, amount=bound, amount_shown=BAND)
    fresh = read_index()
    just_above = read(f"vitrail {int(bound) + 1} €", fresh)
    below = read(f"vitrail {int(bound) - 1} €", fresh)

    assert fiche.pk in just_above.amount.fiches(), reference.amount_band
    assert fiche.pk not in below.amount.fiches(), reference.amount_band


# --- Phones --------------------------------------------------------------------------------------------------------

PHONES = [
    "06 39 98 12 34",
    "0639981234",
    "06.39.98.12.34",
    "06-39-98-12-34",
    "+33 6 39 98 12 34",
    "+33639981234",
    "0033639981234",
    "+33 (0)6 39 98 12 34",
    "06\xa039\xa098\xa012\xa034",
    "06\u202f39\u202f98\u202f12\u202f34",
    "tél. 06 39 98 12 34",
    "06/39/98/12/34",
    "(06 39 98 12 34)",
]


def with_phone(*, consents=True, withdrawn=False, **kwargs):
    fiche = listed("Appelée", "Vitrail", phone="06 39 98 12 34", nationwide=True, **kwargs)
    if consents:
        now = timezone.now()
        Consent.objects.create(co_entrepreneur=fiche, item=Consent.Item.PHONE, withdrawn_at=now if withdrawn else None)
    return fiche


@pytest.mark.parametrize("typed", PHONES)
def test_a_phone_that_is_shown_leads_to_whose_it_is(index, typed):
    with_phone()

    search = found(typed, read_index())

    assert names(search) == ["Appelée"]
    assert any("C’est le téléphone" in sentence and "Appelée" in sentence for sentence in understood(search))
    assert search.need.missing == []
    assert search.need.places == {}


@pytest.mark.parametrize("typed", PHONES)
@pytest.mark.parametrize("refusal", [{"consents": False}, {"withdrawn": True}, {"client_public": False}])
def test_one_that_is_not_shown_is_nobody_s(index, typed, refusal):
    fiche = with_phone(**{key: value for key, value in refusal.items() if key != "client_public"})
    if "client_public" in refusal:
        type(fiche).objects.filter(pk=fiche.pk).update(client_public=False)

    search = found(typed, read_index())
    unknown = found("06 39 98 77 66", read_index())

    assert names(search) == names(unknown) == []
    said = [sentence.replace("06 39 98 77 66", typed) for sentence in understood(unknown)]
    assert "Appelée" not in " ".join(understood(search))
    if typed == PHONES[0]:
        assert understood(search) == said


def test_the_phone_of_the_cooperative_is_said_and_narrows_nothing(index):
    search = found(f"vitrail {settings.COOPERATIVE['phone']}", index)

    assert set(names(search)) == EVERYONE
    assert any("C’est le téléphone de la coopérative" in sentence for sentence in understood(search))


# --- SIRETs --------------------------------------------------------------------------------------------------------


def spelt(siret):
    """A SIRET as people write it."""
    siren, nic = siret[:9], siret[9:]
    grouped = f"{siren[:3]} {siren[3:6]} {siren[6:]} {nic}"
    spaces = [grouped.replace(" ", space) for space in ("\xa0", "\u202f", ".", "-")]
    return [siret, grouped, f"{siren} {nic}", f"SIRET {grouped}", f"SIRET : {siret}", f"n° SIRET {siret}", *spaces]


@pytest.mark.parametrize("typed", spelt(settings.COOPERATIVE["siret"]))
def test_the_siret_of_the_cooperative_is_said_and_narrows_nothing(index, typed):
    search = found(f"vitrail {typed}", index)

    assert set(names(search)) == EVERYONE
    assert any("SIRET de la coopérative" in sentence for sentence in understood(search))
    assert search.need.missing == []
    assert search.need.places == {}
    assert search.need.cpv == {}


def test_the_siret_of_the_cooperative_alone_finds_everyone(index):
    assert found(settings.COOPERATIVE["siret"], index).total == len(index.published)


@pytest.mark.parametrize("typed", spelt(SIRET))
def test_the_siret_of_a_client_leads_to_who_worked_for_it(index, typed):
    client = PublicClientFactory(name="Commune de Tressan", siret=SIRET)
    served, other, private = (listed(name, "Vitrail", nationwide=True) for name in ("Servi", "Autrui", "Tu"))
    ReferenceFactory(co_entrepreneur=served, client=client)
    ReferenceFactory(co_entrepreneur=other)
    ReferenceFactory(co_entrepreneur=private, client=client, publishable=False)

    search = found(typed, read_index())

    assert names(search) == ["Servi"]
    assert any("Commune de Tressan" in sentence for sentence in understood(search))
    assert search.need.missing == []


@pytest.mark.parametrize("state", ["unpublishable", "unvalidated", "of nobody", "of one who left"])
def test_the_siret_of_a_client_of_no_published_reference_tells_no_name(index, state):
    client = PublicClientFactory(name="Commune de Tressan", siret=SIRET)
    if state != "of nobody":
        fiche = listed("Tu", "Vitrail", nationwide=True)
        changed = {
            "unpublishable": {"publishable": False},
            "unvalidated": {"state": Reference.State.TO_VALIDATE, "decided_at": None, "submitted_at": timezone.now()},
            "of one who left": {},
        }[state]
        ReferenceFactory(co_entrepreneur=fiche, client=client, **changed)
        if state == "of one who left":
            type(fiche).objects.filter(pk=fiche.pk).update(departed_on=timezone.localdate() - timedelta(days=1))

    index = read_index()
    search = found(SIRET, index)

    assert names(search) == []
    assert understood(search) == [s.replace(OTHER_SIRET, SIRET) for s in understood(found(OTHER_SIRET, index))]


@pytest.mark.parametrize("typed", ["12345678901234", "00000000000001", "123 456 789 01234", "9999999999999999"])
def test_fourteen_digits_that_are_no_siret_are_set_aside(index, typed):
    search = found(f"vitrail {typed}", index)

    assert set(names(search)) == EVERYONE
    assert search.need.owners == {}
    assert search.need.places == {}


# --- Together ------------------------------------------------------------------------------------------------------


def test_all_of_them_at_once(index):
    typed = f"Vitrail à Béziers, moins de 10 000 € HT, le mois prochain, SIRET {settings.COOPERATIVE['siret']}, CPV 44"

    search = found(typed, index)

    assert search.need.amount
    assert search.need.town
    assert search.need.owners
    assert [unit.typed for unit in search.need.units] == ["Vitrail"]
    assert search.need.missing == ["CPV 44"]
    assert len(read_as(search)) >= 3
