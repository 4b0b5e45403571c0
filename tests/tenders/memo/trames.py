"""The trames that every installation starts from, as their migration loads them."""

from importlib import import_module

load = import_module("directory.migrations.0011_trames").load
