"""The files of the fiches, none of which has a public address: shown by views that ask who is looking."""

from django.contrib.admin.widgets import AdminFileWidget
from django.urls import reverse


class PrivateFileWidget(AdminFileWidget):
    """An upload whose present file is reached through a view of the back office."""

    template_name = "admin/widgets/private_file.html"

    def __init__(self, attrs=None, *, view_name):
        super().__init__(attrs)
        self.view_name = view_name

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        if self.is_initial(value):
            context["widget"]["private_url"] = reverse(self.view_name, args=[value.instance.pk])
        return context
