"""What a fiche lacks, in words: the same in the list, on the first page and in the form."""

# The relations that `lacks` reads: prefetch them for a list.
WITH_LACKS = ("skills", "cpv_codes", "departments", "references")


def lacks(fiche):
    """What the fiche lacks to be listed, then what buyers look for; nothing for a departed member."""
    if fiche.is_departed:
        return []
    return fiche.missing_for_listing() + fiche.missing_for_buyers()
