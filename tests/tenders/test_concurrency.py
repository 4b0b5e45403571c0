"""Two at the same instant: neither misses the other, and nothing is kept twice."""

from pathlib import Path

import pytest

from directory.decisions import Refused
from directory.models import Answer, AnswerFile, Consultation, DuplicateNotice
from directory.tenders.answers import actions as answer_actions
from directory.tenders.answers import kit
from directory.tenders.consultations import actions as consultation_actions
from directory.tenders.consultations.forms import BuyerForm, ConsultationForm
from tests.at_once import at_once
from tests.cast import lead_of, led, viewer_of
from tests.factories import CoEntrepreneurFactory
from tests.tenders.consultations.form import filled

AT_ONCE = 3


@pytest.mark.django_db(transaction=True)
def test_teams_that_open_the_same_consultation_at_once_see_each_other():
    """Their forms are read already: one read later is asked whether it is the client that the other made."""

    def opening():
        form, buyer = ConsultationForm(filled()), BuyerForm(filled())
        assert form.is_valid()
        assert buyer.is_valid()
        member = CoEntrepreneurFactory()
        content = form.cleaned_data | {"buyer": buyer.chosen}
        return lambda: consultation_actions.open_consultation(by=viewer_of(member), content=content)

    opened = at_once(*[opening() for _ in range(AT_ONCE)])

    assert [type(consultation) for consultation in opened] == [Consultation] * AT_ONCE
    assert Consultation.objects.values("buyer").distinct().count() == 1
    assert DuplicateNotice.objects.count() == AT_ONCE * (AT_ONCE - 1)


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_keep_one_answer_and_no_file_of_another(media):
    consultation = led()
    made = kit.Made(files=[kit.MadeFile("memoire.docx", b"x")])

    def send():
        answer_actions.send(
            consultation_pk=consultation.pk,
            by=viewer_of(lead_of(consultation)),
            made=made,
            attachments={},
            after=0,
        )

    outcomes = at_once(*[send] * AT_ONCE)

    assert [type(outcome) for outcome in outcomes if outcome] == [Refused] * (AT_ONCE - 1)
    assert Answer.objects.count() == 1
    assert [Path(AnswerFile.objects.get().file.path)] == [path for path in media.rglob("*") if path.is_file()]
