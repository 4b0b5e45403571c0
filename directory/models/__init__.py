"""The nouns of the project, a file each."""

from .access_link import AccessLink
from .certification import Certification, Label
from .co_entrepreneur import CoEntrepreneur, FicheCpvCode, FicheDepartment, FicheSkill, FormerSlug
from .consent import Consent
from .contact_message import ContactMessage
from .page import Page
from .public_client import PublicClient
from .rate_limit import RateLimit
from .reference import Reference
from .referencing_request import ReferencingRequest
from .referent import Referent
from .search_document import CatalogueChange, CatalogueVersion, SearchDocument, SearchWord
from .synonym import FruitlessSearch, Synonym
from .taxonomy import CpvCode, Domain, Skill
from .territory import Department, Region

__all__ = [
    "AccessLink",
    "CatalogueChange",
    "CatalogueVersion",
    "Certification",
    "CoEntrepreneur",
    "Consent",
    "ContactMessage",
    "CpvCode",
    "Department",
    "Domain",
    "FicheCpvCode",
    "FicheDepartment",
    "FicheSkill",
    "FormerSlug",
    "FruitlessSearch",
    "Label",
    "Page",
    "PublicClient",
    "RateLimit",
    "Reference",
    "ReferencingRequest",
    "Referent",
    "Region",
    "SearchDocument",
    "SearchWord",
    "Skill",
    "Synonym",
]
