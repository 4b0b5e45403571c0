"""Who the tests are about, a browser signed in as each, and what goes to and fro.

The member, their référent, another référent, an administrator, a member of staff without a role, another member: each is
a fixture of `conftest.py`, and so is their browser. What plays no part comes from `factories.py`.
"""

import re
from io import BytesIO
from urllib.parse import urlsplit

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from directory.doors.session import COOKIE, sign_in
from directory.models import CoEntrepreneur, Reference, TeamMember
from directory.rights import Viewer
from tests.factories import (
    AdministratorFactory,
    CoEntrepreneurFactory,
    ConsultationFactory,
    ReferenceFactory,
    ReferentFactory,
    TeamMemberFactory,
    UserFactory,
)

Role, State = TeamMember.Role, TeamMember.State
# A page of nothing, as short as a reader takes it.
PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
    b"0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n"
    b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n162\n%%EOF\n"
)
# What a browser leaves out of a form that nobody touched.
FILES = {"file", "clearablefile", "privatefile"}


# --- People --------------------------------------------------------------------------------------------------------


def referent(**kwargs):
    """A référent, with the group that opens the back office."""
    person = ReferentFactory(**kwargs)
    person.user.groups.add(Group.objects.get(name="Référents"))
    return person


def member(**kwargs):
    return CoEntrepreneurFactory(
        **{"first_name": "Lucie", "last_name": "Astruc", "trade_name": "Cercle ouvert", "email": "lucie@example.org"}
        | kwargs
    )


def other_member(**kwargs):
    return CoEntrepreneurFactory(
        **{"first_name": "Nora", "last_name": "Haddad", "trade_name": "Plein Champ", "email": "nora@example.org"}
        | kwargs
    )


def administrator():
    return AdministratorFactory()


def staff_without_role():
    """A member of staff who has the group's permissions, but follows nobody."""
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Référents"))
    return user


def lose_address(user):
    """Leave an account as one may be that was there before an address was asked for: the database refuses new ones."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE auth_user SET email = '' WHERE id = %s", [user.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    user.refresh_from_db()


def browser_of(person):
    """A browser where a member is in their space, or where an account or a référent is signed in to the back office."""
    browser = Client()
    if isinstance(person, CoEntrepreneur):
        response = HttpResponse()
        sign_in(response, person)
        browser.cookies[COOKIE] = response.cookies[COOKIE].value
    else:
        browser.force_login(getattr(person, "user", person))
    return browser


def viewer_of(person):
    if isinstance(person, CoEntrepreneur):
        return Viewer(member=person)
    return Viewer(user=getattr(person, "user", person))


# --- Around a reference, around a consultation ---------------------------------------------------------------------


def awaiting(**kwargs):
    """A reference that waits for a référent."""
    return ReferenceFactory(state=Reference.State.TO_VALIDATE, decided_at=None, submitted_at=timezone.now(), **kwargs)


def led(by=None, **kwargs):
    """A consultation that a member opened and leads."""
    by = by or CoEntrepreneurFactory(listed=True)
    consultation = ConsultationFactory(author_member=by, **kwargs)
    TeamMemberFactory(consultation=consultation, co_entrepreneur=by, role=Role.LEAD)
    return consultation


def lead_of(consultation):
    return consultation.team.get(role=Role.LEAD).co_entrepreneur


def seat(consultation, **kwargs):
    """A seat in a team; `state` is « accepted » unless it is said."""
    if kwargs.get("state") == State.INVITED:
        kwargs["answered_at"] = None
    return TeamMemberFactory(consultation=consultation, **kwargs)


def everyone(consultation=None):
    """A consultation, and each kind of person towards it, by name.

    The lead isn't who opened it; the référent concerned follows a member of the team, who neither leads nor opened.
    """
    concerned, of_lead = ReferentFactory(), ReferentFactory()
    opener, lead = CoEntrepreneurFactory(listed=True), CoEntrepreneurFactory(listed=True, referent=of_lead)
    consultation = consultation or ConsultationFactory(author_member=opener)
    seat(consultation, co_entrepreneur=lead, role=Role.LEAD)
    people = {
        "stranger": CoEntrepreneurFactory(listed=True),
        "invited": CoEntrepreneurFactory(listed=True),
        "accepted": CoEntrepreneurFactory(listed=True, referent=concerned),
        "declined": CoEntrepreneurFactory(listed=True),
        "lead": lead,
        "opener": opener,
        "concerned referent": concerned,
        "referent of the lead": of_lead,
        "other referent": ReferentFactory(),
        "administrator": AdministratorFactory(),
    }
    for name, state in (("invited", State.INVITED), ("accepted", State.ACCEPTED), ("declined", State.DECLINED)):
        seat(consultation, co_entrepreneur=people[name], state=state)
    return consultation, people


# --- What a browser sends ------------------------------------------------------------------------------------------


def admin_url(name, *args):
    return reverse(f"admin:directory_{name}", args=args)


def typed(*fields, **changed):
    """What a browser sends of a form, or of some fields, untouched but for what is `changed`."""
    data = {}
    for field in (bound for some in fields for bound in some):
        value = field.value()
        if value is None or value is False or field.widget_type in FILES:
            continue
        if isinstance(value, list):
            value = [str(getattr(choice, "pk", choice)) for choice in value]
        data[field.html_name] = "on" if value is True else value
    return data | changed


def typed_in_admin(response, **changed):
    """The same of a change form of the back office, with the rows that it holds already."""
    inlines = [admin_formset.formset for admin_formset in response.context["inline_admin_formsets"]]
    rows = [form for formset in inlines for form in (formset.management_form, *formset.initial_forms)]
    return typed(response.context["adminform"].form, *rows, **changed)


def pdf(name="document.pdf", content=PDF):
    return SimpleUploadedFile(name, content, "application/pdf")


def photo(color="teal", *, size=(900, 600), kind="JPEG"):
    content = BytesIO()
    Image.new("RGB", size, color).save(content, kind)
    return SimpleUploadedFile(f"moi.{kind.lower()}", content.getvalue(), f"image/{kind.lower()}")


# --- What comes back -----------------------------------------------------------------------------------------------


def text_of(response):
    """The page with its spaces made plain."""
    return response.text.replace("\N{NO-BREAK SPACE}", " ")


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def body_of(response):
    """What a download holds; read to its end, it is closed."""
    return b"".join(response.streaming_content)


def status_of(response):
    """Its status; a download is read to its end, which closes it."""
    if response.streaming:
        body_of(response)
    return response.status_code


def content_of(file):
    with file.open("rb") as opened:
        return opened.read()


def count_queries(browser, url):
    with CaptureQueriesContext(connection) as queries:
        browser.get(url)
    return len(queries)


def link_in(message, words="/"):
    """The link of this site that stands in a mail and holds these words, from its path on."""
    url = urlsplit(re.search(rf"http://\S*{words}\S*", message.body)[0])
    return f"{url.path}?{url.query}" if url.query else url.path
