from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib import admin
from django.template import Context, Template
from django.utils import timezone
from django.utils.formats import date_format

import crealead
from crealead.words import (
    FEMININE,
    MASCULINE,
    ago,
    at,
    chosen,
    clipped,
    counted,
    day,
    days,
    elapsed,
    file_size,
    lasting,
    megabytes,
    moment,
    of,
    of_a,
    of_the,
    plain,
    spaced,
    thousands,
    years,
)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=30), "30 minutes"),
        (timedelta(minutes=1), "une minute"),
        (timedelta(hours=1), "une heure"),
        (timedelta(hours=2), "deux heures"),
        (timedelta(days=1), "un jour"),
        (timedelta(days=30), "30 jours"),
        (timedelta(days=365), "un an"),
        (timedelta(days=3 * 365), "trois ans"),
        (timedelta(days=400), "400 jours"),
    ],
)
def test_a_length_is_told_in_the_longest_unit_it_is_a_whole_number_of(length, words):
    assert lasting(length) == words


@pytest.mark.parametrize("length", [timedelta(), timedelta(seconds=90)])
def test_what_is_no_whole_number_of_minutes_has_no_words(length):
    with pytest.raises(ValueError, match="whole number"):
        lasting(length)


def test_what_two_people_write_differently_is_compared_plain():
    assert plain("  Île\u00a0d’Oléron\u200b ") == plain("ile d’OLERON") == "ile d’oleron"


@pytest.mark.parametrize(
    ("town", "words"),
    [
        ("Béziers", "à Béziers"),
        ("Le Vigan", "au Vigan"),
        ("Les Matelles", "aux Matelles"),
        ("La Grande-Motte", "à La Grande-Motte"),
        ("Lespignan", "à Lespignan"),
        ("Le", "à Le"),
    ],
)
def test_a_town_takes_the_article_of_its_name(town, words):
    assert at(town) == words


def test_a_text_is_clipped_at_a_word_in_one_line():
    assert clipped("Un mot,\n puis «\u00a0deux\u00a0» : trois", 26) == "Un mot, puis «\u00a0deux\u00a0»…"
    assert clipped("Un mot", 30) == "Un mot"


def test_years_and_sizes():
    assert (years(3), megabytes(5 * 1024 * 1024)) == ("trois ans", "5 Mo")


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2026, 12, 5), date(2026, 12, 5), "le 5 décembre 2026"),
        (date(2026, 12, 3), date(2026, 12, 5), "du 3 au 5 décembre 2026"),
        (date(2026, 11, 29), date(2026, 12, 5), "du 29 novembre au 5 décembre 2026"),
        (date(2026, 12, 29), date(2027, 1, 5), "du 29 décembre 2026 au 5 janvier 2027"),
    ],
)
def test_a_stretch_of_days_is_told_without_saying_twice_what_they_share(first, last, told):
    assert days(first, last) == told


def test_a_day_and_a_moment_are_told_in_french_at_the_hour_of_the_cooperative():
    assert day(date(2026, 11, 28)) == "28 novembre 2026"
    assert day(None) == ""
    assert moment(datetime(2026, 7, 14, 22, 5, tzinfo=UTC)) == "15 juillet 2026 à 00 h 05"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "moins d’une minute"),
        (timedelta(minutes=1), "une minute"),
        (timedelta(hours=2, minutes=1), "deux heures et une minute"),
        (timedelta(days=12), "une semaine et cinq jours"),
        (timedelta(days=365 + 62), "un an et deux mois"),
        (timedelta(days=8 * 365 + 2), "8 ans"),
    ],
)
def test_how_long_ago_is_told_in_words(length, words):
    end = datetime(2026, 11, 28, 12, tzinfo=UTC)

    assert elapsed(end - length, end).replace("\N{NO-BREAK SPACE}", " ") == words


def test_an_age_is_told_by_the_day_then_in_words():
    now = timezone.now()

    assert ago(now) == "aujourd’hui"
    assert ago(now - timedelta(days=400)).replace("\N{NO-BREAK SPACE}", " ") == "il y a un an et un mois"


def test_spaces_that_would_break_are_kept_and_addresses_left():
    text = 'Voici : « oui ? » ; [lien](https://exemple.fr/?a=1 "titre : b") **Note** : 12:30 ::'

    assert spaced(text).replace("\N{NO-BREAK SPACE}", "⍽") == (
        'Voici⍽: «⍽oui⍽?⍽»⍽; [lien](https://exemple.fr/?a=1 "titre⍽: b") **Note**⍽: 12:30 ::'
    )


def test_thousands_are_told_apart():
    assert (thousands(950), thousands(1000)) == ("950", "1\N{NO-BREAK SPACE}000")


def test_no_other_file_writes_a_moment_by_hand():
    """One format of a day and an hour, in words.py; templates write theirs with it too."""
    room = Path(crealead.__file__).parent.parent / "directory"

    writers = [path.name for path in room.rglob("*.py") if r'"j F Y à H' in path.read_text()]

    assert writers == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Emma Roux", "d’Emma Roux"),
        ("Karim", "de Karim"),
        ("Élodie", "d’Élodie"),
        ("Œuvre commune", "d’Œuvre commune"),
        ("Yves", "d’Yves"),
        ("Yasmine", "de Yasmine"),
        ("Hélène", "d’Hélène"),
        ("Hugo", "de Hugo"),
        ("« Étude »", "d’« Étude »"),
        ("", "de "),
        ("123 Soleil", "de 123 Soleil"),
    ],
)
def test_of_someone(name, words):
    assert of(name) == words


@pytest.mark.parametrize(("count", "words"), [(0, "0 fiche"), (1, "1 fiche"), (2, "2 fiches")])
def test_what_is_counted_agrees(count, words):
    assert counted(count, "fiche", "fiches") == words


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "1 Ko"), (1, "1 Ko"), (84 * 1024, "84 Ko"), (1024 * 1024, "1,0 Mo"), (1_300_000, "1,2 Mo")],
)
def test_a_size_is_told_as_one_reads_it(count, told):
    assert file_size(count) == told.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("noun", "of_one", "of_this"),
    [
        ("référence", "d’une référence", "de la référence"),
        ("groupe", "d’un groupe", "du groupe"),
        ("assurance", "d’une assurance", "de l’assurance"),
        ("utilisateur", "d’un utilisateur", "de l’utilisateur"),
        ("demande de référencement", "d’une demande de référencement", "de la demande de référencement"),
    ],
)
def test_a_noun_has_its_article(noun, of_one, of_this):
    assert (of_a(noun), of_the(noun)) == (of_one, of_this)


def test_what_is_chosen_agrees():
    assert chosen("références", "référence") == "références sélectionnées"
    assert chosen("clients publics", "client public") == "clients publics sélectionnés"


def test_the_gender_of_every_noun_of_the_back_office_is_known():
    nouns = {str(model._meta.verbose_name).split()[0] for model in admin.site._registry}

    assert nouns - FEMININE - MASCULINE == set()
    assert not FEMININE & MASCULINE


def test_the_first_of_a_month_is_written_so_wherever_a_day_is():
    assert date_format(date(2026, 1, 1), "j F Y") == "1er janvier 2026"
    assert date_format(date(2026, 1, 11), "l j F") == "dimanche 11 janvier"
    assert date_format(date(2026, 1, 1), "d/m/Y") == "01/01/2026"
    assert Template("{{ day }}").render(Context({"day": date(2026, 12, 1)})) == "1er décembre 2026"
