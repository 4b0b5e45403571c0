"""What is kept of those who read, search and write: messages, searches, counters."""

from directory.privacy import past, terms
from directory.privacy.purposes import ALERTS, MESSAGES, SEARCHES, SECURITY
from directory.privacy.vocabulary import By, Columns, Entry, Eraser, Person, Plain, Purge, Reader, Sooner, Tie

ENTRIES = (
    Entry(
        model="directory.ContactMessage",
        what="les messages des acheteurs",
        person=Person.BUYER,
        purpose=MESSAGES,
        term=terms.MESSAGE,
        eraser=Eraser.PURGE,
        columns=(
            Columns("name organisation email phone", "nom, organisme, adresse, téléphone s’il est donné"),
            Columns("message place timing budget", "message, lieu, moment, budget", is_free=True),
            Columns("co_entrepreneur created_at", "à qui, quand"),
        ),
        plain="id",
        ties=(
            Tie(By.EMAIL, "email"),
            Tie(By.PHONE, "phone"),
            Tie(By.NAME, "name"),
            Tie(By.FICHE, "co_entrepreneur", of=Person.MEMBER),
        ),
        purge=Purge("messages reçus", past.since("directory.ContactMessage", "created_at")),
    ),
    Entry(
        model="directory.Alert",
        what="les alertes des acheteurs",
        person=Person.BUYER,
        purpose=ALERTS,
        term=terms.ALERT,
        eraser=Eraser.PURGE,
        columns=(
            Columns("email", "adresse"),
            # Who it may name is looked for in the catalogue: it stays the datum of who asked, and nobody else reads it.
            Columns("query", "recherche", is_free=True),
            Columns(
                "rhythm created_at confirmed_at next_on ends_on warned_on ended_on told news news_on",
                "rythme, dates, numéros des fiches déjà connues",
            ),
        ),
        plain="id",
        ties=(Tie(By.EMAIL, "email"),),
        purge=Purge("alertes terminées", past.since_day("directory.Alert", "ended_on")),
        sooner=(
            Sooner(
                "les alertes que personne ne confirme",
                terms.ALERT_TO_CONFIRM,
                Purge("alertes jamais confirmées", past.unconfirmed("directory.Alert")),
            ),
        ),
    ),
    Entry(
        model="directory.GroupMessage",
        what="les messages des acheteurs à plusieurs",
        person=Person.BUYER,
        purpose=MESSAGES,
        term=terms.GROUP_MESSAGE,
        eraser=Eraser.PURGE,
        columns=(
            Columns("name organisation email", "nom, organisme, adresse"),
            Columns("subject message place", "objet, message, lieu", is_free=True),
            Columns("answer_by created_at confirmed_at closed_at summed_up_at", "dates"),
        ),
        plain="id consultation fingerprint",
        ties=(Tie(By.EMAIL, "email"), Tie(By.NAME, "name")),
        purge=Purge("messages à plusieurs", past.since_day("directory.GroupMessage", "answer_by")),
        sooner=(
            Sooner(
                "ceux que personne ne confirme",
                terms.GROUP_TO_CONFIRM,
                Purge("messages à plusieurs jamais confirmés", past.unconfirmed("directory.GroupMessage")),
            ),
        ),
    ),
    Entry(
        model="directory.GroupRecipient",
        what="les réponses à ces messages",
        person=Person.MEMBER,
        purpose=MESSAGES,
        term=terms.GROUP_MESSAGE,
        eraser=Eraser.PARENT,
        goes_with="directory.GroupMessage",
        readers=(Reader.PERSON, Reader.AUTHOR, Reader.REFERENT, Reader.ADMINISTRATORS),
        columns=(
            Columns(
                "co_entrepreneur sent_at opened_at reminded_at answer reason answered_at",
                "à qui, envoi, lecture dite, rappel, réponse et raison",
            ),
            Columns("word", "mot, ou qui la personne connaît", is_free=True),
        ),
        plain="id message",
        ties=(Tie(By.FICHE, "co_entrepreneur"),),
        is_shared=True,
    ),
    Entry(
        model="directory.FruitlessSearch",
        what="les mots qui n’ont rien trouvé",
        person=Person.VISITOR,
        purpose=SEARCHES,
        term=terms.SEARCH,
        eraser=Eraser.PURGE,
        columns=(Columns("words count last_on", "mots, combien de fois, dernier jour", is_free=True),),
        plain="id",
        purge=Purge("recherches sans résultat", past.since_day("directory.FruitlessSearch", "last_on")),
    ),
    Entry(
        model="directory.BuyerSearch",
        what="les recherches faites, comptées par jour",
        person=Person.VISITOR,
        purpose=SEARCHES,
        term=terms.SEARCH,
        eraser=Eraser.PURGE,
        readers=(Reader.MEMBERS, Reader.REFERENTS, Reader.ADMINISTRATORS),
        columns=(Columns("query day count", "mots et critères, jour, combien de fois", is_free=True),),
        plain="id",
        purge=Purge("recherches d’acheteurs", past.since_day("directory.BuyerSearch", "day")),
    ),
    Plain("directory.Synonym", "synonymes, choisis par les référents", "id words meaning both_ways"),
    Entry(
        model="directory.RateLimit",
        what="les compteurs d’envois",
        person=Person.VISITOR,
        purpose=SECURITY,
        term=terms.COUNTER,
        eraser=Eraser.PURGE,
        columns=(Columns("key", "empreinte chiffrée d’une adresse électronique ou réseau (IP), ou d’un envoi"),),
        plain="count expires_at",
        purge=Purge("compteurs d’envois", past.over("directory.RateLimit", "expires_at")),
    ),
)
