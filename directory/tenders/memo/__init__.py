"""The technical memo of an answer: written from a trame, section by section, and given as a Word document."""

from .actions import start_memo
from .data import memo_data
from .known import parts_of
from .text import prompts
from .word import render_memo

__all__ = ["memo_data", "parts_of", "prompts", "render_memo", "start_memo"]
