"""Members of the cooperative, found by what a colleague remembers of them."""

from django.contrib.postgres.lookups import Unaccent
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import CharField, Value
from django.db.models.functions import Concat

from directory.forms.clients import flat
from directory.models import CoEntrepreneur

MOST = 8
MOST_WORDS = 8
# Words of a name at least this alike are taken for a slip of the pen (0 to 1, by trigrams).
ALIKE = 0.5


def colleagues(text):
    """The present members whose name or marque holds these words, else those whose name looks like them; 8 at most."""
    words = text.replace("\0", " ").split()[:MOST_WORDS]
    if not words:
        return []
    members = CoEntrepreneur.objects.present().annotate(
        called=Concat("first_name", Value(" "), "last_name", Value(" – "), "trade_name", output_field=CharField())
    )
    matching = members
    for word in words:
        matching = matching.filter(called__unaccent__icontains=word)
    if not matching.exists():
        matching = members.annotate(likeness=TrigramWordSimilarity(" ".join(words), Unaccent("called"))).filter(
            likeness__gte=ALIKE
        )
    return list(matching.order_by("last_name", "first_name", "pk")[:MOST])


def is_named(text, member):
    """Whether a text names this member in full, by name, by marque or by both."""
    names = [member.name, f"{member.last_name} {member.first_name}", member.trade_name, str(member)]
    return flat(text) in {flat(name) for name in names if name}
