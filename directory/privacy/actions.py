"""What other rooms ask of this one."""

from .page import filled
from .typed import tells_of_someone

__all__ = ["filled", "tells_of_someone"]
