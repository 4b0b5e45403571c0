"""Two texts set against each other, word by word."""

import re
from collections import Counter
from difflib import SequenceMatcher

from django.utils.html import escape
from django.utils.safestring import mark_safe

# Under this share of common words, two texts have nothing in common: the few that they share would only be noise.
ALIKE = 0.4
# How many pairs of equal words are worth comparing. Two full offers make some 5 000; the same few words said again and
# again make millions, and would take minutes.
MAX_PAIRS = 30_000


def word_diff(old, new, *, around=None):
    """What was taken out of `old`, and what was put into `new`.

    Args:
        old: a text.
        new: a text.
        around: how many words are kept on each side of what changed; all of them by default.

    Returns:
        (str, str): the two texts as safe HTML, escaped, with `<del>` in the first and `<ins>` in the second.
    """
    before, after = (re.findall(r"\S+\s*|\s+", text) for text in (old, new))
    left, right = [], []
    for operation, start, end, other_start, other_end in _changes(before, after):
        words, other_words = before[start:end], after[other_start:other_end]
        if operation == "equal" and around is not None:
            words = other_words = _ends(words, around, is_first=start == 0, is_last=end == len(before))
        left.append(_marked("del", operation, words))
        right.append(_marked("ins", operation, other_words))
    return mark_safe("".join(left)), mark_safe("".join(right))


def _changes(before, after):
    """What turns one list of words into the other, as `SequenceMatcher.get_opcodes` tells it."""
    counts, other_counts = Counter(before), Counter(after)
    if sum(count * other_counts[word] for word, count in counts.items()) <= MAX_PAIRS:
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        if matcher.ratio() > ALIKE:
            return matcher.get_opcodes()
    return [("replace", 0, len(before), 0, len(after))]


def _ends(words, around, *, is_first, is_last):
    """The words of an unchanged run that stand beside a change."""
    head, tail = 0 if is_first else around, 0 if is_last else around
    if len(words) <= head + tail:
        return words
    return [*words[:head], "… ", *words[len(words) - tail :]]


def _marked(tag, operation, words):
    text = "".join(words)
    if operation == "equal" or not text:
        return escape(text)
    bare = text.rstrip()
    return f"<{tag}>{escape(bare)}</{tag}>{text[len(bare) :]}"
