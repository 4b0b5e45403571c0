from django.db import models
from procrastinate.contrib.django.models import ProcrastinateJob


class FailedMailQuerySet(models.QuerySet):
    def given_up(self):
        """Those that no one tries any more."""
        return self.filter(job__status="failed")


class FailedMail(models.Model):
    """A mail of the queue that could not leave, and why; written by `crealead.mail`, it goes with its job."""

    # In the database the constraint cascades: the queue deletes its jobs by itself.
    job = models.OneToOneField(
        ProcrastinateJob,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        primary_key=True,
        related_name="failure",
        verbose_name="tâche",
    )
    failed_at = models.DateTimeField("en échec depuis")
    tried_at = models.DateTimeField("dernier essai")
    reason = models.CharField("raison", max_length=300)

    objects = FailedMailQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel en échec"
        verbose_name_plural = "courriels en échec"
        ordering = ["-failed_at", "pk"]

    def __str__(self):
        return f"{self.job.args['subject']}, pour {self.job.args['to']}"
