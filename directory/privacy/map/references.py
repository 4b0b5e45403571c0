"""What is kept around a service delivered: references, who took part, the client's contact."""

from django.apps import apps

from directory.privacy import past, terms
from directory.privacy.purposes import REFERENCES
from directory.privacy.vocabulary import By, Columns, Entry, Eraser, Person, Purge, Reader, Sooner, Tie

from .parts import BY_DECIDER, BY_FICHE, OF_DECIDER, history, link

CONTACT = "contact_name contact_role contact_email contact_phone contact_told_at"
# Beside what its fiche shows.
TOOK_PART = (Reader.COLLEAGUES, Reader.REFERENT, Reader.ADMINISTRATORS)


def forget_contacts(pks):
    """Empty the columns of the contacts of these references; the rest of them stays."""
    rows = apps.get_model("directory.Reference").objects.filter(pk__in=pks)
    rows.update(contact_name="", contact_role="", contact_email="", contact_phone="", contact_told_at=None)


REFERENCE = Entry(
    model="directory.Reference",
    what="les références",
    person=Person.MEMBER,
    purpose=REFERENCES,
    term=terms.REFERENCE,
    eraser=Eraser.PERSON,
    is_shared=True,
    columns=(
        Columns(
            "subject context mission deliverables results starts_on ends_on place role amount_shown publishable",
            "prestation, publique quand elle est publiable et validée",
            readers=(Reader.PUBLIC,),
            is_free=True,
        ),
        Columns(
            "co_entrepreneur",
            "qui la tient",
            readers=(Reader.COLLEAGUES, Reader.REFERENTS, Reader.ADMINISTRATORS),
        ),
        Columns("amount attestation", "montant, attestation", readers=TOOK_PART),
        Columns(
            CONTACT,
            "nom, fonction, adresse et téléphone du contact chez le client, et quand il a été prévenu",
            of=Person.CONTACT,
            readers=TOOK_PART,
        ),
        Columns("state submitted_at closing_told_at comment", "suites", is_free=True),
        OF_DECIDER,
    ),
    plain="id client version",
    ties=(
        BY_FICHE,
        Tie(By.FICHE, "participants"),
        BY_DECIDER,
        Tie(By.EMAIL, "contact_email", of=Person.CONTACT),
        Tie(By.PHONE, "contact_phone", of=Person.CONTACT),
        Tie(By.NAME, "contact_name", of=Person.CONTACT),
    ),
    sooner=(
        Sooner(
            "les contacts chez les clients",
            terms.CONTACT,
            Purge("contacts de prestations finies", past.contacts, forget_contacts),
            names=CONTACT,
        ),
        Sooner(
            "les références closes sans suite",
            terms.CLOSED_REFERENCE,
            Purge("références closes sans suite", past.closed_references),
        ),
    ),
)
PARTICIPATION = Entry(
    model="directory.Participation",
    what="qui a pris part à une référence",
    person=Person.MEMBER,
    purpose=REFERENCES,
    term=terms.REFERENCE,
    eraser=Eraser.PARENT,
    goes_with="directory.Reference",
    readers=(Reader.PUBLIC,),
    columns=(Columns("reference co_entrepreneur part", "qui a pris part, en tant que quoi", is_free=True),),
    plain="id",
    ties=(BY_FICHE,),
)

ENTRIES = (
    REFERENCE,
    history(
        REFERENCE,
        without=CONTACT,
        ties=(BY_FICHE, Tie(By.FICHE, "pgh_obj__participants"), BY_DECIDER),
        is_shared=True,
    ),
    link("directory.Reference_cpv_codes", "reference cpvcode", of="des codes CPV de la référence"),
    PARTICIPATION,
    history(PARTICIPATION, owner=("co_entrepreneur", "directory.CoEntrepreneur")),
    Entry(
        model="directory.PublicClient",
        what="les organismes publics, comme ils sont tapés",
        person=Person.ANYONE,
        purpose=REFERENCES,
        term=terms.CLIENT,
        eraser=Eraser.PERSON,
        is_shared=True,
        readers=(Reader.PUBLIC,),
        columns=(Columns("name", "nom de l’organisme", is_free=True),),
        plain="id type department siret",
    ),
    Entry(
        model="directory.ContractSuggestion",
        what="les marchés publiés, à attribuer",
        person=Person.STAFF,
        purpose=REFERENCES,
        term=terms.ACCOUNT,
        eraser=Eraser.PERSON,
        is_shared=True,
        readers=(Reader.REFERENTS, Reader.ADMINISTRATORS),
        columns=(OF_DECIDER,),
        plain="id contract_id lot buyer_siret buyer_name holder_siret subject cpv_code procedure notified_on "
        "duration_months amount first_amount place_code holders_count source imported_at state reference",
        ties=(BY_DECIDER,),
    ),
    Entry(
        model="directory.ContractFile",
        what="les fichiers de marchés à importer",
        person=Person.STAFF,
        purpose=REFERENCES,
        term=terms.FILE_TO_IMPORT,
        eraser=Eraser.PURGE,
        readers=(Reader.ADMINISTRATORS,),
        columns=(Columns("user sent_at name", "qui l’a envoyé, et quand"),),
        plain="id state problem file size read_bytes reading",
        ties=(Tie(By.ACCOUNT, "user"),),
        purge=Purge("fichiers de marchés jamais confirmés", past.since("directory.ContractFile", "sent_at")),
    ),
)
