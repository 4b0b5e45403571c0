import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory.models import CoEntrepreneur
from directory.search.selected import KEPT
from directory.sourcing.selection.limits import LIMITS
from directory.sourcing.selection.selection import COMPARED
from tests.cast import text_of
from tests.factories import CoEntrepreneurFactory, SkillFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db


def address(*fiches, **search):
    pairs = [f"f={fiche.slug}" for fiche in fiches] + [f"{name}={value}" for name, value in search.items()]
    return "/selection/?" + "&".join(pairs)


def table(page):
    return page.text.partition("<tbody>")[2].partition("</tbody>")[0]


@pytest.mark.django_db(transaction=True)
def test_it_is_one_page_for_all_without_cookie_and_kept(client):
    fiche = CoEntrepreneurFactory(listed=True)

    page = client.get(address(fiche))

    assert page.status_code == 200
    assert not page.cookies
    assert page["ETag"]
    assert client.get(address(fiche), headers={"if-none-match": page["ETag"]}).status_code == 304
    assert 'data-selection="1"' in page.text


def test_two_selections_are_two_pages(client):
    first, second = CoEntrepreneurFactory.create_batch(2, listed=True)

    pages = [client.get(address(*fiches)).text for fiches in ([first], [second], [first, second], [second, first])]

    assert len(set(pages)) == 4


def test_what_tells_them_apart_is_in_the_table_and_what_is_equal_is_folded(client):
    skill = SkillFactory()
    first = CoEntrepreneurFactory(listed=True, headline="Former les élus", skills=[skill])
    second = CoEntrepreneurFactory(listed=True, headline="Conseiller les mairies")

    page = client.get(address(first, second, competence=skill.slug))

    assert "Former les élus" in table(page)
    assert "1 sur 1" in table(page)
    assert "0 sur 1" in table(page)
    assert "Assurances" not in table(page)
    assert "demandez l’attestation" in page.text.partition("<summary>")[2]


def test_only_the_first_are_compared_and_all_are_told(client):
    fiches = CoEntrepreneurFactory.create_batch(COMPARED + 1, listed=True)

    page = client.get(address(*fiches))

    assert len(re.findall(r'<th\sscope="col" id="\S+" data-fiche=', page.text)) == COMPARED
    assert f'data-selection="{COMPARED + 1}"' in page.text
    assert f'data-fiche="{fiches[-1].slug}"' in page.text.partition("</table>")[2]


def test_one_too_many_is_refused_with_a_sentence(client):
    page = client.get(address(*CoEntrepreneurFactory.create_batch(KEPT + 1, listed=True)))

    assert f'data-selection="{KEPT}"' in page.text
    assert "1 fiche de plus n’est pas gardée" in page.text


def test_those_refused_are_named_when_they_are_published_and_the_others_counted(client):
    fiches = CoEntrepreneurFactory.create_batch(KEPT, listed=True)
    published, other, gone = CoEntrepreneurFactory.create_batch(3, listed=True)
    CoEntrepreneur.objects.filter(pk=gone.pk).update(client_public=False)

    page = text_of(client.get(address(*fiches, published, gone, other)))

    assert f"3 fiches de plus ne sont pas gardées : {published.name}, {other.name} et 1 autre." in page
    assert gone.name not in page


def test_the_addresses_that_are_nobodys_are_named_and_the_first_alone(client):
    few = text_of(client.get("/selection/?f=personne-ici&f=%3Cb%3E"))
    many = text_of(client.get("/selection/?" + "&".join(f"f=personne-{number}" for number in range(7))))

    assert "n’a pas gardé, 2 adresses de fiches : « personne-ici » et 1 autre." in few
    assert "« personne-4 » et 2 autres." in many
    assert "« personne-5" not in many


def test_nothing_kept_says_how_to_keep(client):
    page = client.get("/selection/")

    assert page.status_code == 200
    assert "Garder" in page.text


@pytest.mark.parametrize("count", [0, 1])
def test_how_many_are_compared_and_how_many_kept_is_said_from_the_start(client, count):
    page = client.get(address(*CoEntrepreneurFactory.create_batch(count, listed=True)))

    assert (COMPARED, KEPT) == (12, 30)
    assert "12 fiches se comparent côte à côte, 30 se gardent." in page.text


@pytest.mark.parametrize("query", ["f=" + "&f=" * 900, "f=%00&f=a%00b", "f=%FF", "f[]=a", "f=" + "a" * 3000, "q=%00"])
def test_no_address_breaks_it(client, query):
    assert client.get("/selection/?" + query).status_code in {200, 400}


def test_it_leads_to_the_same_in_another_order_and_without_one(client):
    first, second = CoEntrepreneurFactory.create_batch(2, listed=True)

    links = [
        unescape(link) for link in re.findall(r'href="(/selection/\?[^"]*)"', client.get(address(first, second)).text)
    ]

    # Back to the fiche that moved, or to that which takes the place of one removed; on a phone it is a card.
    for shown_as in ("colonne", "carte"):
        assert f"{address(second, first)}#{shown_as}-{first.slug}" in links
        assert f"{address(second, first)}#{shown_as}-{second.slug}" in links
        assert f"{address(second)}#{shown_as}-{second.slug}" in links
        assert f"{address(first)}#{shown_as}-{first.slug}" in links


@pytest.mark.parametrize("count", [1, 2, COMPARED, COMPARED + 2])
def test_each_way_leads_to_an_anchor_that_is_there(client, count):
    page = client.get(address(*CoEntrepreneurFactory.create_batch(count, listed=True))).text

    links = {unescape(link) for link in re.findall(r'href="(/selection/\?[^"]*#[^"]*)"', page)}

    assert links or count == 1
    for link in links:
        url, _, anchor = link.partition("#")
        assert f'id="{anchor}"' in client.get(url).text


def test_without_script_what_is_kept_travels_with_the_catalogue(client):
    first, second = CoEntrepreneurFactory.create_batch(2, listed=True)

    page = client.get(f"/catalogue/?f={first.slug}&tri=nom")

    assert f'<input type="hidden" name="f" value="{first.slug}">' in page.text.partition('id="garder"')[2]
    assert f'data-keep="{second.slug}"' in page.text
    assert f"{second.get_absolute_url()}?tri=nom&amp;f={first.slug}" in page.text
    back = client.get(address(first, tri="nom"))
    assert f'href="/catalogue/?f={first.slug}' in back.text
    fiche = client.get(f"{second.get_absolute_url()}?f={first.slug}")
    assert f'name="f" value="{first.slug}"' in fiche.text
    assert f'data-keep="{second.slug}"' in fiche.text


def test_the_link_is_mailed_to_a_colleague_once(client, mailoutbox):
    fiche = CoEntrepreneurFactory(listed=True)
    url = f"/selection/envoyer/?f={fiche.slug}"

    for _ in range(2):
        page = client.post(url, {"email": "maire@valferrand.example"})
    run_jobs()

    assert "est parti" in page.text
    assert "maire@valferrand.example" in page.text
    assert "no-store" in page["Cache-Control"]
    assert all("valferrand" not in cookie.value for cookie in page.cookies.values())
    assert "valferrand" not in client.get(url).text
    assert [mail.to for mail in mailoutbox] == [["maire@valferrand.example"]]
    assert address(fiche) in mailoutbox[0].body
    assert fiche.email not in mailoutbox[0].body


def test_one_address_isnt_flooded(client, mailoutbox):
    fiches = CoEntrepreneurFactory.create_batch(6, listed=True)

    pages = [
        client.post(f"/selection/envoyer/?f={fiche.slug}", {"email": "maire@valferrand.example"}) for fiche in fiches
    ]
    run_jobs()

    assert [page.status_code for page in pages] == [200] * 5 + [429]
    assert "maire@valferrand.example" in pages[-1].text
    assert len(mailoutbox) == 5


@pytest.mark.usefixtures("stopped_clock")
def test_a_network_that_floods_is_stopped_and_told_when_to_come_back(client, monkeypatch, mailoutbox):
    monkeypatch.setitem(LIMITS.most, "network", 2)
    fiche = CoEntrepreneurFactory(listed=True)

    pages = [
        client.post(f"/selection/envoyer/?f={fiche.slug}", {"email": f"agent{number}@valferrand.example"})
        for number in range(3)
    ]
    run_jobs()

    assert [page.status_code for page in pages] == [200, 200, 429]
    told = text_of(pages[-1])
    assert "de votre réseau" in told
    assert re.search(r"envoyez-la à partir du \d+(er)? \S+ \d{4} à 0?[12] h 00", told)
    assert "agent2@valferrand.example" in told
    assert len(mailoutbox) == 2


def test_a_wrong_address_is_said_and_nothing_leaves(client, mailoutbox):
    fiche = CoEntrepreneurFactory(listed=True)

    page = client.post(f"/selection/envoyer/?f={fiche.slug}", {"email": "maire@"})
    run_jobs()

    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert mailoutbox == []


def test_nothing_kept_is_nothing_to_send(client):
    assert client.get("/selection/envoyer/?f=personne").headers["Location"] == "/selection/"


def test_as_many_queries_for_twelve_as_for_two(client, django_assert_num_queries):
    fiches = CoEntrepreneurFactory.create_batch(COMPARED, listed=True)
    with CaptureQueriesContext(connection) as few:
        client.get(address(*fiches[:2]))

    with django_assert_num_queries(len(few)):
        client.get(address(*fiches))


def test_the_mail_carries_the_filters_and_no_word_that_was_typed(client):
    skill = SkillFactory()
    fiche = CoEntrepreneurFactory(listed=True, skills=[skill])

    send = f"/selection/envoyer/?f={fiche.slug}&q=payez+votre+facture&competence={skill.slug}"
    client.post(send, {"email": "maire@valferrand.example"})
    [mail] = run_jobs()

    assert "facture" not in str(mail.message())
    shown = re.search(r"Le lien\xa0: (\S+)</p>", unescape(client.get(send).text))[1]
    assert shown in mail.body
    assert "facture" not in shown
    assert f"f={fiche.slug}&competence={skill.slug}" in mail.body


@pytest.mark.parametrize(("search", "is_said"), [({"q": "AMO"}, True), ({"references": "1"}, False), ({}, False)])
def test_that_the_words_of_the_need_stay_here_is_said_where_there_are_some(client, search, is_said):
    fiche = CoEntrepreneurFactory(listed=True)

    page = client.get(address(fiche, **search).replace("/selection/", "/selection/envoyer/"))

    assert ("Les mots de votre besoin n’y sont pas" in page.text) == is_said


def test_the_page_says_which_addresses_are_nobodys_or_have_changed(client):
    fiche, gone = CoEntrepreneurFactory.create_batch(2, listed=True)
    former = fiche.slug
    fiche.last_name = "Autrement"
    fiche.save()
    gone.client_public = False
    gone.save()

    page = client.get(f"/selection/?f={former}&f={gone.slug}&f=personne")

    assert f'data-left="{gone.slug} personne"' in page.text
    assert f'data-renamed="{former}:{fiche.slug}"' in page.text


def test_a_search_whose_words_nobody_has_all_is_answered_in_part(client):
    planner = CoEntrepreneurFactory(listed=True, headline="Urbanisme des bourgs")
    coach = CoEntrepreneurFactory(listed=True, headline="Concertation des bourgs")

    some = client.get(address(planner, coach, q="urbanisme+concertation")).text
    whole = client.get(address(planner, coach, q="bourgs")).text

    assert "en partie" in some
    assert "en partie" not in whole
    assert ">oui<" in whole
    assert "<dd>« bourgs »</dd>" in whole.replace("\u00a0", " ")


@pytest.mark.parametrize("page", ["/selection/", "/messages/nouveau/", "/selection/dossier/"])
def test_what_an_address_keeps_in_vain_is_told_wherever_it_leads(client, page):
    kept, unticked = CoEntrepreneurFactory.create_batch(2, listed=True)
    CoEntrepreneur.objects.filter(pk=unticked.pk).update(client_public=False)

    told = text_of(client.get(f"{page}?f={kept.slug}&f={unticked.slug}&f=jamais-vue"))

    assert f"{unticked.name} n’est plus au catalogue" in told
    assert "« jamais-vue »" in told
