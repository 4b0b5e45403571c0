"""Names that the back office keeps as they are typed, and questions when they are written oddly."""

from django.contrib import messages

from directory.forms.names import usual_name

FIELDS = {"name", "first_name", "last_name"}


def question_name(model_admin, request, form, first_name, last_name):
    """Once saved: ask whether a name that the form changed is written as meant."""
    name, usual = f"{first_name} {last_name}".strip(), usual_name(first_name, last_name).strip()
    if usual != name and FIELDS & set(form.changed_data):
        model_admin.message_user(request, f"Enregistré « {name} » : est-ce bien {usual} ?", messages.WARNING)
