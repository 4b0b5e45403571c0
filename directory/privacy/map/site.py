"""What says nothing of anybody, and what stands outside the tables: files, cookies, copies."""

from datetime import timedelta

from django.conf import settings

from crealead.words import lasting
from directory.models import member_session
from directory.privacy import files, remembered, terms
from directory.privacy.map.parts import EVENT
from directory.privacy.purposes import BACKUPS, CATALOGUE, LISTING, MAIL, SECURITY
from directory.privacy.vocabulary import Cookie, Eraser, FilesPurge, Person, Place, Plain, Reader

PAPER = "id kind title starts_on expires_on is_public file"
THRESHOLD = "id kind starts_on ends_on amount article source source_url"

ENTRIES = (
    Plain("directory.Label", "labels", "id slug name description"),
    Plain("directory.Region", "régions", "code name"),
    Plain("directory.Department", "départements", "code name region"),
    Plain("directory.Domain", "domaines", "id slug name description position"),
    Plain("directory.Skill", "compétences", "id domain slug name synonyms is_building_trade"),
    Plain("directory.CpvCode", "codes CPV", "code label"),
    Plain("directory.Paper", "pièces de la coopérative", PAPER),
    Plain("directory.PaperEvent", "leur historique", f"{PAPER} {EVENT} pgh_obj"),
    Plain("directory.Threshold", "seuils des marchés", THRESHOLD),
    Plain("directory.ThresholdEvent", "leur historique", f"{THRESHOLD} {EVENT} pgh_obj"),
    Plain("directory.Remembered", "effacements et retraits déjà passés, par un numéro tiré au hasard", "key at line"),
    Plain("directory.Page", "textes du site", "id slug title body updated_at"),
)

PLACES = (
    Place(
        where="MEDIA_ROOT, les dossiers où les fiches, références, réponses et imports rangent leurs fichiers",
        what="les fichiers qui ne se rattachent plus à rien",
        person=Person.MEMBER,
        purpose=LISTING,
        term=terms.ORPHAN_FILE,
        eraser=Eraser.PURGE,
        folders=(
            "photos",
            "portfolio",
            "proofs",
            "attestations",
            "consents",
            "contract-files",
            "imports",
            "kits",
            "answers",
            "papers",
        ),
        readers=(Reader.NOBODY,),
        purge=FilesPurge("fichiers que plus rien ne nomme", files.orphans, files.delete),
    ),
    Place(
        where="MEDIA_ROOT, waiting-files",
        what="les fichiers d’un formulaire à corriger",
        person=Person.MEMBER,
        purpose=LISTING,
        term=terms.FILE_OF_FORM,
        eraser=Eraser.PURGE,
        folders=("waiting-files",),
        readers=(Reader.PERSON,),
        purge=FilesPurge("fichiers dont le formulaire n’est pas revenu", files.of_lost_forms, files.delete),
    ),
    Place(
        where="VAR_DIR, mail : hors production, où les courriels sont écrits au lieu de partir",
        what="les courriels écrits sur le disque",
        person=Person.ANYONE,
        in_production=False,
        purpose=MAIL,
        term=terms.MAIL_ON_DISK,
        eraser=Eraser.PURGE,
        readers=(Reader.ADMINISTRATORS,),
        purge=FilesPurge("courriels écrits sur le disque", files.mails, files.unlink),
    ),
    Place(
        where="VAR_DIR, demo-accounts.csv : hors production, les comptes de la démonstration",
        what="les comptes de la démonstration, dont les personnes n’existent pas",
        person=Person.STAFF,
        in_production=False,
        purpose=SECURITY,
        term=terms.ACCOUNT,
        eraser=Eraser.OUTSIDE,
    ),
    Place(
        where="La mémoire des programmes, ou le serveur de CACHE_URL",
        what="les pages publiques gardées prêtes, sous l’adresse demandée",
        person=Person.VISITOR,
        purpose=CATALOGUE,
        term=terms.CACHED,
        eraser=Eraser.PROGRAM,
        readers=(Reader.NOBODY,),
    ),
    Place(
        where="Journal de la machine : une ligne ne nomme personne (docs/deployment.md, « Logs »)",
        what="les journaux",
        person=Person.VISITOR,
        purpose=SECURITY,
        term=terms.LOGS,
        eraser=Eraser.OUTSIDE,
        readers=(Reader.HOST,),
    ),
    Place(
        where="ERASURES_FILE : effacements et retraits, hors de portée des sauvegardes qu’ils suivent",
        what="les empreintes de ce qui fut effacé ou retiré, pour ne pas le faire revenir d’une sauvegarde",
        person=Person.ANYONE,
        purpose=BACKUPS,
        term=terms.REMEMBERED,
        eraser=Eraser.PURGE,
        readers=(Reader.NOBODY,),
        purge=FilesPurge(
            "empreintes d’effacements et de retraits", remembered.past_lines, remembered.forget_past_lines
        ),
    ),
    Place(
        where="/var/backups/crealead",
        what="les sauvegardes",
        person=Person.ANYONE,
        purpose=BACKUPS,
        term=terms.BACKUP,
        eraser=Eraser.OUTSIDE,
    ),
)

# What a script keeps in the browser, and never sends by itself.
STORED = (
    Cookie(
        "selection",
        "le catalogue, dès que vous gardez une fiche",
        "retrouver d’une page à l’autre les fiches que vous gardez, par leurs adresses",
        "jusqu’à ce que vous les retiriez",
    ),
    Cookie(
        "selection-deplacee",
        "votre sélection, quand vous y déplacez ou en retirez une fiche",
        "revenir sur cette fiche dans la page qui suit",
        "jusqu’à cette page",
    ),
    Cookie(
        "htmx-current-path-for-history",
        "le catalogue",
        "revenir en arrière à la bonne recherche : c’est l’adresse de la page",
        "jusqu’à la fermeture de l’onglet",
    ),
)
COOKIES = (
    Cookie(
        settings.CSRF_COOKIE_NAME,
        "les formulaires",
        "empêcher qu’un autre site envoie un formulaire à votre place, et vous remontrer à vous seul votre message",
        # Django counts a year as 52 weeks.
        "un an au plus",
    ),
    Cookie(
        settings.SESSION_COOKIE_NAME,
        "la demande de référencement, l’espace des référents",
        "savoir que votre adresse est vérifiée, ou qui vous êtes",
        f"{lasting(timedelta(seconds=settings.SESSION_COOKIE_AGE))} après la dernière visite, au plus",
    ),
    Cookie(
        "espace",
        "l’espace d’un co-entrepreneur",
        "l’y reconnaître d’une visite à l’autre",
        f"{lasting(member_session.LIFETIME)} sans visite",
    ),
    Cookie(
        "messages",
        "l’espace d’un co-entrepreneur, l’espace des référents",
        "dire à la page suivante ce que vous venez de faire",
        "jusqu’à la page suivante",
    ),
)
