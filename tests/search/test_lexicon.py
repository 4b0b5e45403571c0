"""What is French and what is not; the samples of searches are held in the tests of how a need is read."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.search.lexicon import WORDS, _words, is_french

KNOWN = gzip.decompress(WORDS.read_bytes()).decode().split("\n")


@pytest.mark.parametrize(
    "words",
    [
        "voirie assainissement désamiantage couvreur étanchéité élagage débroussaillage désenfumage bardage",
        "infogérance cybersécurité reprographie scénographie hydrogéologue écologue chiroptères columbarium",
        "prestations primaires opérationnelles toitures façades déchèteries chevaux travaux métaux",
        "élagueuse plombière charpentière maçonne facilitatrice évaluatrice régisseuse vigneronne",
        "rédigeons recherchaient souhaiterions rénovées repeinte conçoivent animerons réhabilitent",
        "second-œuvre petite-enfance commissaire-priseur expert-comptable gros-œuvre porte-à-faux",
        "d’ouvrage l'eau qu’elle aujourd’hui d'œuvre jusqu'ici l’expert-comptable",
        "elagage etancheite desamiantage maitrise oeuvre VOIRIE Ravalement TOITURE",
        "éco-conception écoconception co-développement codéveloppement désimperméabilisation revégétaliser biodéchets œnotourisme ludopédagogie webmarketing",
        "Montpellier Béziers Occitanie Hérault Mathilde",
        "a à y",
    ],
)
def test_a_french_word_is_known_however_it_is_written(words):
    assert [word for word in words.split() if not is_french(word)] == []


@pytest.mark.parametrize(
    "words",
    [
        "voierie assainisement désamientage couvreure toitture opérationelle prestasion élagaje",
        "débrousaillage terassement plommbier mennuiserie electricittée chaufferrie",
        "grafiste graffiste topografie scenografe restorateur jardinnage bileterie maintennance",
        "traductionn formassion communicassion consertation réabilitation hébergemment",
        "zzxq qsdf bureautik kubernetes photographwe",
    ],
)
def test_a_misspelling_is_not(words):
    assert [word for word in words.split() if is_french(word)] == []


@pytest.mark.parametrize("word", ["", " ", "-", "’", "l’", "--", "34", "voirie2", "c++", "войри", "d’", "\u200b"])
def test_what_is_no_word_is_not_french(word):
    assert not is_french(word)


@given(st.sampled_from(KNOWN))
def test_each_word_of_the_list_is_found_and_none_between_two(word):
    assert is_french(word)
    assert not is_french(f"{word}qz")


@given(st.text(max_size=30))
def test_any_text_is_told_apart(text):
    assert is_french(text) in {True, False}


def test_the_list_is_read_once_and_in_order():
    assert _words() is _words()
    assert sorted(KNOWN) == KNOWN
    assert len(set(KNOWN)) == len(KNOWN) > 400_000
