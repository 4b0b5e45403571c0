"""A line of text with ready-made ones, which are picked and changed at will; without script."""

from django.contrib.admin.widgets import AdminTextInputWidget


class SuggestedInput(AdminTextInputWidget):
    """A text field whose browser proposes some texts; what is typed is free."""

    template_name = "admin/widgets/suggested_input.html"

    def __init__(self, suggestions=(), attrs=None):
        super().__init__({"class": "vLargeTextField"} | (attrs or {}))
        self.suggestions = suggestions

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        if self.suggestions:
            target = f"{context['widget']['attrs'].get('id', name)}_propositions"
            context["widget"]["attrs"]["list"] = target
            context |= {"suggestions": self.suggestions, "target": target}
        return {"suggestions": (), "target": ""} | context
