"""The register of processing (GDPR, art. 30), for administrators to download."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory.privacy.register import workbook
from directory.rights import is_administrator

from .confirmation import confirmed_first

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@confirmed_first(downloads=True)
def _confirmed_register(_request):
    name = f"registre-des-traitements-{timezone.localdate():%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(workbook(), content_type=XLSX, headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def register(request):
    """The workbook, once the password was given lately."""
    if not is_administrator(request.user):
        raise PermissionDenied
    return _confirmed_register(request)
