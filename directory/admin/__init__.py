"""The référents' back office: Django's admin, a file for each model and one for each thing that a form can't do."""

from . import (
    accounts,
    certification,
    co_entrepreneur,
    contact_message,
    page,
    public_client,
    referencing_request,
    referent,
    search,
    taxonomy,
    territory,
)

__all__ = [
    "accounts",
    "certification",
    "co_entrepreneur",
    "contact_message",
    "page",
    "public_client",
    "referencing_request",
    "referent",
    "search",
    "taxonomy",
    "territory",
]
