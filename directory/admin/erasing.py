"""Deleting people: from any page of the back office, it is the erasure of the person."""

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.text import capfirst

from directory.decisions import Refused
from directory.privacy.actions import erase

REASON = "Suppression dans l’espace des référents"


class ErasesPeople:
    """Mixin of a ModelAdmin whose rows are people: what is told before is what the erasure does.

    It comes before those that say how rows are deleted. A subclass says `sought_of`, the `Sought` of some rows.
    """

    delete_confirmation_template = "admin/erasure.html"

    def sought_of(self, rows):
        raise NotImplementedError

    def get_deleted_objects(self, objs, request):
        rows = list(objs)
        try:
            report = erase(self.sought_of(rows), by=request.user, reason=REASON, dry_run=True)
        except Refused as refusal:
            return [], {}, set(), [str(refusal)]
        lines = [_told(line) for line in report.lines]
        counts = {"lignes effacées": report.erased, "lignes masquées": report.masked, "fichiers effacés": report.files}
        kept = ["Reste :", list(report.kept)] if report.kept else []
        return [*map(str, rows), lines, *kept], {name: count for name, count in counts.items() if count}, set(), []

    def log_deletions(self, request, queryset):
        """Nothing before: a line that names the person would go with them."""

    def delete_model(self, request, obj):
        self._erase(request, [obj])

    def delete_queryset(self, request, queryset):
        self._erase(request, list(queryset))

    def _erase(self, request, rows):
        pks = [row.pk for row in rows]
        erase(self.sought_of(rows), by=request.user, reason=REASON)
        for pk in pks:
            LogEntry.objects.create(
                user_id=request.user.pk,
                content_type=ContentType.objects.get_for_model(self.model),
                object_id=str(pk),
                object_repr=f"{self.opts.verbose_name} n° {pk}",
                action_flag=DELETION,
            )


def _told(line):
    done = [
        f"{count} {what}"
        for count, what in [(line.erased, "à effacer"), (line.masked, "où masquer la personne")]
        if count
    ]
    return f"{capfirst(line.words)} : {', '.join(done)}"
