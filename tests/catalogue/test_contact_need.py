"""The need that a search brings to the form, and what the mails say of it."""

from html import unescape

import pytest

from directory.models import ContactMessage, Department, Skill
from directory.my_space.export import data_of
from tests.cast import admin_url, browser_of, text_of
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db

TYPED = {
    "message": "Bonjour,\nUne réunion publique sur le PLU, devant deux cents personnes.\nMerci de votre réponse.",
    "place": "Béziers, salle Zinga",
    "timing": "un soir de mars",
    "budget": "15000",
    "name": "Lucie Ferrand",
    "organisation": "Commune de Valferrand",
    "email": "lucie@valferrand.example",
    "phone": "",
}
SEARCH = "?q=r%C3%A9union+publique+PLU&departement=34"


@pytest.fixture
def fiche():
    return CoEntrepreneurFactory(listed=True, departments=[Department.objects.get(code="34")])


def form_of(client, fiche, query=""):
    return client.get(f"{fiche.get_absolute_url()}contact/{query}")


def message_saying(text):
    return ContactMessage(message=text)


def test_the_search_fills_the_need_and_the_place_which_stay_to_be_changed(client, fiche):
    initial = form_of(client, fiche, SEARCH).context["form"].initial

    assert initial == {"message": "Réunion publique PLU", "place": "Hérault (34)"}
    assert "Réunion publique PLU</textarea>" in form_of(client, fiche, SEARCH).text


def test_filters_say_what_is_needed_and_not_of_whom(client, fiche):
    skill = Skill.objects.get(slug="graphisme")

    initial = form_of(client, fiche, f"?competence={skill.slug}&client=commune&references=1").context["form"].initial

    assert initial == {"message": f"Compétence\xa0: {skill.name}", "place": ""}


def test_the_place_is_read_among_the_words(client, fiche):
    assert "Béziers" in form_of(client, fiche, "?q=fresque+à+Béziers").context["form"].initial["place"]


@pytest.mark.parametrize(
    "query", ["", "?departement=zz&competence=rien", "?q=%00%0d%0a", "?utm_source=lettre", "?q=" + "é" * 400, "?page=x"]
)
def test_what_is_no_search_breaks_nothing_and_is_not_carried(client, fiche, query):
    response = form_of(client, fiche, query)

    assert response.status_code == 200
    assert "zz" not in response.context["query"]
    assert "lettre" not in response.text
    assert response.context["form"].initial["place"] == ""


def test_back_leads_to_the_fiche_with_its_search_which_an_error_keeps(client, fiche):
    url = f"{fiche.get_absolute_url()}contact/{SEARCH}"

    for response in (client.get(url), client.post(url, TYPED | {"email": "rien"})):
        page = unescape(response.text)
        assert page.count(f'href="{fiche.get_absolute_url()}{SEARCH}"') == 2
        assert f'href="/catalogue/{SEARCH}"' in page
        # A form without an action comes back here.
        assert '<form method="post" novalidate>' in page
    for value in ("Béziers, salle Zinga", "un soir de mars", '<option value="15000" selected>', "deux cents personnes"):
        assert value in page


def test_only_what_is_optional_says_so_and_a_budget_is_told_in_the_bands_of_references(client, fiche):
    form = form_of(client, fiche).context["form"]

    optional = [name for name, field in form.fields.items() if not field.required and name != "trap"]
    assert optional == ["place", "timing", "budget", "phone"]
    assert form_of(client, fiche).text.count("(facultatif)") == len(optional)
    assert ["moins de" in label for _, label in form.fields["budget"].choices][:2] == [False, True]
    for name in ("name", "organization", "email", "tel"):
        assert f'autocomplete="{name}"' in form_of(client, fiche).text


def test_nothing_optional_is_needed(client, fiche):
    client.post(f"{fiche.get_absolute_url()}contact/", TYPED | {"place": "", "timing": "", "budget": ""})
    mails = run_jobs()

    assert len(mails) == 2
    for mail in mails:
        assert "Lieu" not in mail.body
        assert "\n\n\n" not in mail.body


def test_a_budget_that_is_no_band_is_refused(client, fiche):
    response = client.post(f"{fiche.get_absolute_url()}contact/", TYPED | {"budget": "12"})

    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"budget"}


def test_both_mails_say_the_need_in_their_subject_and_the_rest_in_their_words(client, fiche):
    client.post(f"{fiche.get_absolute_url()}contact/{SEARCH}", TYPED)
    received, copy = run_jobs()

    need = "Une réunion publique sur le PLU, devant deux cents personnes."
    assert received.subject == f"{need} – Commune de Valferrand"
    assert copy.subject == f"Votre message à {fiche.name}\xa0: {need}"
    for mail in (received, copy):
        for words in ("Béziers, salle Zinga", "un soir de mars", "de 5 000 à 15 000 € HT"):
            assert words in mail.body.replace("\xa0", " ")
        assert "\n\n\n" not in mail.body


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("Madame, Monsieur,\n\nNous cherchons une fresque.", "Nous cherchons une fresque."),
        ("bonjour à tous ! Des affiches", "Des affiches"),
        ("Bonjour", "Bonjour"),
        (
            "Monsieur le maire souhaite une fresque, pour l’école",
            "Monsieur le maire souhaite une fresque, pour l’école",
        ),
        ("Affiches\r\nBcc: tous@example.org", "Affiches"),
        ("Affiches\u2028Bcc: tous@example.org", "Affiches"),
        ("Affiches \u202egnp.exe\x07", "Affiches gnp.exe"),
        ("a" * 200, "a" * 79 + "…"),
        ("", ""),
    ],
)
def test_the_need_is_a_first_line_without_greeting_short_and_safe(text, need):
    assert " ".join(message_saying(text).need.split()) == need


def test_the_subject_holds_no_header(client, fiche):
    typed = TYPED | {"message": "Affiches\r\nBcc: tous@example.org", "organisation": "Mairie\r\nBcc: b@example.org"}
    client.post(f"{fiche.get_absolute_url()}contact/", typed)

    for mail in run_jobs():
        message = mail.message()
        assert message["Bcc"] is None
        assert "\n" not in mail.subject


def test_the_back_office_and_the_data_of_the_member_have_them_too(client, fiche, referent):
    fiche.referent = referent
    fiche.save()
    client.post(f"{fiche.get_absolute_url()}contact/", TYPED)
    message = ContactMessage.objects.get()

    page = text_of(browser_of(referent).get(admin_url("contactmessage_change", message.pk)))

    [told] = data_of(fiche, None)["messages reçus"]
    for words in ("Béziers, salle Zinga", "un soir de mars"):
        assert words in page
        assert words in told.values()
    assert "de 5 000 à 15 000 € HT" in told["budget"].replace("\xa0", " ")
