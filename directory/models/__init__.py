"""The nouns of the project, a file each."""

from .access_link import AccessLink
from .alert import Alert, AlertNews
from .answer import Answer, AnswerFile, Kit, Unfreezing
from .buyer_search import BuyerSearch, FirstPage
from .certification import Certification, Label
from .co_entrepreneur import CoEntrepreneur, FicheCpvCode, FicheDepartment, FicheSkill, FormerSlug
from .consent import Consent, ConsentText
from .consultation import Consultation, DuplicateNotice, TeamMember
from .contact_message import ContactMessage
from .contract_suggestion import ContractFile, ContractSuggestion
from .cv import Cv, CvEntry
from .departure import Departure
from .failed_mail import FailedMail
from .fiche_export import FicheExport
from .fiche_file import FicheFile
from .fiche_notice import FicheNotice
from .fiche_proposal import FicheProposal
from .group_message import GroupMessage, GroupRecipient
from .insurance import Insurance
from .listing_agreement import ListingAgreement
from .listing_draft import ListingDraft
from .listing_request import ListingRequest
from .member_session import MemberSession
from .memo_trame import MemoPart, MemoTrame, SectionKind, TrameSection
from .not_my_trade import NotMyTrade
from .objection import Objection
from .page import Page
from .paper import Paper
from .portfolio import PortfolioImage
from .public_client import PublicClient
from .rate_limit import RateLimit
from .reference import Participation, Reference
from .referent import Referent
from .remembered import Remembered
from .rights_use import RightsUse
from .search_document import CatalogueChange, CatalogueVersion, SearchDocument, SearchWord
from .second_factor import OneTimeCodes, SecondFactorGrace
from .sourcing_record import ClosedRecord, RecordFiche, RecordSearch, SetAside, SourcingRecord
from .stand_in import StandIn
from .synonym import FruitlessSearch, Synonym
from .taxonomy import CpvCode, Domain, Skill
from .territory import Department, Region
from .threshold import Threshold

__all__ = [
    "AccessLink",
    "Alert",
    "AlertNews",
    "Answer",
    "AnswerFile",
    "BuyerSearch",
    "CatalogueChange",
    "CatalogueVersion",
    "Certification",
    "ClosedRecord",
    "CoEntrepreneur",
    "Consent",
    "ConsentText",
    "Consultation",
    "ContactMessage",
    "ContractFile",
    "ContractSuggestion",
    "CpvCode",
    "Cv",
    "CvEntry",
    "Department",
    "Departure",
    "Domain",
    "DuplicateNotice",
    "FailedMail",
    "FicheCpvCode",
    "FicheDepartment",
    "FicheExport",
    "FicheFile",
    "FicheNotice",
    "FicheProposal",
    "FicheSkill",
    "FirstPage",
    "FormerSlug",
    "FruitlessSearch",
    "GroupMessage",
    "GroupRecipient",
    "Insurance",
    "Kit",
    "Label",
    "ListingAgreement",
    "ListingDraft",
    "ListingRequest",
    "MemberSession",
    "MemoPart",
    "MemoTrame",
    "NotMyTrade",
    "Objection",
    "OneTimeCodes",
    "Page",
    "Paper",
    "Participation",
    "PortfolioImage",
    "PublicClient",
    "RateLimit",
    "RecordFiche",
    "RecordSearch",
    "Reference",
    "Referent",
    "Region",
    "Remembered",
    "RightsUse",
    "SearchDocument",
    "SearchWord",
    "SecondFactorGrace",
    "SectionKind",
    "SetAside",
    "Skill",
    "SourcingRecord",
    "StandIn",
    "Synonym",
    "TeamMember",
    "Threshold",
    "TrameSection",
    "Unfreezing",
]
