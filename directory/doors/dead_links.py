"""The page of a link that opens nothing."""

from http import HTTPStatus

from django.shortcuts import render


def dead_link(request, template, *, is_forged=False, **context):
    """Answer 404 for a link that isn't whole, 410 for one that led somewhere: the same page whatever became of that.

    Args:
        request: of the page.
        template: what it says.
        is_forged: whether the link isn't whole; the template reads it.
        context: what else it reads.
    """
    status = HTTPStatus.NOT_FOUND if is_forged else HTTPStatus.GONE
    return render(request, template, {"is_forged": is_forged, **context}, status=status)
