"""What the audit of accessibility says, and whether its file holds."""

from django.core.management.base import BaseCommand, CommandError

from directory.pages.audit import AuditError, Verdict, percent, read
from directory.pages.audit_note import NOTE, note


class Command(BaseCommand):
    help = "Vérifie l’audit (directory/data/accessibility/audit.toml), en dit les chiffres, et en écrit la note."

    def add_arguments(self, parser):
        parser.add_argument("--write", action="store_true", help="écrire docs/accessibility.md")

    def handle(self, **options):
        try:
            audit = read()
        except AuditError as error:
            raise CommandError(error) from error
        self.stdout.write(f"État : {audit.state().value}.")
        if audit.unjudged:
            self.stdout.write(f"À évaluer ({len(audit.unjudged)}) : {' ; '.join(audit.unjudged)}.")
        if audit.judged:
            verdicts = audit.verdicts()
            missed = [one.number for one, verdict in verdicts.items() if verdict is Verdict.NOT_MET]
            applied = [verdict for verdict in verdicts.values() if verdict is not Verdict.NOT_APPLICABLE]
            self.stdout.write(
                f"{len(audit.judged)} pages évaluées : {percent(audit.rate)}, {len(applied) - len(missed)} critères "
                f"respectés sur {len(applied)} ; taux moyen {percent(audit.average)}.\n"
                f"Non conformes : {', '.join(missed) or 'aucun'}."
            )
        if options["write"]:
            NOTE.write_text(note(audit), encoding="utf-8")
            self.stdout.write(f"Écrit : {NOTE}")
