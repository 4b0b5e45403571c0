"""Fiches whose words a spreadsheet is tempted to change, and their file once another program saved it."""

from datetime import date
from pathlib import Path

from directory.models import CpvCode, Department, Skill
from tests.factories import CoEntrepreneurFactory

# Our export of these fiches, opened and saved by LibreOffice 7.4: `soffice --headless --convert-to`.
SAVED = Path(__file__).parents[1] / "data" / "libreoffice"
OFFER = (
    "Des ateliers\N{NARROW NO-BREAK SPACE}: « à l’écoute\N{NO-BREAK SPACE}» – 80\N{NARROW NO-BREAK SPACE}% des agents…\r\n\r\n"
    '- une puce ;\r\n  deux  espaces, \ttabulation ;\r\n=SOMME(A1) “entre guillemets” "droits" → œuvre 🎨 <b>&amp;</b>'
)


def fiches(referent):
    referent.user.email = "membre0@example.org"
    referent.user.save()
    zoe, nour, ines = [
        CoEntrepreneurFactory(referent=referent, **said)
        for said in [
            {
                "email": "zoe@example.org",
                "first_name": "Zoé",
                "last_name": "D’Àvila-Ñuñez",
                "trade_name": "@telier",
                "headline": "=1+1",
                "public_offer": OFFER,
                "presentation": "-",
                "skills": Skill.objects.all()[:3],
                "phone": "04 67 12 34 56",
                "website": "https://www.exemple.fr/page?a=1&b=é",
                "listed": True,
            },
            {
                "email": "nour@example.org",
                "last_name": "Durand1",
                "trade_name": "007",
                "headline": "1/2",
                "city": "2E3",
                "public_offer": "'68",
                "presentation": "TRUE",
                "phone": "+32 2 555 12 12",
                "departed_on": date(2031, 1, 2),
                "contract_stage": "cape",
                "nationwide": True,
            },
            {
                "email": "ines@example.org",
                "last_name": "Durand2",
                "trade_name": "12,5 %",
                "headline": "31.12.2027",
                "presentation": "'=a",
                "city": "34",
            },
        ]
    ]
    zoe.departments.set(Department.objects.filter(code__in=["09", "34", "2A"]))
    zoe.cpv_codes.set(CpvCode.objects.all()[:3])
    nour.departments.set(Department.objects.filter(code="09"))
    nour.cpv_codes.set(CpvCode.objects.all()[:1])
    ines.departments.set(Department.objects.filter(code__in=["01", "02"]))
    CpvCode.objects.create(code="03111000", label="Graines")
    ines.cpv_codes.add("03111000")
