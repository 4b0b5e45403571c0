import pytest

from directory.models import Referent
from tests.factories import UserFactory

from .cast import admin_url, administrator, client_of

pytestmark = pytest.mark.django_db


def test_a_new_referent_may_come_in_at_once():
    user = UserFactory()

    client_of(administrator()).post(admin_url("referent_add"), {"user": user.pk, "name": "Claire Fabre", "phone": ""})

    user.refresh_from_db()
    assert Referent.objects.get().user == user
    assert client_of(user).get(admin_url("coentrepreneur_changelist")).status_code == 200
