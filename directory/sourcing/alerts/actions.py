"""Alerts: asked for, confirmed, kept, ended; and what is new for each, mailed once.

What is new is who answers now, didn't when the alert was last looked at, and has moved since: who joins, who has gained
what was asked, who is back. Who is gone is no news, and is one again on their return. Most of the words are enough to
answer, which most depends on the others: who answers since better ones left hasn't moved, and is no news either.
"""

import logging
from datetime import timedelta
from functools import cache
from itertools import groupby

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from pyroaring import BitMap

from crealead.rate_limit import allow
from directory.models import Alert, AlertNews, CatalogueChange, CoEntrepreneur, alert

from . import mails
from .searches import asks_insurance, search_of, version_of

logger = logging.getLogger(__name__)

# Alerts of one search that are told in one transaction: nobody waits long for its locks.
BATCH = 100
# Mails for one search that is asked for again.
SAME_IN_A_DAY = 2


# --- By who asked ------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(*, email, query, rhythm):
    """Keep an alert to be confirmed, and mail its link; what runs already, or is too many, is said by mail alone.

    Past `MOST_UNCONFIRMED`, past `SAME_IN_A_DAY` for one search, and past one mail a day that says they are too many,
    nothing leaves: whoever types the address of another fills their box with no more.
    """
    # Before anything is locked or written: the index that the process shares serves.
    search = search_of(query)
    answers = search.fiches
    _lock(email)
    own = Alert.objects.with_address(email)
    running, waiting = own.running(), own.to_confirm()
    # Those that nobody confirmed in time make room.
    own.filter(confirmed_at=None).exclude(pk__in=waiting.values("pk")).delete()
    same = own.filter(query=query, ended_on=None).first()
    if same and not allow(scope="alert-same", sender=f"{email} {query}", limit=SAME_IN_A_DAY, window=timedelta(days=1)):
        logger.info("an alert was asked for again too often")
    elif same and same.confirmed_at:
        mails.already(same, search)
    elif same:
        same.rhythm, same.created_at = rhythm, timezone.now()
        same.save(update_fields=["rhythm", "created_at"])
        mails.to_confirm(same, search)
    elif waiting.count() >= alert.MOST_UNCONFIRMED:
        logger.info("an alert too many waits for its confirmation")
    elif running.count() + waiting.count() >= alert.MOST:
        if allow(scope="alert-full", sender=email, limit=1, window=timedelta(days=1)):
            mails.too_many(email, running, search.index)
    else:
        told = {"told": answers.serialize(), "told_version": version_of(search)}
        mails.to_confirm(Alert.objects.create(email=email, query=query, rhythm=rhythm, **told), search)


def confirm(*, alert_pk):
    """Have it run, once, by whoever clicks; whether that was this time."""
    waiting, today = Alert.objects.to_confirm().filter(pk=alert_pk), timezone.localdate()
    row = waiting.first()
    return row is not None and bool(
        waiting.update(
            confirmed_at=timezone.now(), next_on=today + timedelta(days=row.rhythm), ends_on=today + alert.LASTS
        )
    )


def keep(*, alert_pk):
    """Have it run for as long again from today."""
    ends_on = timezone.localdate() + alert.LASTS
    return Alert.objects.running().filter(pk=alert_pk).update(ends_on=ends_on, warned_on=None)


def end(*, alert_pk):
    return Alert.objects.running().filter(pk=alert_pk).update(ended_on=timezone.localdate())


def _lock(email):
    """One at a time for an address: of two demands at once, the second sees the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('alert ' || lower(%s), 0))", [email])


# --- By itself ---------------------------------------------------------------------------------------------------


def tell_news():
    """Mail what is new for each alert whose turn has come. Equal searches are made once.

    What an alert is mailed and what it is known to have been told are one transaction: killed at any moment, the next
    call tells what remains, once. A search that fails keeps no other from being told.

    Returns:
        int: how many mails.

    Raises:
        ExceptionGroup: at the end, with what made searches fail.
    """
    sent, errors = 0, []
    due = list(Alert.objects.due().order_by("query", "pk").values_list("query", "pk"))
    for query, group in groupby(due, key=lambda row: row[0]):
        try:
            news = News(query)
            pks = [pk for _, pk in group]
            for start in range(0, len(pks), BATCH):
                sent += _tell(news, pks[start : start + BATCH], errors)
        except Exception as error:
            # The words of the search stay out of the log.
            logger.exception("an alert failed")
            errors.append(error)
    if errors:
        raise ExceptionGroup("Some alerts failed.", errors)
    return sent


def _tell(news, pks, errors):
    """Tell a batch; where it fails, each alone, so that an address that no mail can be built for stops no other."""
    try:
        return news.tell(pks)
    except Exception as error:
        if not pks[1:]:
            logger.exception("an alert failed")
            errors.append(error)
            return 0
    return sum(_tell(news, [pk], errors) for pk in pks)


class News:
    """What is new for the alerts of one search."""

    def __init__(self, query):
        # Read before any transaction: one that has locked something would have the whole index read anew.
        self.search = search_of(query)
        self.answers = self.search.fiches
        self.version, self.is_of_insurance = version_of(self.search), asks_insurance(self.search)
        # Most of them were told the same: what a mail says of their news is made once.
        self.told_of = cache(self._told_of)

    def _told_of(self, serialised):
        among = BitMap.deserialize(serialised)
        return mails.Told.of(search_of(self.search.question, index=self.search.index, among=among))

    @transaction.atomic
    def tell(self, pks):
        """Mail what is new to these alerts, and write down what they know.

        One that is being kept or ended right now is left for the next call.

        Returns:
            int: how many mails.
        """
        due = Alert.objects.due().filter(pk__in=pks).order_by("pk")
        alerts = list(due.select_for_update(skip_locked=True))
        unknown = BitMap.union(BitMap(), *(self.answers - row.told_fiches for row in alerts))
        moves = _last_moves(unknown)
        # They have left since they were searched: they aren't told, nor known.
        gone = unknown - BitMap(moves)
        today, told = timezone.localdate(), []
        for row in alerts:
            if fresh := self._news_of(row, moves):
                told.append(AlertNews(alert=row, told_on=today, told=fresh.serialize()))
                mails.news(row, self.search, self.told_of(told[-1].told))
            row.told, row.told_version = (self.answers - gone).serialize(), self.version
            row.next_on = today + timedelta(days=row.rhythm)
        AlertNews.objects.bulk_create(told)
        Alert.objects.bulk_update(alerts, ["told", "told_version", "next_on"])
        return len(told)

    def _news_of(self, row, moves):
        """Those of the fiches that have `moves` that are new to an alert."""
        fresh = BitMap(moves) & (self.answers - row.told_fiches)
        # An insurance comes into force without a move; what isn't committed has no version.
        if self.is_of_insurance or self.version is None or row.told_version is None:
            return fresh
        return BitMap(pk for pk in fresh if moves[pk] > row.told_version)


def _last_moves(fiches):
    """The version in which each of these fiches last moved, by key, of those that are in the catalogue still."""
    if not fiches:
        return {}
    change = CatalogueChange.objects.filter(co_entrepreneur_id=OuterRef("pk"))
    still = CoEntrepreneur.objects.published().filter(pk__in=list(fiches))
    return dict(still.values_list("pk", Coalesce(Subquery(change.values("version")), 0)))


def warn():
    """Say to whom it concerns that their alert ends soon, two weeks before at least.

    Returns:
        int: how many.
    """
    rows = list(Alert.objects.to_warn().values_list("pk", "query"))
    return sum(_warn(pk, search_of(query)) for pk, query in rows)


@transaction.atomic
def _warn(pk, search):
    row = Alert.objects.to_warn().select_for_update(skip_locked=True).filter(pk=pk).first()
    if row is None:
        return False
    row.warned_on = timezone.localdate()
    row.ends_on = max(row.ends_on, row.warned_on + alert.WARNED_BEFORE)
    row.save(update_fields=["warned_on", "ends_on"])
    mails.ending(row, search)
    return True


def end_those_over():
    """End those whose twelve months are over, and that nobody kept."""
    return Alert.objects.over().update(ended_on=timezone.localdate())
