"""The cast of the tests: each factory makes one valid object, alone."""

from datetime import date, timedelta

import factory
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from directory import models


class UserFactory(DjangoModelFactory):
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"membre{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    password = factory.django.Password("une-phrase-de-passe-longue")


class AdministratorFactory(UserFactory):
    username = factory.Sequence(lambda n: f"administratrice{n}")
    is_staff = True
    is_superuser = True


class ReferentFactory(DjangoModelFactory):
    class Meta:
        model = models.Referent

    user = factory.SubFactory(UserFactory, is_staff=True)
    name = factory.Sequence(lambda n: f"Référente {n}")


class StandInFactory(DjangoModelFactory):
    """Today and tomorrow."""

    class Meta:
        model = models.StandIn

    referent = factory.SubFactory(ReferentFactory)
    stand_in = factory.SubFactory(ReferentFactory)
    starts_on = factory.LazyFunction(timezone.localdate)
    ends_on = factory.LazyAttribute(lambda row: row.starts_on + timedelta(days=1))


class CoEntrepreneurFactory(DjangoModelFactory):
    """A complete fiche, not listed; `listed=True` ticks the box."""

    class Meta:
        model = models.CoEntrepreneur
        skip_postgeneration_save = True

    class Params:
        listed = factory.Trait(client_public=True, listed_since=factory.LazyFunction(timezone.localdate))

    first_name = "Camille"
    last_name = factory.Sequence(lambda n: f"Durand{n}")
    trade_name = factory.Sequence(lambda n: f"Atelier {n}")
    headline = "Formation des agents à l’accueil du public"
    public_offer = "Des sessions courtes, dans vos locaux, pour les agents d’accueil."
    email = factory.Sequence(lambda n: f"camille{n}@example.org")
    referent = factory.SubFactory(ReferentFactory)

    @factory.post_generation
    def skills(self, create, extracted, **kwargs):
        if create and extracted:
            self.skills.set(extracted)

    @factory.post_generation
    def cpv_codes(self, create, extracted, **kwargs):
        if create and extracted:
            self.cpv_codes.set(extracted)

    @factory.post_generation
    def departments(self, create, extracted, **kwargs):
        if create and extracted:
            self.departments.set(extracted)


class PublicClientFactory(DjangoModelFactory):
    class Meta:
        model = models.PublicClient

    name = factory.Sequence(lambda n: f"Commune de Sainte-Épreuve-{n}")
    type = models.PublicClient.Type.MUNICIPALITY


class ReferenceFactory(DjangoModelFactory):
    class Meta:
        model = models.Reference

    co_entrepreneur = factory.SubFactory(CoEntrepreneurFactory)
    client = factory.SubFactory(PublicClientFactory)
    subject = "Formation de vingt agents d’accueil"
    starts_on = factory.LazyFunction(lambda: date(timezone.localdate().year - 2, 1, 1))
    publishable = True
    state = models.Reference.State.VALIDATED
    decided_at = factory.LazyFunction(timezone.now)


class ListingRequestFactory(DjangoModelFactory):
    class Meta:
        model = models.ListingRequest

    co_entrepreneur = factory.SubFactory(CoEntrepreneurFactory)
    referent = factory.SelfAttribute("co_entrepreneur.referent")
    email = factory.SelfAttribute("co_entrepreneur.email")
    first_name = factory.SelfAttribute("co_entrepreneur.first_name")
    last_name = factory.SelfAttribute("co_entrepreneur.last_name")
    trade_name = factory.SelfAttribute("co_entrepreneur.trade_name")
    headline = "Former les agents d’accueil, sur place"
    public_offer = "Une offre proposée, plus précise que celle de la fiche."


class PaperFactory(DjangoModelFactory):
    """A Kbis that anyone downloads, valid for `since` days and for `left` more after today."""

    class Meta:
        model = models.Paper

    class Params:
        since = 10
        left = 10

    kind = "registration"
    is_public = True
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7 un document", name="a.pdf"))
    starts_on = factory.LazyAttribute(lambda paper: timezone.localdate() - timedelta(days=paper.since))
    expires_on = factory.LazyAttribute(lambda paper: timezone.localdate() + timedelta(days=paper.left))


class DomainFactory(DjangoModelFactory):
    class Meta:
        model = models.Domain

    name = factory.Sequence(lambda n: f"Domaine d’essai {n}")
    slug = factory.Sequence(lambda n: f"domaine-essai-{n}")


class SkillFactory(DjangoModelFactory):
    class Meta:
        model = models.Skill

    domain = factory.SubFactory(DomainFactory)
    name = factory.Sequence(lambda n: f"Compétence d’essai {n}")
    slug = factory.Sequence(lambda n: f"competence-essai-{n}")


class CvFactory(DjangoModelFactory):
    class Meta:
        model = models.Cv

    co_entrepreneur = factory.SubFactory(CoEntrepreneurFactory)
    title = "Formatrice"


class FicheProposalFactory(DjangoModelFactory):
    class Meta:
        model = models.FicheProposal

    co_entrepreneur = factory.SubFactory(CoEntrepreneurFactory)
    changes = factory.LazyFunction(lambda: {"headline": "Former, sur place, les agents d’accueil"})
    before = factory.LazyAttribute(lambda proposal: {"headline": proposal.co_entrepreneur.headline})


class ConsultationFactory(DjangoModelFactory):
    class Meta:
        model = models.Consultation

    author_member = factory.SubFactory(CoEntrepreneurFactory)
    buyer = factory.SubFactory(PublicClientFactory)
    subject = "Formation des agents d’accueil"
    deadline = factory.LazyFunction(lambda: timezone.now() + timedelta(days=21))


class TeamMemberFactory(DjangoModelFactory):
    """Someone who accepted, as a member of the team."""

    class Meta:
        model = models.TeamMember

    consultation = factory.SubFactory(ConsultationFactory)
    co_entrepreneur = factory.SubFactory(CoEntrepreneurFactory)
    state = models.TeamMember.State.ACCEPTED
    answered_at = factory.LazyFunction(timezone.now)


class MemoTrameFactory(DjangoModelFactory):
    class Meta:
        model = models.MemoTrame

    name = factory.Sequence(lambda n: f"Trame d’essai {n}")
    service = "Formation"
