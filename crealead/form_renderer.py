"""How forms are written in pages."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Fields without `maxlength`: browsers cut what is pasted, without a word. The form says what is too long."""

    def render(self, template_name, context, request=None):
        context.get("widget", {}).get("attrs", {}).pop("maxlength", None)
        return super().render(template_name, context, request)
