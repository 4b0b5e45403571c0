"""What is done apart from any page: the links of the doors are mailed."""

from django.db import transaction
from procrastinate.contrib.django import app

from crealead.mail import RETRY, queue_mail
from directory.models import AccessLink, CoEntrepreneur

from . import links


@app.task(name="mail_access_link", retry=RETRY)
@transaction.atomic
def mail_access_link(*, email, page, then, mail, stranger_mail):
    """Mail the link of a door to who asked for it; a member's goes to the address as their fiche has it.

    Args:
        email: as it was typed.
        page: what the link opens, which tells its kind.
        then: the path to go to once in.
        mail: the mail for a member.
        stranger_mail: the one for an address that no member has.
    """
    member = CoEntrepreneur.objects.present().with_address(email).first()
    link = AccessLink.objects.create(email=member.email if member else email)
    context = {"member": member, "url": links.with_suite(links.OF_DOORS[page].url(link), then)}
    queue_mail(to=link.email, template=mail if member else stranger_mail, context=context)
