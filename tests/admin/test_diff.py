from time import process_time

from directory.admin.diff import word_diff


def test_a_changed_word_is_marked_in_both_texts():
    assert word_diff("un audit des achats", "un audit des marchés") == (
        "un audit des <del>achats</del>",
        "un audit des <ins>marchés</ins>",
    )


def test_the_same_words_without_end_are_replaced_as_a_whole_at_once():
    old, new = "a " * 1500, "a b " * 750
    start = process_time()

    left, right = word_diff(old, new)

    assert process_time() - start < 0.3
    assert left == f"<del>{old.strip()}</del> "
    assert right == f"<ins>{new.strip()}</ins> "


def test_a_long_honest_text_is_still_compared():
    words = [f"mot{number}" for number in range(500)]

    _, right = word_diff(" ".join(words), " ".join([*words[:250], "ajout", *words[250:]]))

    assert right.count("<ins>") == 1
    assert "<ins>ajout</ins>" in right
