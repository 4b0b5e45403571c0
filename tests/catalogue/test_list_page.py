from urllib.parse import urlencode

import pytest
from django.core.paginator import Paginator
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.catalogue.list_page import context_of, panels, read_as, unknown
from directory.catalogue.weak_results import loosen
from directory.models import CoEntrepreneur, CpvCode, Department, PublicClient, Skill
from directory.search.facets import FACETS
from directory.search.filters import CatalogueFilter
from directory.search.order import Results
from tests.factories import CoEntrepreneurFactory, PublicClientFactory, ReferenceFactory

pytestmark = pytest.mark.django_db


def facet(search, name):
    return {value.value: value for value in next(f for f in panels(search) if f.name == name).values}


@pytest.fixture
def cooperative():
    """Thirty listed fiches that share a few skills, places, codes and clients."""
    skills = list(Skill.objects.order_by("pk")[::9])
    departments = list(Department.objects.filter(code__in=["30", "34", "11", "66"]))
    codes = list(CpvCode.objects.filter(code__in=["80000000", "80500000", "80511000", "79822500", "71400000"]))
    clients = [PublicClientFactory(type=kind) for kind in PublicClient.Type.values[:4]]
    for n in range(30):
        fiche = CoEntrepreneurFactory(
            listed=True,
            nationwide=n % 7 == 0,
            headline=["Formation des agents", "Cartographie des sols", "Graphisme et édition"][n % 3],
            skills=[skills[n % len(skills)], skills[(n * 3 + 1) % len(skills)]],
            departments=[departments[n % 4]] if n % 7 else [],
            cpv_codes=[codes[n % 5]],
        )
        if n % 2:
            amount = [None, 100, 9000, 120_000][n // 2 % 4]
            ReferenceFactory(co_entrepreneur=fiche, client=clients[n % 4], publishable=n % 3 != 0, amount=amount)
    return {"skills": skills, "departments": departments, "codes": codes}


def records():
    """Each listed fiche with what it holds for each parameter, read one by one from the models alone."""
    everywhere = set(Department.objects.values_list("code", flat=True))
    for fiche in CoEntrepreneur.objects.published():
        skills = list(fiche.skills.select_related("domain"))
        shown = [reference for reference in fiche.references.select_related("client") if reference.publishable]
        codes = [code.code for code in fiche.cpv_codes.all()]
        yield (
            fiche,
            {
                "domaine": {skill.domain.slug for skill in skills},
                "competence": {skill.slug for skill in skills},
                "departement": everywhere if fiche.nationwide else {row.code for row in fiche.departments.all()},
                "cpv": {code[:length] for code in codes for length in range(2, 9)},
                "client": {reference.client.type for reference in shown},
                "references": {"1"} if shown else set(),
                "montant": {BANDS[int(reference.amount)] for reference in shown if reference.amount},
            },
        )


def naive(asked, known):
    """The fiches that hold one value at least of each parameter."""
    return {fiche for fiche, holds in known if all(holds[name] & set(values) for name, values in asked.items())}


BANDS = {100: "0-5000", 9000: "5000-15000", 120_000: "90000"}
PARAMETERS = {
    "montant": st.sampled_from([*BANDS.values(), "15000-40000"]),
    "competence": st.sampled_from(["facilitation-graphique", "inconnue"]),
    "departement": st.sampled_from(["30", "34", "11", "2A"]),
    "cpv": st.sampled_from(["80", "805", "80511", "798225", "71"]),
    "client": st.sampled_from(PublicClient.Type.values[:5]),
    "references": st.just("1"),
}


def test_counts_equal_counting_by_hand(cooperative):
    skill_slugs = st.sampled_from([skill.slug for skill in cooperative["skills"]])
    domain_slugs = st.sampled_from([skill.domain.slug for skill in cooperative["skills"]])
    strategies = PARAMETERS | {"competence": skill_slugs, "domaine": domain_slugs}
    searches = st.fixed_dictionaries(
        {},
        optional={name: st.lists(values, min_size=1, max_size=2, unique=True) for name, values in strategies.items()},
    )

    known = list(records())

    @settings(max_examples=25, deadline=None)
    @given(searches)
    def check(asked):
        search = CatalogueFilter(QueryDict(urlencode(asked, doseq=True)))

        assert set(Results(search)) == naive(asked, known)
        assert search.total == len(naive(asked, known))
        for facet in panels(search):
            for value in facet.values if facet.name != "label" else []:
                if value.value == "recentes":
                    continue
                by_hand = naive({**asked, facet.name: [value.value]}, known)
                assert value.count == len(by_hand), (asked, facet.name, value.value)

    check()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "q",
                    "domaine",
                    "competence",
                    "departement",
                    "cpv",
                    "client",
                    "label",
                    "references",
                    "montant",
                    "dans_cpv",
                    "tri",
                    "graine",
                    "page",
                    "autre",
                ]
            ),
            st.text(max_size=60),
        ),
        max_size=8,
    )
)
def test_any_query_makes_a_search(pairs):
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(name, value)

    search = CatalogueFilter(data)

    assert search.total == len(Results(search))
    assert search.summary
    assert len(panels(search)) == len(FACETS)
    assert loosen(search, read_as(search)) is not None


def test_values_that_would_find_nobody_are_left_out(cooperative):
    search = CatalogueFilter(QueryDict("q=cartographie"))

    counts = [value.count for value in next(f for f in panels(search) if f.name == "departement").values]

    assert counts == sorted(counts, reverse=True)
    assert counts[-1] > 0
    assert all(panel.is_empty for panel in panels(CatalogueFilter(QueryDict("q=zorglub"))))


def test_a_value_that_nobody_has_here_is_told_from_one_that_is_not_known(cooperative):
    def told(words, name="cpv"):
        search = CatalogueFilter(QueryDict(urlencode({f"dans_{name}": words})))
        return next(panel for panel in panels(search) if panel.name == name).told

    unheld = Skill.objects.exclude(pk__in=[skill.pk for skill in cooperative["skills"]]).first()

    assert told("80511000-9") == "1 choix contient"
    assert told(unheld.name, "competence") == "Personne, parmi ces résultats, pour"
    assert told("zorglub") == "Rien ne contient"


def test_the_need_and_what_is_chosen_are_said_once():
    CoEntrepreneurFactory(listed=True, departments=[Department.objects.get(code="34")])
    search = CatalogueFilter(QueryDict("q=formation zorglubique&departement=34"))

    context = context_of(search, Paginator(Results(search), 20).get_page(1))

    assert [chip.label for chip in context["chips"]] == ["Hérault (34)"]
    assert (context["chosen_count"], context["see"]) == (1, "Voir la fiche trouvée")
    assert context["note"].startswith("Aucune fiche ne dit")
    assert context["order_of"] == ""


def test_what_has_no_room_on_a_line_is_folded_never_lost():
    CoEntrepreneurFactory(listed=True)
    codes = [row.code for row in Department.objects.all()[:30]]
    search = CatalogueFilter(QueryDict("&".join(f"departement={code}" for code in codes)))

    context = context_of(search, Paginator(Results(search), 20).get_page(1))

    assert len(context["chips"]) < 12
    assert len(context["chips"]) + len(context["folded"]) == context["chosen_count"] == 30
    assert context["note"]


def test_a_checked_value_stays_even_at_zero():
    CoEntrepreneurFactory(listed=True)

    value = facet(CatalogueFilter(QueryDict("departement=2A")), "departement")["2A"]

    assert (value.checked, value.count) == (True, 0)


def test_a_box_finds_a_value_among_many_and_keeps_what_is_checked(cooperative):
    search = CatalogueFilter(QueryDict("dans_cpv=formation personnel&cpv=71"))

    cpv = next(panel for panel in panels(search) if panel.name == "cpv")

    assert {value.value for value in cpv.values} == {"80511", "71"}
    assert cpv.matches == 1


def test_summary_says_the_search_in_one_sentence():
    CoEntrepreneurFactory(listed=True, departments=[Department.objects.get(code="34")])

    search = CatalogueFilter(QueryDict("q=formation&departement=34&departement=30"))

    assert search.summary == ("1 co-entrepreneur pour « formation », intervenant dans : Gard (30) ou Hérault (34)")


def test_words_that_say_nothing_are_left_out_and_said():
    CoEntrepreneurFactory(listed=True)

    search = CatalogueFilter(QueryDict("q=à"))

    assert search.total == 1
    assert "« à »" in unknown(search)[0]


def test_the_number_of_queries_does_not_depend_on_the_search(cooperative, django_assert_num_queries):
    # What words are reduced to is asked once for all.
    list(Results(CatalogueFilter(QueryDict("q=formation"))))

    # An index of its own each time, within a transaction: the insurances that a version reads once are among them.
    for query, number in [("", 9), ("q=formation", 14)]:
        with django_assert_num_queries(number):
            search = CatalogueFilter(QueryDict(query))
            assert list(Results(search)[:20])
            assert search.total
            assert panels(search)
