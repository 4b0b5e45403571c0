"""What people may write, on purpose or not."""

INJECTION = '#panic("x") $x$ \\u{41} @cible *gras* _mou_ `code` <label> // rien /* rien */ [[à adapter]] = titre'
PROSE = "Un texte vraiment long, avec des mots de toutes les tailles et des phrases qui se suivent. "
HOSTILE = {
    "prose": PROSE * 115,
    "one word": "W" * 10_000,
    "right to left": "مرحبا بالعالم שלום עולם هذا نص طويل " * 280,
    "emoji and scripts without a font": "😀👩🏽‍🚀🇫🇷 漢字 हिन्दी " * 500,
    "lines and controls": "- \x07a\u202e\n\ue000\n" * 1500,
    "typst": INJECTION * 100,
}
