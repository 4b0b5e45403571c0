"""Amounts as people write them."""

from decimal import Decimal

from django import forms


class AmountField(forms.DecimalField):
    """An amount as people write it: « 12 500 », « 12 500,50 € HT »."""

    def prepare_value(self, value):
        return f"{value:.2f}".replace(".", ",").removesuffix(",00") if isinstance(value, Decimal) else value

    def to_python(self, value):
        if isinstance(value, str):
            value = "".join(value.split()).removesuffix("HT").removesuffix("€").replace(",", ".")
        return super().to_python(value)
