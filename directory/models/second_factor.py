import hashlib
import re
from base64 import b32encode
from datetime import timedelta
from secrets import token_bytes

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django_otp.models import Device, ThrottlingMixin

# From the first time an account meets the obligation.
GRACE = timedelta(days=7)
CODES = 10
# Too many to be tried, even by who would read their hashes: they need no slow one.
CODE_BYTES = 10
# What people read for a letter that a code may hold.
MISREAD = str.maketrans("018", "OLB")


class SecondFactorGrace(models.Model):
    """Since when an account knows that it must have a second factor."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    since = models.DateTimeField("depuis", default=timezone.now)

    class Meta:
        verbose_name = "délai du second facteur"
        verbose_name_plural = "délais du second facteur"

    def __str__(self):
        return f"jusqu’au {self.until:%d/%m/%Y à %H h %M}"

    @property
    def until(self):
        return self.since + GRACE


class OneTimeCodes(ThrottlingMixin, Device):
    """The codes that an account keeps on paper, for when its application or its passkey isn't at hand.

    Only their hashes are kept, and a code leaves when it is used. Tries are slowed down as those of an application are.
    """

    hashes = ArrayField(models.CharField(max_length=64), verbose_name="empreintes", default=list)

    class Meta:
        verbose_name = "codes à usage unique"
        verbose_name_plural = "codes à usage unique"
        constraints = [models.UniqueConstraint(fields=["user"], name="one_time_codes_once_for_each_user")]

    @classmethod
    def renew(cls, user):
        """Draw codes in place of those that were left.

        Returns:
            list[str]: the codes, which can't be read any more afterwards.
        """
        codes = [b32encode(token_bytes(CODE_BYTES)).decode().lower() for _ in range(CODES)]
        hashes = [_hash_of(code) for code in codes]
        cls.objects.update_or_create(
            user=user,
            defaults={
                "name": cls._meta.verbose_name,
                "hashes": hashes,
                "throttling_failure_timestamp": None,
                "throttling_failure_count": 0,
            },
        )
        return ["-".join(re.findall("....", code)) for code in codes]

    def verify_token(self, token):
        """Whether this code was left, and use it up. The row should be locked, as `django_otp.verify_token` does."""
        if not self.verify_is_allowed()[0]:
            return False
        code_hash = _hash_of(token)
        if code_hash not in self.hashes:
            self.throttle_increment()
            return False
        self.hashes.remove(code_hash)
        self.throttle_reset(commit=False)
        self.save()
        return True

    def get_throttle_factor(self):
        return 1


def _hash_of(code):
    compact = re.sub(r"[^A-Z2-7]", "", code.upper().translate(MISREAD))
    return hashlib.sha256(compact.encode()).hexdigest()
