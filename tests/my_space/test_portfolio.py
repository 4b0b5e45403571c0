"""The images of a member's work: added, put in order, shown with their consent, gone at once without it."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from lxml import html
from PIL import Image

from directory.listing.content import withdraw_consents
from directory.models.portfolio import MOST_IMAGES, PortfolioImage
from directory.my_space import actions, tasks
from tests import cast
from tests.cast import admin_url, body_of, browser_of, photo, status_of, typed_in_admin
from tests.jobs import run_jobs
from tests.my_space.test_export import download

pytestmark = pytest.mark.django_db
PAGE = "/mon-espace/realisations/"
WORDS = {"alternative_text": "Couverture d’un bulletin", "caption": "Commune de Lunas, 2026"}


@pytest.fixture
def member(referent):
    return cast.member(listed=True, referent=referent)


def add(member, **changed):
    return browser_of(member).post(PAGE, {"photo": photo()} | WORDS | changed)


def images_of(member):
    return list(member.portfolio_images.values_list("alternative_text", flat=True))


def agree(member):
    member.consents.create(item="portfolio")


def public_url(member, image):
    return f"{member.get_absolute_url()}realisation-{image.pk}.webp"


def run_next_morning():
    """The mails that leave once what was put off is due."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    return run_jobs()


def test_an_image_is_kept_anew_with_what_is_said_of_it(member):
    response = add(member, photo=photo(size=(3000, 1500)), on_cv="on")

    image = member.portfolio_images.get()
    assert response.status_code == 302
    assert (image.width, image.height, image.on_cv) == (1200, 600, True)
    with default_storage.open(image.photo.name) as file, Image.open(file) as stored:
        assert (stored.format, stored.info.get("exif")) == ("WEBP", None)


def test_images_of_a_day_are_told_together_the_next_morning(member):
    for name in "ABC":
        add(member, alternative_text=name, caption="")
    at_once = run_jobs()
    member.portfolio_images.get(alternative_text="B").delete()

    [mail] = run_next_morning()

    assert at_once == []
    assert mail.to == [member.referent.email]
    assert mail.subject.startswith("2 images de plus sur la fiche ")
    assert "- A\n- C\n" in mail.body
    assert run_next_morning() == []


def test_images_of_another_day_or_of_someone_else_are_told_apart(member, referent):
    other = cast.member(listed=True, referent=referent, email="autre@example.org")
    add(member, caption="Hier")
    run_next_morning()
    add(member, caption="Ce jour")
    add(other, caption="Une autre fiche")

    mails = run_next_morning()

    assert [("Hier" in mail.body, mail.subject[:9]) for mail in mails] == [(False, "Une image")] * 2


def test_nothing_is_told_of_what_is_gone(member):
    add(member)
    member.portfolio_images.get().delete()

    assert run_next_morning() == []


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        (datetime(2026, 11, 28, 5, 39, tzinfo=UTC), datetime(2026, 11, 28, 5, 40, tzinfo=UTC)),
        (datetime(2026, 11, 28, 5, 40, tzinfo=UTC), datetime(2026, 11, 29, 5, 40, tzinfo=UTC)),
    ],
)
def test_the_next_morning_is_less_than_a_day_away(now, morning):
    assert tasks._next_morning(now) == morning


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"alternative_text": "  "}, "pour qui ne la voit pas"),
        ({"photo": ""}, "Choisissez une image"),
        ({"photo": cast.pdf()}, "n’est pas une image"),
        ({"alternative_text": "x" * 201}, "200"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(member, changed, said):
    response = add(member, **changed)

    assert said in response.text
    assert "Un point est à corriger" in response.text
    assert WORDS["caption"] in response.text
    assert images_of(member) == []


def test_an_image_that_came_with_a_mistake_is_kept_for_the_next_click(member):
    response = add(member, alternative_text="")

    ticket = response.context["form"].data["photo_ticket"]
    add(member, photo="", photo_ticket=ticket)

    assert images_of(member) == [WORDS["alternative_text"]]


def test_the_ninth_image_is_refused_in_words(member):
    for number in range(MOST_IMAGES):
        add(member, alternative_text=f"Image {number}")

    response = add(member, alternative_text="Une de trop")

    assert response.status_code == 409
    assert f"Vous avez déjà {MOST_IMAGES} images" in response.text
    assert len(images_of(member)) == MOST_IMAGES


def test_the_order_is_the_member_s(member):
    for name in "ABC":
        add(member, alternative_text=name)
    last = member.portfolio_images.last()

    for way in ("haut", "haut", "haut"):
        browser_of(member).post(f"{PAGE}{last.pk}/deplacer/", {"sens": way})

    assert images_of(member) == ["C", "A", "B"]


def test_an_image_is_removed_with_its_file_once_confirmed(member, django_capture_on_commit_callbacks):
    add(member)
    image, browser = member.portfolio_images.get(), browser_of(member)

    assert "Retirer cette image ?" in browser.get(f"{PAGE}{image.pk}/retirer/").text
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"{PAGE}{image.pk}/retirer/")

    assert images_of(member) == []
    assert not default_storage.exists(image.photo.name)


@pytest.mark.parametrize("page", ["", "image.webp", "retirer/"])
def test_nobody_reaches_the_image_of_another_member(member, other_member, page):
    add(member)
    image = member.portfolio_images.get()

    assert browser_of(other_member).get(f"{PAGE}{image.pk}/{page}").status_code == 404


def test_nobody_changes_the_image_of_another_member(member, other_member):
    add(member)
    image, intruder = member.portfolio_images.get(), browser_of(other_member)

    answers = [
        intruder.post(f"{PAGE}{image.pk}/", WORDS | {"caption": "Volée"}),
        intruder.post(f"{PAGE}{image.pk}/deplacer/", {"sens": "bas"}),
        intruder.post(f"{PAGE}{image.pk}/retirer/"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert member.portfolio_images.get().caption == WORDS["caption"]


# --- What buyers see -----------------------------------------------------------------------------------------------


def test_images_show_with_the_consent_alone(client, member):
    add(member)
    image = member.portfolio_images.get()
    assert "Réalisations" not in client.get(member.get_absolute_url()).text
    assert client.get(public_url(member, image)).status_code == 404

    agree(member)

    page = client.get(member.get_absolute_url()).text
    assert f'alt="{WORDS["alternative_text"]}"' in page
    assert f"<figcaption>{WORDS['caption']}</figcaption>" in page
    response = client.get(public_url(member, image))
    assert response["Content-Type"] == "image/webp"
    assert Image.open(BytesIO(body_of(response))).format == "WEBP"


@pytest.mark.django_db(transaction=True)
def test_a_page_that_was_kept_follows_each_change(client, member):
    agree(member)
    pages = [client.get(member.get_absolute_url()).text]

    add(member)
    pages.append(client.get(member.get_absolute_url()).text)
    actions.withdraw_consent(co_entrepreneur_pk=member.pk, item="portfolio")
    pages.append(client.get(member.get_absolute_url()).text)

    assert ["galerie" in page for page in pages] == [False, True, False]


@pytest.mark.parametrize("gone", ["unticked", "departed", "of another fiche"])
def test_an_image_has_no_public_address_without_its_fiche(client, member, other_member, gone):
    add(member)
    agree(member)
    image, address = member.portfolio_images.get(), member
    if gone == "unticked":
        type(member).objects.filter(pk=member.pk).update(client_public=False)
    elif gone == "departed":
        type(member).objects.filter(pk=member.pk).update(departed_on="2020-01-01")
    else:
        type(member).objects.filter(pk=other_member.pk).update(slug="autre")
        address = type(member).objects.get(pk=other_member.pk)

    assert client.get(public_url(address, image)).status_code == 404


def test_a_new_request_to_be_listed_keeps_the_consent_that_it_does_not_ask(member):
    agree(member)

    withdraw_consents(member, kept=[])

    assert member.consents.active().filter(item="portfolio").exists()


# --- The back office -----------------------------------------------------------------------------------------------


def test_the_referent_sees_the_images_and_takes_one_away(as_referent, member):
    add(member)
    image = member.portfolio_images.get()
    url = admin_url("coentrepreneur_change", member.pk)
    page = as_referent.get(url)

    assert status_of(as_referent.get(admin_url("portfolioimage_photo", image.pk))) == 200
    response = as_referent.post(url, typed_in_admin(page, **{"portfolio_images-0-DELETE": "on"}))

    assert response.status_code == 302
    assert not PortfolioImage.objects.exists()


def test_a_colleague_reads_no_image_that_the_fiche_does_not_show(as_other_referent, member):
    add(member)
    image = member.portfolio_images.get()

    assert as_other_referent.get(admin_url("portfolioimage_photo", image.pk)).status_code == 404


def test_the_data_of_a_member_hold_their_images(member):
    add(member)

    data, archive = download(member)

    [told] = data["réalisations"]
    assert told["légende"] == WORDS["caption"]
    assert told["image"] in archive.namelist()


def test_a_caption_names_the_image_that_it_stands_under(member):
    add(member)

    figure = html.fromstring(browser_of(member).get(PAGE).text).find(".//figure")

    assert (figure.get("role"), figure.get("aria-label")) == ("group", WORDS["caption"])
    assert figure.find("figcaption").text == WORDS["caption"]
