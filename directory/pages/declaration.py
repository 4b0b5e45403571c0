"""The declaration of accessibility: the cooperative's text, with what the audit says where it has a mark."""

import re

from django.conf import settings
from django.urls import reverse

from crealead.words import counted, day, days, years

from .audit import AUDIT, DOCUMENTS, VALID_YEARS, Part, State, Verdict, percent

MARK = re.compile(r"\[\[([^\[\]]+)\]\]")


def filled(text, audit=AUDIT):
    """The text of the page with what the audit says, in Markdown; what has no place in it comes last, under its title.

    What no mark is stays as it is written.
    """
    blocks = {name: made(audit) for name, (_, made) in BLOCKS.items()}
    placed = {mark.strip() for mark in MARK.findall(text)}
    left = [f"## {title}\n\n[[{name}]]" for name, (title, _) in BLOCKS.items() if name not in placed]
    return MARK.sub(lambda mark: blocks.get(mark[1].strip(), mark[0]), "\n\n".join([text, *left]))


def _state(audit):
    state = audit.state()
    if state is State.UNKNOWN:
        return _unknown(audit)
    return (
        f"L’entrée client public de {settings.COOPERATIVE['name']} est **{state.value}** avec le référentiel général "
        f"d’amélioration de l’accessibilité (RGAA), version {audit.version}{_in_reason(audit)}"
    )


def _unknown(audit):
    """What isn't judged isn't met, for the law; it is said that nobody knows."""
    name = settings.COOPERATIVE["name"]
    opening = f"L’entrée client public de {name} est **non conforme** au sens de la loi : "
    if not audit.unjudged:
        return f"{opening}son audit a plus de {years(VALID_YEARS)}, elle est donc **non évaluée**."
    whole = len(audit.pages) + len(audit.documents)
    return (
        f"{opening}elle est **non évaluée**. L’audit selon le RGAA {audit.version} est en cours : "
        f"{counted(whole - len(audit.unjudged), 'page ou document jugé', 'pages et documents jugés')} sur {whole}. "
        "Aucun taux n’est donné avant la fin."
    )


def _in_reason(audit):
    missed = [one for one, verdict in audit.verdicts().items() if verdict is Verdict.NOT_MET]
    if not missed:
        return ", dont tous les critères applicables sont respectés."
    return f", en raison des {counted(len(missed), 'non-conformité énumérée', 'non-conformités énumérées')} plus bas."


def _results(audit):
    if audit.unjudged:
        return "L’audit n’est pas fini : aucun résultat n’est encore donné."
    verdicts = list(audit.verdicts().values())
    met, missed = verdicts.count(Verdict.MET), verdicts.count(Verdict.NOT_MET)
    parts = [
        [part.value, str(len(pages)), percent(sum(page.rate for page in pages) / len(pages))]
        for part in Part
        if (pages := [page for page in audit.judged if page.part is part])
    ]
    told = (
        f"L’audit a été mené {days(*audit.days)} par {audit.about['by']}, sur {len(audit.pages)} pages et "
        f"{len(audit.documents)} sortes de documents.\n\n"
        f"- **{percent(audit.rate)}** des critères sont respectés : {met} sur {met + missed} qui s’appliquent, "
        f"des {len(verdicts)} du RGAA.\n"
        f"- En moyenne, une page respecte **{percent(audit.average)}** de ceux qui s’appliquent à elle.\n\n"
    )
    return told + table(["Partie du site", "Pages", "Taux moyen"], parts)


def _not_met(audit):
    if audit.unjudged:
        return "Elles seront énumérées à la fin de l’audit."
    missed = [criterion for criterion, verdict in audit.verdicts().items() if verdict is Verdict.NOT_MET]
    if not missed:
        return "Aucune n’est connue."
    return table(["Critère", "Où, et ce qui ne va pas"], [[_titled(one), _faults(audit, one.number)] for one in missed])


def _faults(audit, number):
    """What was seen, each time with the pages where it was."""
    seen = {}
    for page in audit.judged:
        if why := page.not_met.get(number):
            seen.setdefault(why, []).append(page.name)
    if number == DOCUMENTS:
        for document in audit.documents:
            for why in document.get("faults", []):
                seen.setdefault(why, []).append(f"{document['name']} ({document['format']})")
    return " ; ".join(f"{', '.join(names)} : {why}" for why, names in seen.items())


def _derogations(audit):
    rows = [
        f"- {one['what']} ({_of(one['criteria'])}) : {one['why']}. À la place : {one['instead']}."
        for one in audit.derogations
    ]
    return "\n".join(rows) or "Aucune."


def _exempt(audit):
    return "\n".join(f"- {one['what']} : {one['why']}." for one in audit.exempt) or "Aucun."


def _addresses(_audit):
    places = {
        "les pages publiques, dont le catalogue et la demande de référencement": reverse("catalogue:home"),
        "l’espace des membres": reverse("my_space:home"),
        "les consultations": reverse("tenders:register"),
        "l’espace des référents": reverse("admin:index"),
    }
    lines = [f"- {what} : [{settings.SITE_URL}{path}]({path}) ;" for what, path in places.items()]
    return "\n".join([*lines, "- les documents que ces pages donnent à télécharger."])


def _technologies(audit):
    return _listed(audit.about["technologies"])


def _environments(audit):
    return _listed(audit.about["environments"])


def _tools(audit):
    return _listed(audit.about["tools"])


def _pages(audit):
    parts = {
        part.value: [(page.name, page.address, page.judged) for page in audit.pages if page.part is part]
        for part in Part
    }
    parts["Documents"] = [(one["name"], one["format"], one.get("judged")) for one in audit.documents]
    lines = []
    for part, rows in parts.items():
        lines += [f"- {part} :"] if rows else []
        lines += [f"    - {_placed(name, where)} : {_judged(when)}" for name, where, when in rows]
    return "\n".join(lines)


def _placed(name, where):
    return f"{name} (`{where}`)" if where else name


def _judged(when):
    return f"le {day(when)}" if when else "non évalué"


def _remedies(audit):
    mended = [one for one in audit.findings if one.get("mended")]
    left = [one for one in audit.findings if not one.get("mended")]
    said = []
    if left:
        said += ["Relevé et à corriger, ou dont la correction reste à vérifier :", _findings(left)]
    if mended:
        said += ["Relevé et corrigé depuis :", _findings(mended)]
    return "\n\n".join(said) or "Rien d’autre n’a été relevé."


def _findings(rows):
    return "\n".join(f"- {one['what']} ({_of(one['criteria'])}{_mended(one)})." for one in rows)


def _of(numbers):
    return f"critère {numbers[0]}" if len(numbers) == 1 else f"critères {', '.join(numbers)}"


def _mended(finding):
    return f" ; corrigé le {day(finding['mended'])}" if finding.get("mended") else ""


def _contact(_audit):
    known = settings.COOPERATIVE
    return "\n".join(
        [
            f"- par courriel : [{known['email']}](mailto:{known['email']}) ;",
            f"- par téléphone : {known['phone']} ;",
            f"- par écrit : {known['name']}, {known['address']} ;",
            f"- par [le formulaire de contact]({reverse('catalogue:need')}).",
        ]
    )


def _declared(audit):
    return f"Cette déclaration a été établie le {day(audit.about['declared'])}, par {audit.about['by']}."


def _titled(criterion):
    return f"{criterion.number} {criterion.title}"


def _listed(words):
    return "\n".join(f"- {word}" for word in words)


def table(titles, lines):
    """A table in Markdown."""
    rows = [titles, ["---"] * len(titles), *lines]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)


# What a mark of the text is filled with, and under which title when the text has none.
BLOCKS = {
    "état de conformité": ("État de conformité", _state),
    "résultats": ("Résultats de l’audit", _results),
    "non-conformités": ("Non-conformités", _not_met),
    "dérogations": ("Dérogations pour charge disproportionnée", _derogations),
    "contenus exemptés": ("Contenus non soumis à l’obligation", _exempt),
    "remédiations": ("Ce qui a été relevé et corrigé", _remedies),
    "date": ("Établissement de cette déclaration", _declared),
    "adresses": ("Ce que cette déclaration couvre", _addresses),
    "technologies": ("Technologies du site", _technologies),
    "environnements": ("Avec quoi il a été essayé", _environments),
    "outils": ("Outils de l’évaluation", _tools),
    "pages vérifiées": ("Pages et documents vérifiés", _pages),
    "contact": ("Retour d’information et contact", _contact),
}
