import pytest
from django.core.exceptions import ValidationError

from crealead.addresses import EmailField, mailbox

# Pasted from a mail program, a page read from right to left, a word processor: all of them invisible.
INVISIBLE = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u200e",
    "\u202a",
    "\u202c",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u00a0",
    "\u202f",
]


@pytest.mark.parametrize("sign", INVISIBLE, ids=ascii)
def test_what_cannot_be_seen_is_taken_off(sign):
    assert EmailField().clean(f"{sign}lucie{sign}@exemple{sign}.fr{sign}") == "lucie@exemple.fr"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" lucie@exemple.fr\n", "lucie@exemple.fr"),
        ("mairie@sète.fr", "mairie@sète.fr"),
        # An accent apart, as another system writes it, is the same address.
        ("mairie@se\u0300te.fr", "mairie@sète.fr"),
        ("Lucie.D'Arc+mairie@Exemple.FR", "Lucie.D'Arc+mairie@Exemple.FR"),
    ],
)
def test_an_address_is_kept_as_it_is_seen(typed, kept):
    assert EmailField().clean(typed) == kept


@pytest.mark.parametrize("one", ["mairie@sète.fr", "mairie@se\u0300te.fr", "Mairie@xn--ste-6la.FR", "mairie@SÈTE.fr"])
def test_a_mailbox_is_one_however_its_domain_is_written(one):
    assert mailbox(EmailField().clean(one)) == "mairie@xn--ste-6la.fr"


@pytest.mark.parametrize(
    "typed",
    [
        "rien",
        "a b@exemple.fr",
        "Lucie <lucie@exemple.fr>",
        "lucie@exemple.fr, zoe@exemple.fr",
        "lucié@exemple.fr",
        "lucie@exemple\u2028.fr",
        "lucie@" + "é" * 60 + ".fr",
        "lucie@\ue000.fr",
        '"lu\x01cie"@exemple.fr',
        '"lucie"@exemple.fr',
        "lucie@ｆinances.fr",
        "lucie@ﬁnances.fr",
        "lucie@ⓕinances.fr",
        "lucie@finances.ｆr",
        '"lu\\cie"@exemple.fr',
        "lucie@exemple.fr\r\nBcc: tous@exemple.fr",
        "root@localhost",
        "lucie@[127.0.0.1]",
        "lucie@[IPv6:::1]",
        "lucie@intranet",
        pytest.param("a" * 3_000_000 + "@exemple.fr", id="endless"),
    ],
    ids=ascii,
)
def test_what_no_mail_can_be_made_out_to_is_refused_in_words(typed):
    with pytest.raises(ValidationError, match=r"ressemble à.*prenom\.nom@exemple\.fr"):
        EmailField().clean(typed)
