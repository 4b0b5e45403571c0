"""What happens by itself, and may run twice or late without harm: personal data goes when its time is over.

Hours are UTC.
"""

from django.core.management import call_command
from procrastinate.contrib.django import app

from directory.privacy import remembered


@app.periodic(cron="50 3 * * *")
@app.task(
    name="purge_personal_data",
    aliases=[
        "directory.referencing.tasks.purge_personal_data",
        # What erased some of it by itself before.
        "purge_counters",
        "directory.referencing.tasks.purge_counters",
    ],
    queueing_lock="purge_personal_data",
    lock="purge_personal_data",
)
def purge_personal_data(**_when):
    """Erase the personal data whose time is over, as the page on privacy promises; see the command of that name."""
    call_command("purge_personal_data", yes=True, verbosity=0)


@app.periodic(cron="*/5 * * * *")
@app.task(name="remember_withdrawals", queueing_lock="remember_withdrawals", lock="remember_withdrawals")
def remember_withdrawals(**_when):
    """Keep, out of reach of the backups, the consents that were withdrawn and the fiches that left the catalogue.

    Returns:
        int: how many.
    """
    return remembered.remember_withdrawals()
