"""A search that is kept, as `CatalogueFilter.question` writes it; empty for the whole catalogue."""

LONGEST_QUERY = 2000
