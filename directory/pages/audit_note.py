"""`docs/accessibility.md`: the audit by page and by criterion, written from its data."""

from collections import Counter
from pathlib import Path

from crealead.words import day, days, spaced

from .audit import AUDIT, Part, Verdict, percent
from .declaration import table

NOTE = Path(__file__).resolve().parent.parent.parent / "docs" / "accessibility.md"
SPARED = "–"
OPENING = (
    "Écrit par `manage.py accessibility --write` d’après `directory/data/accessibility/audit.toml`, qui dit comment "
    "le remplir ; ne pas le corriger ici. C : conforme ; NC : non conforme ; NA : non applicable."
)


def note(audit=AUDIT):
    """The whole of it, in Markdown."""
    parts = [
        "# L’audit d’accessibilité",
        OPENING,
        *_summary(audit),
        "## Par critère",
        _by_criterion(audit),
        "## Par page",
        *(_of_page(page) for page in audit.pages),
        "## Documents",
        *(_of_document(document) for document in audit.documents),
        "## Relevé avant cet audit",
        table(
            ["Critères", "Ce qui était", "Corrigé le"],
            [
                [", ".join(one["criteria"]), one["what"], day(one.get("mended")) or "à vérifier"]
                for one in audit.findings
            ],
        ),
    ]
    return spaced("\n\n".join(parts)) + "\n"


def _summary(audit):
    yield f"État : **{audit.state().value}** ({len(audit.pages)} pages, {len(audit.documents)} sortes de documents)."
    if audit.unjudged:
        yield f"Restent à évaluer ({len(audit.unjudged)}) : {' ; '.join(audit.unjudged)}."
    if not audit.judged:
        return
    count = Counter(audit.verdicts().values())
    yield (
        f"{'Sur ce qui est évalué, à' if audit.unjudged else 'À'} ce jour ({days(*audit.days)}) : "
        f"{count[Verdict.MET]} critères respectés sur {count[Verdict.MET] + count[Verdict.NOT_MET]} applicables "
        f"({percent(audit.rate)}), {count[Verdict.NOT_APPLICABLE]} non applicables ; "
        f"taux moyen {percent(audit.average)}."
    )
    yield table(
        ["Partie", "Pages évaluées", "Taux moyen"],
        [
            [part.value, str(len(pages)), percent(sum(page.rate for page in pages) / len(pages))]
            for part in Part
            if (pages := [page for page in audit.judged if page.part is part])
        ],
    )


def _by_criterion(audit):
    verdicts = audit.verdicts() if audit.judged else {}
    rows = []
    for criterion in audit.criteria:
        verdict = verdicts.get(criterion)
        count = Counter(page.verdict(criterion.number) for page in audit.judged)
        rows.append(
            [
                criterion.number,
                criterion.title,
                verdict.value if verdict else "non évalué",
                " / ".join(str(count[one]) for one in Verdict) if verdict else SPARED,
                SPARED if verdict in (None, Verdict.NOT_APPLICABLE) else ", ".join(criterion.means),
            ]
        )
    return table(["N°", "Critère", "Verdict", "Pages C / NC / NA", "Jugé"], rows)


def _of_page(page):
    address = f" (`{page.address}`)" if page.address else ""
    lines = [f"### {page.name}", f"{page.part.value}{address}."]
    if not page.judged:
        return "\n\n".join([*lines, "Non évaluée."])
    count = Counter(page.verdict(number) for number in page.criteria)
    lines.append(
        f"Évaluée le {day(page.judged)} : {percent(page.rate)} "
        f"({', '.join(f'{count[verdict]} {verdict.value}' for verdict in Verdict)})."
    )
    for verdict, reasons in ((Verdict.NOT_MET, page.not_met), (Verdict.NOT_APPLICABLE, page.not_applicable)):
        if reasons:
            lines.append(
                "\n".join(f"- {verdict.value} {', '.join(numbers)} : {why}" for why, numbers in _by_reason(reasons))
            )
    return "\n\n".join(lines)


def _by_reason(reasons):
    found = {}
    for number, why in reasons.items():
        found.setdefault(why, []).append(number)
    return found.items()


def _of_document(document):
    judged = f"Évalué le {day(document['judged'])}." if document.get("judged") else "Non évalué à la main."
    lines = [f"### {document['name']} ({document['format']})", judged]
    if checked := document.get("checked"):
        lines.append(f"Contrôlé par : {', '.join(checked)}.")
    if faults := document.get("faults"):
        lines.append("\n".join(f"- {fault}" for fault in faults))
    return "\n\n".join(lines)
