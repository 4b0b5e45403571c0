"""CPV codes as a search understands them: a code stands for all that lies under it."""

import re

GROUP_DIGITS, CLASS_DIGITS = 3, 4


def cpv_prefix(code):
    """The significant digits of a code, two at least: 80500000 gives 805, 80 and 80000000 give 80."""
    return code.rstrip("0").ljust(2, "0")


def cpv_code(prefix):
    """The code of these significant digits."""
    return prefix.ljust(8, "0")


def cpv_class(code):
    """For a code finer than a class, the coarser codes, class included, whose declaration covers it; else nothing."""
    prefix = cpv_prefix(code)
    return [cpv_code(prefix[:length]) for length in range(CLASS_DIGITS, len(prefix))]


def normalize_cpv(value):
    """Accept a published code with its check digit, and the same branch however many zeros end it."""
    code = re.sub(r"-\d$", "", value.strip())
    return cpv_prefix(code) if re.fullmatch(r"[0-9]{2,8}", code) else value.strip()


def nearest_cpv(vocabulary, code):
    """The term of this code, or of its nearest ancestor known, up to its group; None for anything else."""
    if not re.fullmatch(r"[0-9]{2,8}", code):
        return None
    lengths = [len(code), *range(len(code) - 1, GROUP_DIGITS - 1, -1)]
    return next((vocabulary[code[:length]] for length in lengths if code[:length] in vocabulary), None)
