"""The cooperative's papers, all of them specimens: to download, to ask for, and one whose day has passed."""

from datetime import timedelta

from django.conf import settings

from directory.models import Paper

from . import files

# Kind, then for how many days it has been good and will be, and whether anyone downloads it.
PAPERS = [
    (Paper.Kind.REGISTRATION, 49, 41, True),
    (Paper.Kind.TAX, 40, 140, True),
    (Paper.Kind.SOCIAL, 200, -20, True),
    (Paper.Kind.SOCIAL, 19, 160, True),
    (Paper.Kind.INSURANCE, 150, 215, True),
    (Paper.Kind.BANK, 60, 305, False),
]


def write(today):
    papers = [
        Paper(
            kind=kind,
            starts_on=today - timedelta(days=since),
            expires_on=today + timedelta(days=left),
            is_public=is_public,
        )
        for kind, since, left, is_public in PAPERS
    ]
    for paper in papers:
        paper.file = _specimen(paper)
    return Paper.objects.bulk_create(papers)


def _specimen(paper):
    return files.proof(
        [
            "SPÉCIMEN",
            "",
            paper.name,
            f"Titulaire : {settings.COOPERATIVE['name']}",
            f"Valable du {paper.starts_on:%d/%m/%Y} au {paper.expires_on:%d/%m/%Y}",
            "",
            "Document de démonstration, sans valeur.",
        ]
    )
