"""Who walks, and the rows that they come by: the demonstration has most of them, and what it lacks is made here."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from directory.catalogue import need_page
from directory.doors import links
from directory.models import (
    AccessLink,
    CoEntrepreneur,
    Consultation,
    ContractFile,
    DuplicateNotice,
    FicheFile,
    FicheProposal,
    Kit,
    ListingAgreement,
    Participation,
    Reference,
    TeamMember,
)
from directory.search.filters import CatalogueFilter
from tests import cast
from tests.factories import CoEntrepreneurFactory
from tests.jobs import failed_mail
from tests.listing import entering

# She leads the open consultation of the demonstration whose team lacks someone, and holds references.
LEAD = "manon-guiraud@example.org"


class World:
    """Who walks, and the rows that they come by."""

    def __init__(self):
        self.lead = CoEntrepreneur.objects.get(email=LEAD)
        self.newcomer = CoEntrepreneurFactory(first_name="Nour", last_name="Haddad", email="nour@example.org")
        people = {
            "a lead": self.lead,
            "a newcomer": self.newcomer,
            "an administrator": cast.administrator(),
            "a new référent": cast.referent(name="Nadia Belkacem"),
            "who proposed": FicheProposal.objects.filter(state=FicheProposal.State.SUBMITTED)
            .latest("pk")
            .co_entrepreneur,
            "who left": self._departed(),
            "who owes a code": self._with_factor(),
        }
        self.administrator, self.with_factor = people["an administrator"], people["who owes a code"].user
        self.browsers = {"anybody": cast.Client()} | {name: cast.browser_of(who) for name, who in people.items()}
        self.seat = TeamMember.objects.filter(
            co_entrepreneur=self.lead, role=TeamMember.Role.LEAD, consultation__memo_parts__isnull=False
        ).latest("pk")
        self.consultation = self.seat.consultation
        # Another, of which the file is being made, and that looks like the first.
        self.other = cast.led(self.lead)
        Kit.objects.create(consultation=self.other, author_member=self.lead, state=Kit.State.RUNNING, made=2, total=9)
        self.notice = DuplicateNotice.objects.create(consultation=self.other, other=self.consultation)
        of_each = {consultation.standing: consultation for consultation in Consultation.objects.order_by("pk")}
        self.each_standing = [*of_each.values()]
        self.published = CoEntrepreneur.objects.published().exclude(photo="").first()
        self.gone = CoEntrepreneur.objects.departed().exclude(listed_since=None).first()
        self.image = self.lead.portfolio_images.create(
            photo=cast.photo(), alternative_text="Une affiche", caption="Lunas, 2026"
        )
        self.agreement = ListingAgreement.objects.create(co_entrepreneur=self.newcomer, asked_by=self.administrator)
        self.failed_mail = failed_mail()
        self.files = dict(self._files())
        drafts = self.browsers["who drafts"] = cast.Client()
        draft = AccessLink.objects.create(email="brouillon@example.org")
        drafts.post(links.LISTING.path(draft))
        entering.leave(drafts, "plus-tard")
        # A reference that a colleague keeps.
        self.shared = Reference.objects.exclude(co_entrepreneur=self.lead).latest("pk")
        Participation.objects.create(reference=self.shared, co_entrepreneur=self.lead)
        self.told_path = need_page.sent_url(CatalogueFilter(QueryDict("q=formation")), timezone.now())

    def _departed(self):
        return CoEntrepreneurFactory(
            first_name="Ariel", last_name="Parti", email="ariel@example.org", departed_on=timezone.localdate()
        )

    def _with_factor(self):
        person = cast.referent(name="Sacha Deux")
        TOTPDevice.objects.create(user=person.user, name="Application")
        return person

    def _files(self):
        """Files of fiches and of contracts, each in a state."""
        user = self.administrator
        for model, sizes in (
            (FicheFile, {"rows": 900, "rows_done": 300}),
            (ContractFile, {"size": 900, "read_bytes": 300}),
        ):
            name = model._meta.model_name
            for state in (model.State.RUNNING, model.State.FAILED):
                problem = "Ce fichier est illisible." if state == model.State.FAILED else ""
                yield (
                    f"{name} {state}",
                    model.objects.create(user=user, name=f"{state}.csv", state=state, problem=problem, **sizes),
                )
        browser = self.browsers["an administrator"]
        for name, rows in (
            ("errors", "email;nom;depart\nx@example.org;;hier\n"),
            ("preview", "email;prenom;nom\nneuve@example.org;nour;HADDAD\n"),
        ):
            sent = SimpleUploadedFile(f"{name}.csv", rows.encode(), "text/csv")
            browser.post(reverse("admin:directory_coentrepreneur_import"), {"file": sent})
            yield name, FicheFile.objects.latest("pk")
