"""The mail address of a row: without the signs that nobody sees, and one that a mail can be made out to."""

from django.db import models

from crealead import addresses


class EmailField(models.EmailField):
    """An address whose `clean` takes off what can't be seen: forms, imports and `full_clean` keep it alike."""

    default_validators = [addresses.validate_address]

    def clean(self, value, model_instance):
        return super().clean(addresses.visible(value or ""), model_instance)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": addresses.EmailField} | kwargs)
