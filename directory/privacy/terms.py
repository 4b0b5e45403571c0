"""How long each thing is kept, and why that long; the lengths that a model goes by itself stand with it."""

from datetime import timedelta

from django.conf import settings

from crealead.rate_limit import LONGEST_WINDOW
from crealead.words import lasting
from directory.forms.files import WAITING_TIME
from directory.models import (
    access_link,
    alert,
    buyer_search,
    contact_message,
    departure,
    fiche_export,
    group_message,
    listing_draft,
    member_session,
    reference,
    sent_file,
    sourcing_record,
)

from .vocabulary import Term

# Three years after the last contact, nothing may be left: no option goes beyond.
MOST = timedelta(days=3 * 365)

MESSAGE = Term(
    "la réception", contact_message.KEPT, "Le temps qu’un achat public se décide, et que la suite se compte."
)
ALERT = Term("la fin de l’alerte", alert.KEPT, "Le temps de répondre à qui demande pourquoi elle s’est arrêtée.")
ALERT_TO_CONFIRM = Term("la demande, sans confirmation", alert.TO_CONFIRM, "Le temps d’ouvrir le courriel.")
GROUP_MESSAGE = Term(
    "la date de réponse demandée", group_message.KEPT, "Le temps qu’un achat se décide avec qui a répondu."
)
GROUP_TO_CONFIRM = Term("l’écriture, sans confirmation", group_message.TO_CONFIRM, "Le temps d’ouvrir le courriel.")
RECORD = Term(
    f"l’acheteur l’efface, ou que son terme passe ({lasting(sourcing_record.OPEN_FOR)} après le dernier changement, "
    "ou, s’il est clos, un, deux ou trois ans après, à son choix)",
    None,
    "Le temps de décider, puis celui où un choix se justifie.",
)
RECORD_EMAIL = Term("l’envoi, sans confirmation", sourcing_record.EMAIL_TO_CONFIRM, "Le temps d’ouvrir le courriel.")
REQUEST = Term(
    "la fin de la demande", timedelta(days=2 * 365), "Le temps de redemander, et de rendre compte de ce qui fut décidé."
)
STRANGER = Term(
    "la fin d’une demande à laquelle aucune fiche n’est rattachée",
    timedelta(days=180),
    "Personne n’a dit que c’était un membre : le temps d’une question, et pas davantage.",
)
PROPOSAL = Term("la décision ou le retrait", timedelta(days=2 * 365), "Le même que celui des demandes.")
DRAFT = Term("le dernier enregistrement", listing_draft.KEPT, "Le temps de finir d’écrire.")
LINK = Term("l’envoi du lien", access_link.KEPT, "Le temps de répondre à « il ne marche pas ».")
COUNTER = Term("l’envoi compté, au plus", LONGEST_WINDOW, "Il ne sert à rien ensuite.")
MEMBER_SESSION = Term("la dernière visite", member_session.LIFETIME, "La durée du cookie.")
SESSION = Term(
    "la dernière visite",
    timedelta(seconds=settings.SESSION_COOKIE_AGE),
    "La durée du cookie ; la purge qui suit efface la ligne.",
)
SEARCH = Term(
    "la dernière fois qu’elle fut faite",
    buyer_search.KEPT,
    "Le temps d’en faire un synonyme ou une compétence, deux saisons durant.",
)
LOGIN = Term("la connexion ou l’échec", timedelta(days=365), "Le temps d’enquêter sur une intrusion.")
ADMIN_LOG = Term("le geste", timedelta(days=365), "Le même que celui des connexions, qu’il éclaire.")
RIGHTS_USE = Term("le geste", MOST, "Le temps d’en rendre compte à la personne, ou à la CNIL.")
EXPORT = Term("l’export", fiche_export.KEPT, "Le temps d’enquêter sur une fuite ; le même que celui des connexions.")
SECRETS = Term(
    "la dernière connexion d’un compte fermé",
    timedelta(days=30),
    "Un compte peut être rouvert au retour d’une absence.",
)
FAILED_MAIL = Term("l’abandon de l’envoi", timedelta(days=30), "Le temps de le renvoyer.")
FILE_TO_IMPORT = Term("l’envoi du fichier", sent_file.SentFile.WAITING_TIME, "Le temps de le confirmer.")
FILE_OF_FORM = Term("l’envoi du fichier", WAITING_TIME, "Le temps de corriger le formulaire.")
ORPHAN_FILE = Term("qu’ils ne se rattachent plus à rien", timedelta(days=1), "Un envoi peut être en cours.")
KIT = Term("sa préparation", timedelta(days=365), "Ce qui est parti est gardé avec la réponse ; le reste se refait.")
CONSULTATION = Term(
    "la fin du marché, ou de la consultation s’il n’y en a pas eu",
    timedelta(days=settings.ANSWERS_KEPT_DAYS),
    "La prescription de droit commun, cinq ans (art. 2224 du Code civil) : un litige sur le marché se prouve par ce "
    "qui fut envoyé.",
)
UNFREEZING = Term(
    "l’effacement", timedelta(days=settings.ANSWERS_KEPT_DAYS), "Le même que celui des réponses, dont il répond."
)
LEFT = Term("la personne quitte la coopérative", None, "Cela ne sert qu’à elle, dans le catalogue.")
HISTORY_OF_NONE = Term(
    "l’effacement de ce qu’il raconte", timedelta(days=30), "Le temps de réparer une suppression par erreur."
)
REASON_OF_NONE = Term("plus aucun historique ne s’y rapporte", None)
WORD_OF_NONE = Term("plus aucune fiche du catalogue ne le contienne", None)
MAIL_ON_DISK = Term("l’écriture", timedelta(days=30), "Le temps de le lire ; en production, rien n’est écrit.")
REMEMBERED = Term(
    "l’effacement ou le retrait", timedelta(days=365), "Le temps qu’aucune copie oubliée ailleurs ne le fasse revenir."
)
BACKUP = Term("la copie", timedelta(days=14), "Le temps de s’apercevoir d’une perte.")

# What lasts as long as something else does.
FICHE = Term("la fiche s’efface", None, "Le public la lit tant que la personne est membre et l’accepte.")
DEPARTED = Term(
    "le départ de la coopérative, jour où le public cesse de la voir",
    departure.KEPT,
    "Le temps de reprendre ses données ; le public ne les voit plus, et un courriel la prévient avant.",
)
OBJECTION = Term(
    "la personne la lève elle-même", None, "Sans elle, on écrirait de nouveau à qui a dit non ; elle ne nomme personne."
)
ACCOUNT = Term("le compte s’efface", None, "On ne décide qu’avec un compte, et les décisions ont un auteur.")
REFERENCE = Term("la référence s’efface", None, "Elle sert aux réponses de tous ceux qui y ont pris part.")
CLIENT = Term("la coopérative l’efface de sa liste", None, "Il est le client de plusieurs références.")
CLOSED_REFERENCE = Term("la clôture", reference.CLOSED_KEPT, "Le temps de la reprendre.")
CONTACT = Term(
    "la fin de la prestation, ou son dernier envoi si elle dure encore ; plus tôt si le contact s’y oppose",
    timedelta(days=settings.CONTACT_DAYS),
    "Un acheteur demande des références de trois ans, et peut vérifier.",
)
LOGS = Term("la machine les efface", None)
CACHED = Term("d’autres pages prennent leur place", None, "Une page prête n’est servie que si rien n’a changé.")
