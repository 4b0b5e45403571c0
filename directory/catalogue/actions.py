from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone

from crealead.mail import queue_mail
from crealead.rate_limit import allow
from directory.models import BuyerSearch, CoEntrepreneur, ContactMessage, FruitlessSearch
from directory.privacy.actions import tells_of_someone
from directory.search.places import fold

SAME_MESSAGE_WITHIN = timedelta(hours=1)
MOST_FRUITLESS = 5000
MOST_SEARCHES_A_DAY = 1000
MOST_FRUITLESS_LETTERS = 200


@transaction.atomic
def send_message(*, message):
    """Keep a buyer's message and mail it to the co-entrepreneur, who answers the buyer directly; the buyer gets a copy.

    The same message sent again within the hour, by a second click or a reload, is neither kept nor mailed twice.

    Args:
        message: an unsaved, valid `ContactMessage` with its fiche.

    Returns:
        ContactMessage: the one that is kept, this one or the first.
    """
    # One at a time for one fiche: of two clicks at once, the second sees what the first kept.
    fiche = CoEntrepreneur.objects.select_for_update(no_key=True).get(pk=message.co_entrepreneur_id)
    already = ContactMessage.objects.filter(
        co_entrepreneur=fiche,
        **{name: getattr(message, name) for name in ("email", "message", "place", "timing", "budget")},
        created_at__gt=timezone.now() - SAME_MESSAGE_WITHIN,
    ).first()
    if already:
        return already
    message.save()
    context = {"message": message, "fiche": fiche, "fiche_url": settings.SITE_URL + fiche.get_absolute_url()}
    queue_mail(to=fiche.email, template="contact_message", context=context, reply_to=message.email)
    # The address of a co-entrepreneur is private: what answers the copy comes to the cooperative.
    queue_mail(
        to=message.email,
        template="contact_message_copy",
        context=context,
        reply_to=settings.COOPERATIVE["email"],
    )
    return message


@transaction.atomic
def tell_cooperative(*, message, need):
    """Mail a need to the cooperative, and a copy to the buyer; neither is kept.

    The same message sent again within the hour, by a second click or a reload, is not mailed twice.

    Args:
        message: an unsaved, valid `ContactMessage` without fiche.
        need: the `need_page.Told` that the message comes with.
    """
    if not allow(scope="need-same", sender=f"{message.email} {message.message}", limit=1, window=SAME_MESSAGE_WITHIN):
        return
    context = {"message": message, "need": need}
    cooperative = settings.COOPERATIVE["email"]
    queue_mail(to=cooperative, template="need_message", context=context, reply_to=message.email)
    queue_mail(to=message.email, template="need_message_copy", context=context, reply_to=cooperative)


def count_search(*, query, shown):
    """Count that a search was made today, under its query string, and that its first page shows these fiches.

    Nothing else is kept: no person, no address, no hour; and no search that names somebody. Past
    `MOST_SEARCHES_A_DAY`, no other is counted that day.

    Args:
        query: the query string, empty for the whole catalogue, which isn't counted.
        shown: the keys of the fiches of the first page.
    """
    today = timezone.localdate()
    with connection.cursor() as cursor:
        if query and len(query) <= BuyerSearch.LONGEST and not tells_of_someone(QueryDict(query).get("q", "")):
            cursor.execute(
                """
                INSERT INTO directory_buyersearch AS kept (day, query, count)
                SELECT %(today)s, %(query)s, 1
                WHERE (SELECT count(*) FROM directory_buyersearch WHERE day = %(today)s) < %(most)s
                ON CONFLICT (day, query) DO UPDATE SET count = kept.count + 1
                """,
                {"today": today, "query": query, "most": MOST_SEARCHES_A_DAY},
            )
        # Once a day for each: after that, nothing is written.
        cursor.execute(
            """
            INSERT INTO directory_firstpage AS kept (co_entrepreneur_id, first_on, last_on)
            SELECT id, %(today)s, %(today)s FROM directory_coentrepreneur AS fiche
            WHERE id = ANY (%(shown)s::bigint[]) AND NOT EXISTS (
                SELECT FROM directory_firstpage WHERE co_entrepreneur_id = fiche.id AND last_on = %(today)s)
            ORDER BY id
            ON CONFLICT (co_entrepreneur_id) DO UPDATE SET last_on = excluded.last_on
            """,
            {"today": today, "shown": list(shown)},
        )


def count_fruitless(*, text):
    """Count one more search that found nothing, under its words without accents or capitals, and nothing else.

    One that names somebody, by a name, a phone or an address, isn't kept.
    Past `MOST_FRUITLESS` different texts, the oldest of the rarest makes room: no stranger fills the table for good.
    """
    if tells_of_someone(text):
        return
    words = (fold(text) or text.lower())[:MOST_FRUITLESS_LETTERS]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO directory_fruitlesssearch AS kept (words, count, last_on) VALUES (%s, 1, %s)
            ON CONFLICT (words) DO UPDATE SET count = kept.count + 1, last_on = excluded.last_on
            """,
            [words, timezone.localdate()],
        )
    if FruitlessSearch.objects.count() > MOST_FRUITLESS:
        oldest = FruitlessSearch.objects.order_by("count", "last_on", "pk").values("pk")[:1]
        FruitlessSearch.objects.filter(pk__in=oldest).delete()
