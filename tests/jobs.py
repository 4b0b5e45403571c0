"""The queue, run for real inside a test."""

import json

from asgiref.sync import async_to_sync, sync_to_async
from django.core import mail
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import DjangoApp, app
from procrastinate.contrib.django.django_connector import DjangoConnector

from crealead import mail as mail_queue
from directory.models import FailedMail


class _ConnectorOfTheTest(DjangoConnector):
    """Django's own connection, which sees what the test hasn't committed; it leaves JSON undecoded."""

    def _dictfetch(self, cursor):
        for row in super()._dictfetch(cursor):
            yield row | {"args": json.loads(row["args"])} if row.get("args") else row


async def _in_this_thread(call_next, context, worker):
    """Run the task where the test's transaction is: the worker's own threads would see nothing of it."""
    given = [context] if context.task.pass_context else []
    return await sync_to_async(context.task, thread_sensitive=True)(*given, **context.job.task_kwargs)


def run_jobs():
    """Run every job that is due, through procrastinate's worker, on the connection of the test.

    Nothing periodic is deferred; a job that fails is put off as it would be in production.

    Returns:
        list: the mails sent meanwhile (`django.core.mail.outbox` from where it stood).
    """
    app.perform_import_paths()
    worker_app = DjangoApp(connector=_ConnectorOfTheTest())
    worker_app.tasks = app.tasks
    before = len(mail.outbox)
    async_to_sync(worker_app.run_worker_async)(
        wait=False,
        listen_notify=False,
        install_signal_handlers=False,
        delete_jobs="successful",
        worker_middleware=[_in_this_thread],
    )
    return mail.outbox[before:]


def failed_mail(*, to="lucie@example.org", status="failed", failed_at=None, reason="Le serveur ne répond pas."):
    """A mail that couldn't leave, as the worker leaves it in the queue."""
    mail_queue.send_mail.defer(
        to=to,
        subject="Un essai",
        body="Bonjour,\n",
        reply_to=None,
        message_id="<1@example.org>",
        date="Sat, 28 Nov 2026 10:00:00 +0100",
        template="fiche_listed",
    )
    failed_at = failed_at or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = %s, attempts = 10, scheduled_at = now() + interval '1 hour'"
            " WHERE id = (SELECT max(id) FROM procrastinate_jobs) RETURNING id",
            [status],
        )
        [job_id] = cursor.fetchone()
    return FailedMail.objects.create(job_id=job_id, failed_at=failed_at, tried_at=failed_at, reason=reason)
