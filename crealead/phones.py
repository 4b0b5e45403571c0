"""Phone numbers: read as people type them in France, shown « 04 67 12 34 56 », linked in E.164."""

import re
import unicodedata

import phonenumbers
from phonenumbers import PhoneNumberFormat

# Where a number without its country is looked for: what the numbering plan of mainland France doesn't know may be of
# an overseas department.
HOME = "FR"
OVERSEAS = ("RE", "GP", "MQ", "GF", "YT")
# Far more than any number with its country, its spaces and its brackets: reading takes the square of the length.
LONGEST = 60
EXAMPLE = "04 67 12 34 56"
NOT_A_PHONE = f"Un téléphone compte dix chiffres : {EXAMPLE}. Hors de France, commencez par l’indicatif : +32."


def shown(text):
    """The number as it is kept and shown; None for what isn't the number of one phone.

    A number that the plan allows by its length is taken, whether or not it has been given to an operator.
    """
    number = _read(text)
    if number is None:
        return None
    at_home = phonenumbers.region_code_for_country_code(number.country_code) in {HOME, *OVERSEAS}
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    )


def e164(text):
    """« +33467123456 »; empty for what isn't a number."""
    number = _read(text)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else ""


def tel(text):
    """The address that calls a number; of one that can't be read, its digits."""
    return f"tel:{e164(text) or re.sub('[^0-9+]', '', text)}"


def _read(text):
    # Invisible signs come with what is pasted; every kind of space is one.
    visible = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    visible = re.sub(r"\s+", " ", visible).strip()
    if len(visible) > LONGEST:
        return None
    # Letters after a digit are another thing than a number, not the keys of an old dial.
    if re.search(r"\d.*[^\W\d_]", visible):
        return None
    numbers = []
    for region in (HOME, *OVERSEAS):
        try:
            numbers.append(phonenumbers.parse(visible, region))
        except phonenumbers.NumberParseException:
            return None
    valid = next((number for number in numbers if phonenumbers.is_valid_number(number)), None)
    if valid is None and phonenumbers.is_possible_number(numbers[0]):
        return numbers[0]
    return valid
