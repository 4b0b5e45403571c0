"""What is kept around a consultation: the team, the memo, what is prepared and what was sent."""

from directory.privacy import frozen, past, terms
from directory.privacy.purposes import SECURITY, TENDERS
from directory.privacy.vocabulary import By, Columns, Entry, Eraser, Person, Plain, Purge, Reader, Tie

from .parts import link

AUTHOR = Columns("author_member author_user", "qui l’a ouvert ou demandé")
# Who reads a line of each.
REGISTER = (Reader.MEMBERS, Reader.REFERENTS, Reader.ADMINISTRATORS)
BY_AUTHOR = (Tie(By.FICHE, "author_member"), Tie(By.ACCOUNT, "author_user", of=Person.STAFF))

ENTRIES = (
    Entry(
        model="directory.Consultation",
        what="les consultations",
        person=Person.MEMBER,
        purpose=TENDERS,
        term=terms.CONSULTATION,
        eraser=Eraser.PURGE,
        is_shared=True,
        columns=(
            Columns(
                "author_member author_user subject reference lot deadline",
                "objet, lot, date limite, et qui l’a ouverte",
                readers=REGISTER,
                is_free=True,
            ),
            Columns("updated_by link feedback", "qui l’a modifiée, lien, ce que l’acheteur a dit", is_free=True),
        ),
        plain="id buyer contract_ends_on trame opened_at opened_with version outcome outcome_on price_score "
        "price_score_out_of technical_score technical_score_out_of won_reference",
        ties=(*BY_AUTHOR, Tie(By.NAME, "updated_by")),
        purge=Purge("consultations, avec leurs réponses", past.consultations, frozen.erase_consultations),
    ),
    link("directory.Consultation_cpv_codes", "consultation cpvcode", of="des codes CPV de la consultation"),
    link("directory.Consultation_skills", "consultation skill", of="des compétences demandées"),
    link("directory.Consultation_departments", "consultation department", of="des lieux d’exécution"),
    link("directory.Consultation_references", "consultation reference", of="des références choisies"),
    Entry(
        model="directory.DuplicateNotice",
        what="les doublons signalés",
        person=Person.MEMBER,
        purpose=TENDERS,
        term=terms.CONSULTATION,
        eraser=Eraser.PARENT,
        is_shared=True,
        goes_with="directory.Consultation",
        columns=(Columns("settled_by word", "qui l’a tranché, mot à l’autre équipe", is_free=True),),
        plain="id consultation other noticed_at settled_at settlement",
        ties=(Tie(By.NAME, "settled_by"),),
    ),
    Entry(
        model="directory.TeamMember",
        what="les équipes",
        person=Person.MEMBER,
        purpose=TENDERS,
        term=terms.CONSULTATION,
        eraser=Eraser.PARENT,
        is_shared=True,
        goes_with="directory.Consultation",
        columns=(
            Columns("co_entrepreneur role mission state invited_at answered_at answer_by", "rôle, mission, réponse"),
            Columns("answer_word message", "mots échangés", is_free=True),
        ),
        plain="id consultation stands_in_for reminded_days reminded_of",
        ties=(Tie(By.FICHE, "co_entrepreneur"),),
    ),
    Entry(
        model="directory.MemoPart",
        what="les mémoires techniques",
        person=Person.MEMBER,
        purpose=TENDERS,
        term=terms.CONSULTATION,
        eraser=Eraser.PARENT,
        is_shared=True,
        goes_with="directory.Consultation",
        columns=(
            Columns("title body criterion guidance", "textes du mémoire", is_free=True),
            Columns("updated_by updated_at", "qui a écrit, quand"),
        ),
        plain="id consultation position kind score score_out_of is_written version",
        ties=(Tie(By.NAME, "updated_by"),),
    ),
    Plain("directory.MemoTrame", "trames de mémoires", "id name service introduction is_offered"),
    Plain("directory.TrameSection", "sections des trames", "id trame position kind title guidance body"),
    Entry(
        model="directory.Kit",
        what="les dossiers préparés",
        person=Person.MEMBER,
        purpose=TENDERS,
        term=terms.KIT,
        eraser=Eraser.PURGE,
        columns=(AUTHOR, Columns("archive problems", "documents préparés : CV, références, mémoire", is_free=True)),
        plain="id consultation state made total sources asked_at finished_at",
        ties=(*BY_AUTHOR, Tie(By.FICHE, "consultation__team__co_entrepreneur")),
        purge=Purge("dossiers préparés", past.kits),
    ),
    Entry(
        model="directory.Answer",
        what="les réponses envoyées",
        person=Person.MEMBER,
        purpose=TENDERS,
        term=terms.CONSULTATION,
        eraser=Eraser.PARENT,
        goes_with="directory.Consultation",
        is_shared=True,
        readers=(Reader.TEAM, Reader.REFERENT, Reader.ADMINISTRATORS, Reader.CONTRACTING),
        columns=(AUTHOR, Columns("data", "données dont les documents furent faits", is_free=True)),
        plain="id consultation number sent_at",
        ties=(*BY_AUTHOR, Tie(By.FICHE, "consultation__team__co_entrepreneur")),
    ),
    Entry(
        model="directory.AnswerFile",
        what="les réponses envoyées",
        person=Person.MEMBER,
        purpose=TENDERS,
        term=terms.CONSULTATION,
        eraser=Eraser.PARENT,
        is_shared=True,
        goes_with="directory.Answer",
        readers=(Reader.TEAM, Reader.REFERENT, Reader.ADMINISTRATORS, Reader.CONTRACTING),
        columns=(Columns("name file sha256", "documents envoyés", is_free=True),),
        plain="id answer size",
        ties=(Tie(By.FICHE, "answer__author_member"), Tie(By.FICHE, "answer__consultation__team__co_entrepreneur")),
    ),
    Entry(
        model="directory.Unfreezing",
        what="les changements faits à une réponse envoyée ou à un dossier clos, par ce qui seul le peut",
        person=Person.STAFF,
        purpose=SECURITY,
        term=terms.UNFREEZING,
        eraser=Eraser.PURGE,
        is_shared=True,
        readers=(Reader.ADMINISTRATORS,),
        columns=(Columns("by at purpose", "qui a effacé, quand"),),
        plain="id of_table row operation columns",
        ties=(Tie(By.ACCOUNT, "by"),),
        purge=Purge("changements faits à ce qui est figé", past.since("directory.Unfreezing", "at")),
    ),
)
