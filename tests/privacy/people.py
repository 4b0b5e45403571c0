"""People put in with a rare name in every field, and their erasure, looked for in the whole database."""

import json

import pghistory
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings as site_settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from directory.forms import files
from directory.listing import actions as listing
from directory.models import (
    AccessLink,
    Certification,
    CoEntrepreneur,
    Consent,
    ContactMessage,
    Cv,
    CvEntry,
    FicheNotice,
    FirstPage,
    FormerSlug,
    FruitlessSearch,
    GroupMessage,
    Insurance,
    Label,
    ListingDraft,
    ListingRequest,
    MemoPart,
    NotMyTrade,
    PortfolioImage,
    Reference,
    Referent,
)
from directory.my_space import actions as space
from directory.privacy.erasure import erase
from directory.sourcing.record import actions as records
from directory.sourcing.record.standing import Standing
from tests import cast
from tests.cast import browser_of
from tests.factories import (
    CoEntrepreneurFactory,
    ConsultationFactory,
    PublicClientFactory,
    UserFactory,
)
from tests.jobs import failed_mail
from tests.listing.asking import content, submit
from tests.my_space.proposing import propose

from .filling import Filler

# Neither is a word, nor a part of one.
WORD, OTHER = "quervimpt", "zyglotrax"
REASON = "Demande de la personne"


def dump():
    """All that the database holds, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        told = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT row::text FROM "{table}" AS row ORDER BY 1')
            told[table] = [text for (text,) in cursor.fetchall()]
    return told


def told_of(word):
    """The rows that hold a word, whole."""
    naming = {table: [text for text in rows if word in text.casefold()] for table, rows in dump().items()}
    return {table: rows for table, rows in naming.items() if rows}


def a_member(word=WORD, **given):
    """A co-entrepreneur who asked, was listed, and has all that one may have."""
    name = word.capitalize()
    fiche = CoEntrepreneurFactory(
        **{
            "first_name": "Zéphyrine",
            "last_name": name,
            "trade_name": f"{name} Conseil",
            "headline": f"Avec {name}",
            "public_offer": f"Tout {name}",
            "presentation": f"Rien que {name}",
            "city": f"{name}-sur-Lez",
            "email": f"zephyrine@{word}.example",
            "phone": "04 67 12 34 56",
            "website": f"https://{word}.example",
            "photo": cast.photo(),
        }
        | given
    )
    referent = fiche.referent
    ticked = content(
        headline=f"Avec {name}", public_offer=f"Tout {name}", word_to_referent=name, phone="06 12 34 56 78"
    )
    request = submit(fiche, **ticked)
    listing.accept(request_pk=request.pk, by=referent.user, comment=f"Bienvenue {name}")
    fiche.refresh_from_db()
    proposal = propose(fiche, presentation=f"Encore {name}", phone="06 98 76 54 32")
    with pghistory.context(user=referent.user.pk, reason=f"Zéphyrine {name} n’est pas prête"):
        space.refuse_proposal(proposal_pk=proposal.pk, by=referent.user, comment=f"Non, Zéphyrine {name}")
    filler = Filler(word, fiche=fiche, label=Label.objects.first(), client=PublicClientFactory())
    for model in (Consent, Certification, PortfolioImage, Cv, CvEntry, FicheNotice, NotMyTrade):
        filler.make(model)
    filler.make(Insurance, co_entrepreneur=fiche)
    FirstPage.objects.get_or_create(co_entrepreneur=fiche)
    fiche.trade_name, fiche.slug = f"{name} et compagnie", ""
    fiche.save()
    FormerSlug.objects.get_or_create(slug=f"{word}-autrefois-{fiche.pk}", co_entrepreneur=fiche)
    filler.make(Reference, co_entrepreneur=fiche)
    AccessLink.objects.create(email=fiche.email)
    ListingDraft.objects.create(email=fiche.email, typed={"nom": word})
    ContactMessage.objects.create(
        co_entrepreneur=fiche, name="Un acheteur", organisation="Une ville", email="a@example.org", message=f"À {name}"
    )
    a_group_message([fiche, CoEntrepreneurFactory(listed=True)], f"Zéphyrine {name}")
    browser_of(fiche)
    files.keep(ContentFile(word.encode(), name=word), member=fiche)
    LogEntry.objects.create(
        user=referent.user,
        content_type=ContentType.objects.get_for_model(CoEntrepreneur),
        object_id=str(fiche.pk),
        object_repr=str(fiche),
        change_message=f"{name}",
        action_flag=CHANGE,
    )
    LogEntry.objects.create(
        user=referent.user,
        content_type=ContentType.objects.get_for_model(Reference),
        object_id="0",
        object_repr=f"Zéphyrine {name}, animatrice",
        change_message=json.dumps([{"changed": {"object": f"Zéphyrine {name}"}}], ensure_ascii=False),
        action_flag=CHANGE,
    )
    failed_mail(to=fiche.email)
    FruitlessSearch.objects.create(words=f"conseil {word} {fiche.pk}", last_on=timezone.localdate())
    (site_settings.EMAIL_FILE_PATH / f"{word}.log").write_text(f"To: {fiche.email}")
    for is_closed in (False, True):
        keep_in_a_record(fiche, f"Zéphyrine {name} répond vite", is_closed=is_closed)
    # The words of the catalogue are written at the end of the transaction.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return fiche


def a_group_message(fiches, word):
    """What a buyer wrote to several at once, each of whom answered with this word."""
    now = timezone.now()
    message = GroupMessage.objects.create(
        name="Une acheteuse",
        organisation="Une ville",
        email="b@example.org",
        subject=word,
        message=f"À {word}, et à d’autres.",
        answer_by=timezone.localdate(),
        confirmed_at=now,
    )
    for fiche in fiches:
        message.recipients.create(co_entrepreneur=fiche, sent_at=now, answered_at=now, answer="knows", word=word)


def keep_in_a_record(fiche, note="", *, is_closed):
    """A buyer's record of a sourcing that keeps a fiche."""
    record = records.start(need=f"Un besoin. {note}", organisation="", fiches=[fiche.pk])
    row = record.kept.get()
    records.save_kept(record_pk=record.pk, seen=0, notes={row.pk: note}, order=[row.pk])
    if is_closed:
        records.close(record_pk=record.pk, seen=records.outline(Standing(record)), years=1)
    return record


def erased(sought, by, capture):
    """The report of an erasure that is committed; the dry run said the same, and did nothing."""
    before = dump()
    foretold = erase(sought, by=by, reason=REASON, dry_run=True)
    assert dump() == before
    with capture(execute=True):
        report = erase(sought, by=by, reason=REASON)
    assert report == foretold
    assert WORD not in repr(report).casefold()
    return report


def a_referent(word=WORD):
    """A référent who decided, was absent, wrote, and left: nobody is followed by them any more."""
    name = f"Ulysse {word.capitalize()}"
    referent = cast.referent(
        name=name,
        phone="04 67 00 00 01",
        user=UserFactory(
            username=f"ulysse.{word}",
            first_name="Ulysse",
            last_name=word.capitalize(),
            email=f"u@{word}.example",
            is_staff=True,
        ),
    )
    fiche = CoEntrepreneurFactory(referent=referent)
    listing.refuse(request_pk=submit(fiche).pk, by=referent.user, reason=ListingRequest.RefusalReason.CONTRACT_ENDING)
    consultation = ConsultationFactory(updated_by=name)
    MemoPart.objects.create(consultation=consultation, title="Méthode", updated_by=name)
    filler = Filler(word, user=referent.user)
    for model in (AccessLog, AccessAttempt, AccessFailureLog):
        filler.make(model, username=f"ulysse.{word}")
    browser_of(referent)
    failed_mail(to=referent.user.email)
    other = cast.referent()
    with pghistory.context(user=other.user.pk, reason=f"Suivi repris de {name}"):
        fiche.referent = other
        fiche.save()
    LogEntry.objects.create(
        user=other.user,
        content_type=ContentType.objects.get_for_model(Referent),
        object_id=str(referent.pk),
        object_repr=name,
        action_flag=CHANGE,
    )
    return referent, fiche
