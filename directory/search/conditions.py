"""What a need asks of who answers, beside a trade: to be insured, to have delivered lately."""

import re

from directory.models import Insurance

_HELD = (
    r"(?:(?:avec|ayant|titulaire d'|titulaire de)\s*(?:une?|la|l')?\s*)?(?:attestations?\s+(?:d'|de\s+(?:la\s+)?)?)?"
)
_HELD += r"(?:assur(?:ances?|[ée]e?s?)\s+(?:en\s+|de\s+)?)?"
# What is taught or told of it isn't held: « formation sur la garantie décennale ».
ABOUT = re.compile(r"\bsur\s+(?:(?:la|les?)\s+|l')?(?:(?:garantie|responsabilit[ée]|assurance)s?\s+)?$", re.IGNORECASE)
INSURED = {
    Insurance.Kind.LIABILITY: re.compile(
        rf"(?<![\w-])(?:{_HELD}(?:garantie\s+)?(?:r\.?\s?c\.?[\s-]*pro(?:fessionnelle)?|"
        r"responsabilit[ée]\s+civile\s+pro(?:fessionnelle)?)|assur(?:ances?|[ée]e?s?)\s+(?:en\s+)?rc)(?![\w-])",
        re.IGNORECASE,
    ),
    Insurance.Kind.TEN_YEAR: re.compile(
        rf"(?<![\w-]){_HELD}(?:(?:garantie|responsabilit[ée])\s+)?d[ée]cennales?(?![\w-])", re.IGNORECASE
    ),
}
_LATE = r"moins de (?:trois|3) ans"
# Alone between two commas, it is what the box of the catalogue says; after another noun, it is the age of that.
RECENT = re.compile(
    r"(?:(?:avec|ayant)\s+(?:des?\s+|une\s+)?)?(?<![\w-])(?:r[ée]f[ée]rences?|r[ée]alisations?)(?:\s+[^\W\d]+){0,2}?\s+"
    rf"(?:(?:datant\s+|dat[ée]e?s?\s+)?(?:de\s+|depuis\s+)?{_LATE}|r[ée]centes?)(?![\w-])"
    rf"|(?:^|(?<=[,;(]))\s*(?:de\s+)?{_LATE}\s*(?=$|[,;)])",
    re.IGNORECASE,
)
# The catalogue knows the age of references, not of firms.
FIRM_AGE = re.compile(
    r"(?:(?:entreprise|soci[ée]t[ée]|structure)s?\s+)?(?:cr[ée][ée]e?s?|fond[ée]e?s?)\s+(?:depuis|il y a)\s+"
    r"(?:moins|plus) de (?:\w+) ans?(?![\w-])",
    re.IGNORECASE,
)
