import pytest

from directory.models import FailedMail
from tests.cast import admin_url, messages_of, text_of
from tests.jobs import failed_mail, run_jobs

pytestmark = pytest.mark.django_db

PAGE = admin_url("failedmail_changelist")


def act(browser, action, *rows, **more):
    data = {"action": action, "_selected_action": [row.pk for row in rows]} | more
    return browser.post(PAGE, data, follow=True)


def test_an_administrator_reads_who_what_since_when_and_why(as_administrator):
    row = failed_mail(to="lucie@example.org", reason="Le serveur de courrier refuse cette adresse.")
    failed_mail(to="zoe@example.org", status="todo")

    page = text_of(as_administrator.get(PAGE))

    for words in (
        "lucie@example.org",
        "Un essai",
        "refuse cette adresse",
        "plus aucun ne suivra",
        "le prochain le",
    ):
        assert words in page
    assert str(row) == "Un essai, pour lucie@example.org"
    assert "Bonjour" not in page
    assert "fiche_listed" not in page
    assert "lucie@" in text_of(as_administrator.get(PAGE, {"q": "lucie"}))
    assert "zoe@" not in text_of(as_administrator.get(PAGE, {"etat": "abandonnes"}))
    assert "lucie@" not in text_of(as_administrator.get(PAGE, {"etat": "essayes"}))


def test_one_is_sent_again_and_another_abandoned(as_administrator):
    again, abandoned = failed_mail(), failed_mail(to="zoe@example.org")

    sent = act(as_administrator, "send_again", again)
    left = act(as_administrator, "abandon", abandoned, confirmed="1")

    assert "1 courriel repart" in messages_of(sent)[0]
    assert "1 courriel abandonné" in messages_of(left)[0]
    assert [message.to for message in run_jobs()] == [["lucie@example.org"]]
    assert not FailedMail.objects.exists()


def test_who_gives_up_is_first_told_on_what(as_administrator):
    row = failed_mail()

    page = act(as_administrator, "abandon", row)

    assert "lucie@example.org" in text_of(page)
    assert "Un essai" in text_of(page)
    assert FailedMail.objects.filter(pk=row.pk).exists()


def test_nobody_else_comes_near(as_referent, client):
    row = failed_mail()

    assert as_referent.get(PAGE).status_code == 403
    assert as_referent.post(PAGE, {"action": "abandon", "_selected_action": [row.pk]}).status_code == 403
    assert client.get(PAGE).status_code == 302
    assert FailedMail.objects.exists()


def test_the_first_page_tells_administrators(as_administrator, as_referent):
    failed_mail()

    assert "1 courriel n’a pas pu partir" in text_of(as_administrator.get("/admin/"))
    assert "n’a pas pu partir" not in text_of(as_referent.get("/admin/"))
