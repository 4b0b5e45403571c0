"""What is kept of who works in the back office, and what the machinery keeps of all: sessions, queue, reasons."""

from django.db import connection
from django.db.models import Q

from directory.privacy import past, terms
from directory.privacy.purposes import HISTORY, MAIL, RIGHTS, SECURITY, TEAM
from directory.privacy.vocabulary import By, Columns, Entry, Eraser, Person, Plain, Purge, Reader, Tie

BY_USER = Tie(By.ACCOUNT, "user")
DEVICE = "name confirmed throttling_failure_timestamp throttling_failure_count"


def _secrets(model, columns, plain="", *, what, line):
    """A second factor, or its grace: it goes with the account, or some time after that is closed."""
    return Entry(
        model=model,
        what=what,
        person=Person.STAFF,
        purpose=SECURITY,
        term=terms.SECRETS,
        eraser=Eraser.PURGE,
        columns=(Columns(columns, what),),
        plain=plain,
        ties=(BY_USER,),
        purge=Purge(line, past.of_closed_accounts(model)),
    )


def _of_attempts(model, what, line, *, more="", plain):
    return Entry(
        model=model,
        what=what,
        person=Person.STAFF,
        purpose=SECURITY,
        term=terms.LOGIN,
        eraser=Eraser.PURGE,
        readers=(Reader.ADMINISTRATORS,),
        columns=(
            Columns(
                f"username ip_address user_agent http_accept path_info attempt_time {more}".strip(),
                "identifiant tapé, adresse IP, navigateur, heure",
            ),
        ),
        plain=plain,
        ties=(Tie(By.NAME, "username"), Tie(By.EMAIL, "username")),
        purge=Purge(line, past.since(model, "attempt_time")),
    )


def _delete_jobs(pks):
    """By the queue's table itself, whose models can't be written; events and failures go along."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE id = ANY(%s) AND status NOT IN ('todo', 'doing')", [list(pks)]
        )


def _mails_to(emails):
    """The jobs whose arguments name one of these addresses, whoever of the mail or the link it is."""
    condition = Q()
    for email in emails:
        for argument in ("to", "reply_to", "email"):
            condition |= Q(**{f"args__{argument}__iexact": email})
    return condition


def _fiches_in_jobs(fiches):
    return Q(args__co_entrepreneur_pk__in=list(fiches))


def _log_of_fiches(fiches):
    """The lines of the admin log that are about these fiches."""
    return Q(
        content_type__app_label="directory",
        content_type__model="coentrepreneur",
        object_id__in=[str(pk) for pk in fiches],
    )


def _reasons_by(accounts):
    return Q(metadata__user__in=list(accounts))


ENTRIES = (
    Entry(
        model="auth.User",
        what="les comptes",
        person=Person.STAFF,
        purpose=TEAM,
        term=terms.ACCOUNT,
        eraser=Eraser.PERSON,
        is_shared=True,
        columns=(
            Columns("username first_name last_name email", "identifiant, nom, adresse"),
            Columns("password", "empreinte du mot de passe", readers=(Reader.NOBODY,)),
            Columns("last_login date_joined", "création du compte, dernière connexion"),
            Columns("is_superuser is_staff is_active", "droits"),
        ),
        plain="id",
        ties=(
            Tie(By.ACCOUNT, "pk"),
            Tie(By.EMAIL, "email"),
            Tie(By.NAME, "first_name last_name"),
            Tie(By.NAME, "username"),
        ),
    ),
    Plain("auth.User_groups", "les rôles des comptes", "id user group"),
    Plain("auth.User_user_permissions", "les droits des comptes", "id user permission"),
    Plain("auth.Group", "rôles", "id name"),
    Plain("auth.Group_permissions", "droits des rôles", "id group permission"),
    Plain("auth.Permission", "droits", "id name content_type codename"),
    Plain("contenttypes.ContentType", "noms des tables", "id app_label model"),
    Entry(
        model="directory.Referent",
        what="les référents",
        person=Person.STAFF,
        purpose=TEAM,
        term=terms.ACCOUNT,
        eraser=Eraser.PERSON,
        is_shared=True,
        readers=(Reader.MEMBERS, Reader.REFERENTS, Reader.ADMINISTRATORS),
        columns=(Columns("user name phone", "nom, téléphone"),),
        plain="id",
        ties=(BY_USER, Tie(By.NAME, "name"), Tie(By.PHONE, "phone")),
    ),
    Entry(
        model="directory.StandIn",
        what="les remplacements",
        person=Person.STAFF,
        purpose=TEAM,
        term=terms.ACCOUNT,
        eraser=Eraser.PERSON,
        is_shared=True,
        readers=(Reader.REFERENTS, Reader.ADMINISTRATORS),
        columns=(Columns("referent stand_in starts_on ends_on", "qui remplace qui, et quand"),),
        plain="id",
        ties=(Tie(By.ACCOUNT, "referent__user"), Tie(By.ACCOUNT, "stand_in__user")),
    ),
    Entry(
        model="admin.LogEntry",
        what="le journal de l’espace des référents",
        person=Person.STAFF,
        purpose=SECURITY,
        term=terms.ADMIN_LOG,
        eraser=Eraser.PURGE,
        readers=(Reader.REFERENTS, Reader.ADMINISTRATORS),
        columns=(
            Columns("user action_time action_flag change_message", "qui a fait quoi, quand"),
            Columns("object_id object_repr", "nom de ce qui fut touché", of=Person.MEMBER, is_free=True),
        ),
        plain="id content_type",
        ties=(BY_USER, Tie(By.FICHE, _log_of_fiches, of=Person.MEMBER)),
        purge=Purge("journal de l’espace des référents", past.since("admin.LogEntry", "action_time")),
    ),
    Entry(
        model="directory.RightsUse",
        what="les usages de l’outil des droits",
        # Whose data it was; an account that is erased doesn't take along what it did for others.
        person=Person.ANYONE,
        purpose=RIGHTS,
        term=terms.RIGHTS_USE,
        eraser=Eraser.PURGE,
        columns=(
            Columns("by at gesture counts", "qui, quand, quel geste, sur combien de lignes", of=Person.STAFF),
            Columns("fingerprints", "empreinte chiffrée de ce qui fut cherché"),
        ),
        plain="id",
        ties=(Tie(By.ACCOUNT, "by", of=Person.STAFF),),
        purge=Purge("usages de l’outil des droits", past.since("directory.RightsUse", "at")),
    ),
    Entry(
        model="directory.FicheExport",
        what="les exports de fiches",
        person=Person.STAFF,
        purpose=SECURITY,
        term=terms.EXPORT,
        eraser=Eraser.PURGE,
        readers=(Reader.ADMINISTRATORS,),
        columns=(Columns("user exported_at", "qui a exporté des fiches, et quand"),),
        plain="id fiches columns ending",
        ties=(BY_USER,),
        purge=Purge("exports de fiches", past.since("directory.FicheExport", "exported_at")),
    ),
    Entry(
        model="sessions.Session",
        what="les sessions de l’espace des référents et des demandes",
        person=Person.ANYONE,
        purpose=SECURITY,
        term=terms.SESSION,
        eraser=Eraser.PURGE,
        columns=(Columns("session_key session_data", "compte ouvert, ou adresse vérifiée"),),
        plain="expire_date",
        purge=Purge("sessions expirées", past.over("sessions.Session", "expire_date")),
    ),
    _of_attempts("axes.AccessLog", "les connexions", "connexions", more="session_hash", plain="id logout_time"),
    _of_attempts(
        "axes.AccessAttempt",
        "les connexions refusées",
        "échecs de connexion",
        more="get_data post_data",
        plain="id failures_since_start",
    ),
    _of_attempts("axes.AccessFailureLog", "les connexions refusées", "journal des échecs", plain="id locked_out"),
    Plain("axes.AccessAttemptExpiration", "fin d’un blocage", "access_attempt expires_at"),
    _secrets(
        "directory.SecondFactorGrace",
        "user since",
        what="le délai du second facteur",
        line="délais de second facteur de comptes fermés",
    ),
    _secrets(
        "directory.OneTimeCodes",
        "user hashes",
        f"id {DEVICE}",
        what="les empreintes des codes à usage unique",
        line="codes à usage unique de comptes fermés",
    ),
    _secrets(
        "otp_totp.TOTPDevice",
        "user key last_used_at created_at",
        f"id {DEVICE} step t0 digits tolerance drift last_t",
        what="le secret de l’application de codes",
        line="applications de codes de comptes fermés",
    ),
    _secrets(
        "django_otp_webauthn.WebAuthnCredential",
        "user name credential_id public_key credential_id_sha256 created_at last_used_at",
        "id confirmed credential_type transports sign_count backup_eligible backup_state aaguid discoverable",
        what="les clés d’accès",
        line="clés d’accès de comptes fermés",
    ),
    Entry(
        model="django_otp_webauthn.WebAuthnAttestation",
        what="les clés d’accès",
        person=Person.STAFF,
        purpose=SECURITY,
        term=terms.SECRETS,
        eraser=Eraser.PARENT,
        goes_with="django_otp_webauthn.WebAuthnCredential",
        columns=(Columns("credential data client_data_json", "les clés d’accès"),),
        plain="id fmt",
        ties=(Tie(By.ACCOUNT, "credential__user"),),
    ),
    _secrets(
        "django_otp_webauthn.WebAuthnUserHandle",
        "user handle_hex",
        what="les clés d’accès",
        line="identifiants de clés de comptes fermés",
    ),
    Entry(
        model="pghistory.Context",
        what="les motifs de l’historique",
        person=Person.STAFF,
        purpose=HISTORY,
        term=terms.REASON_OF_NONE,
        eraser=Eraser.PURGE,
        is_shared=True,
        columns=(Columns("metadata", "qui, par quelle page, pour quelle raison", is_free=True),),
        plain="id created_at updated_at",
        ties=(Tie(By.ACCOUNT, _reasons_by),),
        purge=Purge("motifs dont l’historique est effacé", past.reasons_of_none),
    ),
    Plain(
        "pghistory.Events",
        "lecture de tous les historiques ensemble : ce n’est pas une table",
        "pgh_slug pgh_model pgh_id pgh_created_at pgh_label pgh_data pgh_diff pgh_context_id pgh_context "
        "pgh_obj_model pgh_obj_id",
    ),
    Entry(
        model="procrastinate.ProcrastinateJob",
        what="les courriels et les travaux en attente, ou en échec",
        person=Person.ANYONE,
        purpose=MAIL,
        term=terms.FAILED_MAIL,
        eraser=Eraser.PURGE,
        columns=(
            Columns("args", "destinataire, objet et texte du courriel", is_free=True),
            Columns("lock queueing_lock", "numéro de la fiche concernée"),
        ),
        plain="id queue_name task_name priority status scheduled_at attempts abort_requested worker",
        ties=(Tie(By.EMAIL, _mails_to), Tie(By.FICHE, _fiches_in_jobs)),
        purge=Purge("courriels et travaux abandonnés", past.jobs, _delete_jobs),
    ),
    Plain("procrastinate.ProcrastinateEvent", "dates des travaux", "id job type at"),
    Plain("procrastinate.ProcrastinateWorker", "signes de vie", "id last_heartbeat"),
    Plain(
        "procrastinate.ProcrastinatePeriodicDefer",
        "travaux de chaque jour",
        "id task_name defer_timestamp job periodic_id",
    ),
    Entry(
        model="directory.FailedMail",
        what="les courriels en échec",
        person=Person.ANYONE,
        purpose=MAIL,
        term=terms.FAILED_MAIL,
        eraser=Eraser.PARENT,
        goes_with="procrastinate.ProcrastinateJob",
        columns=(Columns("job reason", "réponse du serveur de courrier, qui nomme parfois l’adresse", is_free=True),),
        plain="failed_at tried_at",
        ties=(Tie(By.EMAIL, lambda emails: _prefixed("job__", _mails_to(emails))),),
    ),
)


def _prefixed(prefix, condition):
    """The same condition, seen from what leads to its rows."""
    return Q(*((f"{prefix}{name}", value) for name, value in condition.children), _connector=condition.connector)
