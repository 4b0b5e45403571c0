"""CVs, for most of those who are listed: plausible for the trade, and never the same twice."""

from datetime import timedelta
from random import Random

from django.conf import settings

from directory.models import Cv, CvEntry

from . import cast, content
from .plan import ON_CATALOGUE, Standing, often

SEED = "cvs"
# Of a hundred, how many have a CV.
SHARES = {**dict.fromkeys(ON_CATALOGUE, 88), Standing.READY: 60}
# Of a hundred CVs, how many weren't looked at within the year.
STALE = 18
# How many days old those of the open consultation are: one is out of date, and the kit says so.
TEAM = {"graphisme": 34, "redaction": 503, "sites-et-applications": 12, "photographie": 150}
OLDEST_YEAR = 1988
# Where studies come, one after the other, by the first word of the title; what isn't here came while working.
STUDIES = ["CAP", "Bac", "Brevet", "Licence", "Diplôme", "Master", "Doctorat"]

Kind = CvEntry.Kind


def write(plans, fiches, now):
    """Write the CVs; `fiches` are those of `plans`, saved, in the same order.

    Returns:
        list[Cv]: saved.
    """
    random = Random(SEED)  # noqa: S311
    listed = cast.listed(plans, fiches)
    team = {listed[trade][0]: days for trade, days in TEAM.items()}
    drawn = [
        (fiche, planned)
        for planned, fiche in zip(plans, fiches, strict=True)
        if often(random, SHARES.get(planned.standing, 0)) or fiche in team
    ]
    cvs = Cv.objects.bulk_create(
        Cv(
            co_entrepreneur=fiche,
            title=planned.title,
            summary=_summary(random, planned),
            updated_at=now - timedelta(days=team.get(fiche, _age(random))),
        )
        for fiche, planned in drawn
    )
    CvEntry.objects.bulk_create(
        CvEntry(cv=cv, position=position, **entry)
        for cv, (_, planned) in zip(cvs, drawn, strict=True)
        for position, entry in enumerate(_entries(random, planned, now.year), start=1)
    )
    return cvs


def _summary(random, planned):
    said = content.careers()[planned.trade.name].summary
    sentences = [said[number] for number in sorted(random.sample(range(len(said)), 2))]
    if often(random, 60):
        sentences.append(random.choice(content.cv()["closings"]))
    return " ".join(sentences)


def _age(random):
    return random.randint(380, 900) if often(random, STALE) else random.randint(1, 340)


def _entries(random, planned, year):
    """All the lines of a CV, the latest first in each kind."""
    career = content.careers()[planned.trade.name]
    posts = _posts(random, planned, career)
    began = posts[-1]["starts_year"]
    return [
        *posts,
        *_diplomas(random, career, began, planned.since),
        *_trainings(random, career, planned.since, year),
        *_languages(random, planned),
        *(
            {"kind": Kind.TOOL, "title": tool}
            for tool in random.sample(career.tools, random.randint(3, len(career.tools)))
        ),
    ]


def _posts(random, planned, career):
    """What they do in the cooperative, then two posts or more held before."""
    cooperative = settings.COOPERATIVE["name"]
    posts = [
        {
            "kind": Kind.EXPERIENCE,
            "title": planned.title,
            "organisation": f"{planned.trade_name}, {cooperative}" if planned.trade_name else cooperative,
            "starts_year": planned.since,
            "description": f"{planned.headline}.",
        }
    ]
    held = sorted(random.sample(range(len(career.posts)), random.randint(2, len(career.posts))), reverse=True)
    until = planned.since
    for number in held:
        # What is left is shared by the posts that are left, should the career be long.
        years = max(1, min(random.randint(2, 6), until - OLDEST_YEAR))
        post = career.posts[number]
        posts.append(
            {
                "kind": Kind.EXPERIENCE,
                "title": post.title,
                "organisation": random.choice(post.employers),
                "starts_year": until - years,
                "ends_year": until,
                "description": post.description,
            }
        )
        until -= years
    return posts


def _diplomas(random, career, began, since):
    """Studies end as the first post begins, two years or three apart; certificates come while working."""
    drawn = random.sample(career.diplomas, random.randint(min(2, len(career.diplomas)), len(career.diplomas)))
    studies = [diploma for diploma in drawn if _level(diploma) is not None]
    diplomas = []
    year = began
    for title, schools in sorted(studies, key=_level, reverse=True):
        diplomas.append((year, title, random.choice(schools)))
        year -= random.randint(2, 3)
    for title, schools in drawn:
        if _level((title, schools)) is None:
            diplomas.append((random.randint(began + 1, since), title, random.choice(schools)))
    return [
        {"kind": Kind.QUALIFICATION, "title": title, "organisation": school, "ends_year": year}
        for year, title, school in sorted(diplomas, reverse=True)
    ]


def _level(diploma):
    first_word = diploma[0].split()[0]
    return STUDIES.index(first_word) if first_word in STUDIES else None


def _trainings(random, career, since, year):
    drawn = random.sample(career.trainings, random.randint(1, len(career.trainings)))
    years = sorted((random.randint(max(since, year - 8), year) for _ in drawn), reverse=True)
    return [
        {
            "kind": Kind.TRAINING,
            "title": title,
            "organisation": random.choice(content.cv()["organisers"]),
            "ends_year": ended,
        }
        for title, ended in zip(drawn, years, strict=True)
    ]


def _languages(random, planned):
    """Those of their work, then one or two others, the best spoken first."""
    shared = content.cv()
    working = shared["working_languages"].get(planned.trade.name, ())
    drawn = set(random.choices(shared["languages"], k=random.randint(1, 3)))
    others = sorted(drawn, key=shared["languages"].index)
    levels = sorted(random.sample(range(len(shared["levels"])), len(others)))
    spoken = [(name, "langue de travail") for name in working]
    spoken += [
        (name, shared["levels"][level]) for name, level in zip(others, levels, strict=True) if name not in working
    ]
    return [{"kind": Kind.LANGUAGE, "title": name, "description": level} for name, level in spoken]
