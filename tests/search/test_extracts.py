"""Whether the words that a fiche holds are found in its texts without the database."""

import pytest
from django.db import connection

from directory.search.extracts import Sought, Text, answers

pytestmark = pytest.mark.django_db


def test_each_word_of_the_demonstration_is_found_by_its_lexeme(on_demonstration):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, tsvector_to_array(to_tsvector('directory_french', word)) FROM directory_searchword"
        )
        words = {word: lexemes for word, lexemes in cursor if lexemes}

    missed = [word for word, lexemes in words.items() if not Sought(lexemes).candidates(Text.of(word))]

    assert len(words) > 1000
    assert missed == []
    assert all(answer.marks for (answer,) in (answers([Text.of(word)], words[word]) for word in list(words)[::50]))
