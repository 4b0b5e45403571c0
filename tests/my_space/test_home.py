from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import html

from directory.models import CpvCode, Department, FicheProposal, ListingRequest, Skill, TeamMember
from directory.my_space.completeness import completeness_of
from tests.cast import browser_of
from tests.factories import (
    CoEntrepreneurFactory,
    CvFactory,
    FicheProposalFactory,
    ListingRequestFactory,
    ReferenceFactory,
    ReferentFactory,
    TeamMemberFactory,
)

pytestmark = pytest.mark.django_db
HOME = "/mon-espace/"
PREVIEW = "/mon-espace/apercu/"


def read(member):
    return browser_of(member).get(HOME).text


def complete(**kwargs):
    """A fiche that lacks nothing."""
    fiche = CoEntrepreneurFactory(
        presentation="Vingt ans d’accueil.",
        phone="04 67 00 00 00",
        photo="photos/x.webp",
        skills=Skill.objects.all()[:1],
        cpv_codes=CpvCode.objects.all()[:1],
        departments=Department.objects.filter(code="34"),
        **kwargs,
    )
    for item in ("phone", "photo"):
        fiche.consents.create(item=item)
    ReferenceFactory(co_entrepreneur=fiche)
    CvFactory(co_entrepreneur=fiche)
    return fiche


# --- The home page ------------------------------------------------------------------------------------------------


def test_the_referent_is_named_with_how_to_reach_them():
    claire = ReferentFactory(name="Claire Fabre", phone="04 67 11 22 33", user__email="claire@example.org")

    page = read(CoEntrepreneurFactory(referent=claire))

    assert "Claire Fabre" in page
    assert 'href="mailto:claire@example.org"' in page
    assert 'href="tel:+33467112233"' in page


def test_without_a_referent_the_cooperative_is_the_one_to_write_to(settings):
    assert f"mailto:{settings.COOPERATIVE['email']}" in read(CoEntrepreneurFactory(referent=None))


def test_a_listed_fiche_says_since_when_and_offers_the_way_out():
    page = read(CoEntrepreneurFactory(listed=True))

    assert "Au catalogue depuis" in page
    assert 'href="/mon-espace/quitter-le-catalogue/"' in page
    assert "Demander mon référencement" not in page


def test_a_fiche_that_is_not_listed_offers_to_ask():
    page = read(CoEntrepreneurFactory())

    assert "Pas au catalogue" in page
    assert "Demander mon référencement" in page
    assert "quitter-le-catalogue" not in page


def test_asking_opens_the_request_without_another_mail():
    member = CoEntrepreneurFactory()

    response = browser_of(member).post("/mon-espace/demande/", follow=True)

    assert response.context["form"]["headline"].value() == member.headline


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("submitted", "est entre les mains de"),
        ("changes_asked", "vous demande de compléter"),
        ("refused", "n’a pas été acceptée"),
    ],
)
def test_the_request_says_where_it_stands(state, sentence):
    member = CoEntrepreneurFactory()
    decided = {"decided_by": member.referent.user, "decided_at": timezone.now(), "comment": "Précisez l’offre."}
    ListingRequestFactory(
        co_entrepreneur=member,
        state=state,
        refusal_reason=ListingRequest.RefusalReason.OFFER_UNCLEAR if state == "refused" else "",
        **({} if state == "submitted" else decided),
    )

    page = read(member)

    assert sentence in page
    assert "/referencement/demande/suivi/" in page


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("submitted", "attend une réponse"),
        ("accepted", "est acceptée"),
        ("partly", "acceptée en partie"),
        ("refused", "n’est pas reprise"),
    ],
)
def test_the_proposal_says_where_it_stands(state, sentence):
    member = CoEntrepreneurFactory()
    decided = {"decided_by": member.referent.user, "decided_at": timezone.now(), "comment": "La raison."}
    FicheProposalFactory(co_entrepreneur=member, state=state, **({} if state == "submitted" else decided))

    page = read(member)

    assert sentence in page
    assert "Accroche" in page
    assert ("La raison." in page) == (state != "submitted")


def test_a_proposal_that_was_withdrawn_is_no_news():
    proposal = FicheProposalFactory(state=FicheProposal.State.WITHDRAWN)

    assert "proposition" not in read(proposal.co_entrepreneur).lower().replace("proposer", "")


def test_an_invitation_to_a_team_stands_out():
    seat = TeamMemberFactory(state=TeamMember.State.INVITED, answered_at=None)

    assert "1 invitation attend votre réponse" in read(seat.co_entrepreneur)


def test_the_page_costs_the_same_whatever_there_is(django_assert_max_num_queries):
    member = complete(listed=True)
    ReferenceFactory.create_batch(5, co_entrepreneur=member)
    FicheProposalFactory(co_entrepreneur=member, changes={"skills": [1]}, before={"skills": []})
    ListingRequestFactory(co_entrepreneur=member)
    browser = browser_of(member)

    with django_assert_max_num_queries(19):
        browser.get(HOME)


# --- How complete -------------------------------------------------------------------------------------------------


def score_of(browser):
    return browser.get(HOME).context["completeness"]


def test_a_complete_fiche_scores_a_hundred():
    found = score_of(browser_of(complete()))

    assert found.score == 100
    assert found.suggestions == []


def test_the_points_make_a_hundred_and_the_weightiest_is_advised_first():
    member = CoEntrepreneurFactory(headline="", public_offer="")

    found = score_of(browser_of(member))

    assert sum(point.weight for point in found.points) == 100
    assert found.score == 0
    assert [point.weight for point in found.suggestions] == [20, 15, 15]


def test_what_is_proposed_already_is_not_advised_again():
    member = CoEntrepreneurFactory(headline="", public_offer="")
    FicheProposalFactory(co_entrepreneur=member, changes={"public_offer": "Une offre"}, before={"public_offer": ""})

    found = score_of(browser_of(member))

    assert [point.weight for point in found.proposed] == [20]
    assert all("offre aux clients" not in point.advice for point in found.suggestions)


def test_a_phone_without_consent_and_an_old_cv_count_for_nothing():
    member = complete()
    member.consents.filter(item="phone").update(withdrawn_at=timezone.now())
    member.cv.updated_at = timezone.now() - timedelta(days=366)
    member.cv.save()

    found = score_of(browser_of(member))

    assert found.score == 90
    assert [point.advice for point in found.suggestions] == [
        "Montrez votre téléphone ou votre site",
        "Relisez votre CV",
    ]
    assert found.suggestions[0].url == "/mon-espace/accords/"


def test_each_advice_leads_to_a_page_that_exists():
    bare = CoEntrepreneurFactory(headline="", public_offer="")
    browser = browser_of(bare)

    for point in score_of(browser).points:
        path, _, anchor = point.url.partition("#")
        page = browser.get(path)
        assert page.status_code == 200
        assert f'id="{anchor}"' in page.text or not anchor


def test_completeness_needs_neither_cv_nor_proposal():
    fiche = type(CoEntrepreneurFactory()).objects.with_fiche().get()

    assert completeness_of(fiche, cv=None, proposal=None).score == 30


# --- The preview --------------------------------------------------------------------------------------------------


def test_the_preview_of_a_listed_fiche_is_what_the_public_reads(client):
    member = complete(listed=True)

    public, preview = client.get(member.get_absolute_url()).text, browser_of(member).get(PREVIEW).text

    article = public[public.index("<article") : public.index("</article>")]
    assert article.replace(f"/catalogue/{member.slug}/photo.webp", "/mon-espace/apercu/photo.webp") in preview


def test_a_fiche_that_is_not_listed_has_a_preview_which_leads_nowhere_public():
    member = complete()

    response = browser_of(member).get(PREVIEW)

    assert response.status_code == 200
    assert member.public_offer in response.text
    assert f'="/catalogue/{member.slug}/' not in response.text
    assert "Elle n’est pas dans le catalogue" in response.text
    assert "application/ld+json" not in response.text


def test_the_preview_hides_what_is_not_consented_to():
    member = complete()
    member.consents.update(withdrawn_at=timezone.now())

    page = browser_of(member).get(PREVIEW).text

    assert member.phone not in page
    assert "photo.webp" not in page


def test_one_s_own_photo_shows_to_oneself_alone(client, tmp_path):
    member = complete()

    assert browser_of(member).get("/mon-espace/apercu/photo.webp").status_code == 404  # no longer on the disk
    assert client.get("/mon-espace/apercu/photo.webp").status_code == 302


def test_the_menu_of_the_space_comes_before_the_main_part():
    """« Aller au contenu » leads past it."""
    page = html.fromstring(read(CoEntrepreneurFactory()))

    assert page.xpath("//nav[@aria-label='Mon espace']/following-sibling::main")
    assert not page.xpath("//main//nav[@aria-label='Mon espace']")
