import pytest

from directory.models import Referent
from tests import cast
from tests.cast import admin_url, browser_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_new_referent_may_come_in_at_once():
    user = UserFactory()

    browser_of(cast.administrator()).post(
        admin_url("referent_add"), {"user": user.pk, "name": "Claire Fabre", "phone": ""}
    )

    user.refresh_from_db()
    assert Referent.objects.get().user == user
    assert browser_of(user).get(admin_url("coentrepreneur_changelist")).status_code == 200
