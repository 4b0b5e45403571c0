"""Why personal data is kept: the processings of the register, each with its basis and those who see its data."""

from .vocabulary import Basis, Purpose, Reader

CATALOGUE = Purpose(
    "Faire connaître les co-entrepreneurs aux clients publics",
    "Montrer qui sait faire quoi, et donner de quoi choisir.",
    Basis.INTEREST,
    (Reader.PUBLIC,),
)
LISTING = Purpose(
    "Traiter les demandes de référencement et les changements de fiches",
    "Décider, répondre, et rendre compte de ce qui fut décidé.",
    Basis.CONTRACT,
    (Reader.PERSON, Reader.REFERENT, Reader.ADMINISTRATORS),
)
MESSAGES = Purpose(
    "Transmettre les messages des acheteurs",
    "Faire parvenir le message, et savoir quels besoins s’expriment.",
    Basis.INTEREST,
    (Reader.ADDRESSEE, Reader.REFERENT, Reader.ADMINISTRATORS),
)
ALERTS = Purpose(
    "Prévenir les acheteurs des nouvelles fiches",
    "Écrire à qui l’a demandé, et confirmé, ce qui est nouveau pour sa recherche.",
    Basis.CONSENT,
    (Reader.PERSON,),
)
RECORDS = Purpose(
    "Tenir les dossiers de sourçage des acheteurs",
    "Laisser un acheteur écrire pourquoi il garde les uns et écarte les autres, et pouvoir le prouver.",
    Basis.INTEREST,
    (Reader.LINK,),
)
REFERENCES = Purpose(
    "Tenir les références des co-entrepreneurs",
    "Prouver aux acheteurs ce qui a été fait, pour qui.",
    Basis.INTEREST,
    (Reader.COLLEAGUES, Reader.REFERENT, Reader.ADMINISTRATORS),
)
TENDERS = Purpose(
    "Répondre aux consultations",
    "Répondre ensemble, d’une seule voix, et pouvoir dire ce qui a été envoyé.",
    Basis.CONTRACT,
    (Reader.TEAM, Reader.REFERENT, Reader.ADMINISTRATORS),
)
TEAM = Purpose(
    "Tenir les comptes des référents et des administrateurs",
    "Savoir qui suit qui, qui décide, et n’ouvrir qu’à eux.",
    Basis.CONTRACT,
    (Reader.PERSON, Reader.ADMINISTRATORS),
)
HISTORY = Purpose(
    "Garder l’historique des décisions",
    "Rendre compte de qui a changé quoi, quand et pourquoi.",
    Basis.INTEREST,
    (Reader.PERSON, Reader.REFERENT, Reader.ADMINISTRATORS),
)
SEARCHES = Purpose(
    "Comprendre ce qui est cherché",
    "Apprendre au catalogue les mots des acheteurs, et dire aux co-entrepreneurs ce qui leur échappe.",
    Basis.INTEREST,
    (Reader.REFERENTS, Reader.ADMINISTRATORS),
)
RIGHTS = Purpose(
    "Répondre à qui exerce ses droits",
    "Retrouver ce qui est gardé d’une personne, le remettre, le corriger, l’effacer, et pouvoir en rendre compte.",
    Basis.OBLIGATION,
    (Reader.ADMINISTRATORS,),
)
SECURITY = Purpose(
    "Protéger le site",
    "Vérifier une adresse, tenir une session, arrêter les abus, enquêter sur une intrusion.",
    Basis.INTEREST,
    (Reader.NOBODY,),
)
MAIL = Purpose(
    "Envoyer les courriels du site",
    "Prévenir chacun de ce qui le concerne.",
    Basis.INTEREST,
    (Reader.ADDRESSEE, Reader.ADMINISTRATORS),
)
BACKUPS = Purpose(
    "Sauvegarder",
    "Remettre le site debout après une panne.",
    Basis.OBLIGATION,
    (Reader.HOST,),
)
