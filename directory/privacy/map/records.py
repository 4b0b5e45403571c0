"""What is kept of a sourcing: the records that buyers write, which name members."""

from django.db.models import Q

from directory.privacy import past, records, terms
from directory.privacy.purposes import RECORDS
from directory.privacy.vocabulary import Basis, By, Columns, Entry, Eraser, Person, Purge, Sooner, Tie

RECORD = "directory.SourcingRecord"
EMAIL = "email email_asked_at email_confirmed_at"

ENTRIES = (
    Entry(
        model=RECORD,
        what="les dossiers de sourçage",
        person=Person.BUYER,
        purpose=RECORDS,
        term=terms.RECORD,
        eraser=Eraser.PURGE,
        # Others have its link too: who is erased takes their address along, and no more.
        is_shared=True,
        columns=(
            Columns(EMAIL, "adresse, si elle est donnée", basis=Basis.CONSENT),
            Columns("need organisation outcome_words", "besoin, organisme, mots sur la suite", is_free=True),
            Columns("outcome outcome_on why_none", "suite donnée"),
            Columns("key", "clé du lien"),
        ),
        plain="id cpv_codes amount_from amount_below need_version kept_version created_at changed_at ends_on warned_on "
        "kept_years outcome_asked_on",
        ties=(Tie(By.EMAIL, "email"),),
        purge=Purge("dossiers de sourçage terminés", past.records, records.erase),
        sooner=(
            Sooner(
                "les adresses que personne ne confirme",
                terms.RECORD_EMAIL,
                Purge(
                    "adresses de dossiers jamais confirmées",
                    past.unconfirmed_emails_of_records,
                    records.forget_addresses,
                ),
            ),
        ),
    ),
    Entry(
        model="directory.RecordSearch",
        what="les recherches d’un dossier",
        person=Person.BUYER,
        purpose=RECORDS,
        term=terms.RECORD,
        eraser=Eraser.PARENT,
        goes_with=RECORD,
        is_shared=True,
        columns=(Columns("query sentence address", "mots et critères", is_free=True),),
        plain="id record order seed version made_at total answers",
    ),
    Entry(
        model="directory.RecordFiche",
        what="les fiches gardées dans un dossier",
        person=Person.MEMBER,
        purpose=RECORDS,
        term=terms.RECORD,
        eraser=Eraser.PARENT,
        goes_with=RECORD,
        is_shared=True,
        columns=(Columns("co_entrepreneur note", "qui, et la note de l’acheteur", is_free=True),),
        plain="id record position",
        ties=(Tie(By.FICHE, "co_entrepreneur"),),
    ),
    Entry(
        model="directory.SetAside",
        what="les motifs d’un dossier",
        person=Person.MEMBER,
        purpose=RECORDS,
        term=terms.RECORD,
        eraser=Eraser.PARENT,
        goes_with=RECORD,
        is_shared=True,
        columns=(
            Columns("co_entrepreneur reason words query label", "qui n’est pas gardé, et pourquoi", is_free=True),
        ),
        plain="id record whom created_at",
        ties=(Tie(By.FICHE, "co_entrepreneur"),),
    ),
    Entry(
        model="directory.ClosedRecord",
        what="les dossiers de sourçage clos",
        person=Person.MEMBER,
        purpose=RECORDS,
        term=terms.RECORD,
        eraser=Eraser.PARENT,
        goes_with=RECORD,
        is_shared=True,
        columns=(
            Columns(
                "data pdf fiches",
                "besoin, fiches gardées telles qu’elles se lisaient, motifs ; ni téléphone, ni site, ni photo",
                is_free=True,
            ),
        ),
        plain="id record closed_at fingerprint pdf_fingerprint",
        ties=(Tie(By.FICHE, lambda keys: Q(fiches__overlap=list(keys))),),
    ),
)
