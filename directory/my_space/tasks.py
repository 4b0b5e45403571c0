"""What is told later, together. It may run late without harm: it tells what is still there."""

import logging
from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from directory.models import CoEntrepreneur

from . import emails

logger = logging.getLogger(__name__)

# UTC: the small hours of the cooperative’s morning, as reminders.
TOLD_AT = time(5, 40, tzinfo=UTC)


@app.task(name="tell_images")
def tell_images(*, co_entrepreneur_pk, first_pk):
    """Mail to who follows a fiche what was added to its portfolio since an image, that one included.

    Returns:
        int: how many images.
    """
    with transaction.atomic():
        fiche = CoEntrepreneur.objects.select_for_update(of=["self"]).filter(pk=co_entrepreneur_pk).first()
        images = list(fiche.portfolio_images.filter(pk__gte=first_pk)) if fiche else []
        if images:
            emails.tell_images(fiche, images)
    logger.info("told %d images", len(images))
    return len(images)


def tell_images_tomorrow(image):
    """Have this image told next morning, with those of its fiche that come meanwhile: one mail a day at most.

    Call it with the fiche locked.
    """
    lock = f"tell_images {image.co_entrepreneur_id}"
    if ProcrastinateJob.objects.filter(queueing_lock=lock, status="todo").exists():
        return
    tell_images.configure(queueing_lock=lock, schedule_at=_next_morning(timezone.now())).defer(
        co_entrepreneur_pk=image.co_entrepreneur_id, first_pk=image.pk
    )


def _next_morning(now):
    today = datetime.combine(now.astimezone(UTC).date(), TOLD_AT)
    return today if now < today else today + timedelta(days=1)
