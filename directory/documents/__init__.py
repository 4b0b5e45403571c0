"""The documents of an answer to a tender, as PDF: CVs, reference sheets, the presentation of the cooperative.

A closed sourcing record is another (`render_record`).

Each is made in two steps: `…_data` reads the database into a dictionary that JSON can hold, `render_…` makes the PDF
of it, the same bytes each time. The graphic charter is the folder `charter/`.
"""

from .cv import cv_data, render_cv
from .presentation import presentation_data, render_presentation
from .record import render_record
from .sharing_image import sharing_image
from .sheet import render_sheet, sheet_data
from .typesetting import DocumentError

__all__ = [
    "DocumentError",
    "cv_data",
    "presentation_data",
    "render_cv",
    "render_presentation",
    "render_record",
    "render_sheet",
    "sharing_image",
    "sheet_data",
]
