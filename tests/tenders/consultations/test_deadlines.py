"""Deadlines are told twice to those who answer, and a won answer becomes a reference in one click."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from directory.models import Answer, Consultation, CpvCode, Reference, TeamMember
from directory.tenders.consultations.tasks import remind_deadlines
from tests.cast import browser_of, lead_of, led, seat
from tests.factories import CoEntrepreneurFactory
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
HOME, ADD = reverse("my_space:home"), reverse("references:add")


def in_days(days):
    return timezone.now() + timedelta(days=days, hours=-1)


def reminded():
    remind_deadlines()
    return sorted(message.to[0] for message in run_jobs())


def put_off(consultation, days):
    Consultation.objects.filter(pk=consultation.pk).update(deadline=in_days(days))


# --- Reminders --------------------------------------------------------------------------------------------------------


def test_who_accepted_is_reminded_at_seven_and_at_two_days_once_each():
    consultation = led(deadline=in_days(8))
    member = seat(consultation).co_entrepreneur
    seat(consultation, state=TeamMember.State.INVITED)
    seat(consultation, state=TeamMember.State.DECLINED)
    both = sorted([lead_of(consultation).email, member.email])
    mails = [reminded()]

    for remaining in (7, 2):
        now = timezone.now()
        Consultation.objects.filter(pk=consultation.pk).update(deadline=now + timedelta(days=remaining, hours=-1))
        TeamMember.objects.filter(reminded_of__isnull=False).update(
            reminded_of=now + timedelta(days=remaining, hours=-1)
        )
        mails += [reminded(), reminded()]

    assert mails == [[], both, [], both, []]


def test_a_deadline_that_is_put_off_is_told_again():
    consultation = led(deadline=in_days(2))
    first = reminded()
    put_off(consultation, 6)

    assert first == reminded() == [lead_of(consultation).email]


def test_nobody_is_reminded_of_what_left_what_is_over_or_once_departed():
    sent, lost, past = led(deadline=in_days(2)), led(deadline=in_days(2)), led(deadline=in_days(0))
    Answer.objects.create(consultation=sent, author_member=lead_of(sent), data={})
    Consultation.objects.filter(pk=lost.pk).update(outcome="dropped", outcome_on=timezone.localdate())
    gone = lead_of(led(deadline=in_days(2)))
    gone.departed_on = timezone.localdate() - timedelta(days=1)
    gone.save()

    assert past.is_past
    assert reminded() == []


def test_my_space_shows_the_deadlines_the_nearest_first():
    member = CoEntrepreneurFactory(listed=True)
    led(by=member, subject="La seconde", deadline=in_days(9))
    led(by=member, subject="La première", deadline=in_days(3))
    led(by=member, subject="Une passée", deadline=in_days(-3))

    page = browser_of(member).get(HOME)

    assert [one.consultation.subject for one in page.context["deadlines"]] == ["La première", "La seconde"]
    assert page.text.index("La première") < page.text.index("La seconde")


# --- A won answer -----------------------------------------------------------------------------------------------------


def win(consultation, **sent):
    data = {"outcome": "won", "version": consultation.version} | sent
    browser_of(lead_of(consultation)).post(f"/consultations/{consultation.pk}/issue/", data)
    consultation.refresh_from_db()


def test_those_who_took_part_are_told_once_and_may_propose_the_reference():
    consultation = led(subject="Former les agents")
    member = seat(consultation).co_entrepreneur
    invited = seat(consultation, state=TeamMember.State.INVITED).co_entrepreneur
    run_jobs()

    win(consultation)
    told = run_jobs()
    win(consultation, feedback="Bravo")

    assert sorted(message.to[0] for message in told) == sorted([lead_of(consultation).email, member.email])
    assert all(f"consultation={consultation.pk}" in message.body for message in told)
    assert run_jobs() == []
    assert "Proposer la référence" in browser_of(member).get(HOME).text
    assert "Proposer la référence" not in browser_of(invited).get(HOME).text


def test_the_reference_comes_prefilled_and_is_proposed_once():
    code = CpvCode.objects.get(pk="80500000")
    consultation = led(subject="Former les agents")
    consultation.cpv_codes.add(code)
    lead = lead_of(consultation)
    member = seat(consultation, mission="animer les ateliers").co_entrepreneur
    win(consultation)
    browser = browser_of(member)
    url = f"{ADD}?consultation={consultation.pk}"

    entry = browser.get(url).context["entry"]
    typed = as_typed(entry)
    answer = browser.post(url, typed)

    reference = Reference.objects.get()
    assert answer.status_code == 302, answer.text
    assert (reference.client, reference.subject) == (consultation.buyer, "Former les agents")
    assert dict(reference.participations.values_list("co_entrepreneur", "part")) == {
        member.pk: "animer les ateliers",
        lead.pk: "",
    }
    assert list(reference.cpv_codes.all()) == [code]
    assert "Proposer la référence" not in browser_of(lead).get(HOME).text


def test_a_consultation_of_others_prefills_nothing():
    consultation = led(outcome="won", outcome_on=timezone.localdate(), subject="À eux")
    browser = browser_of(CoEntrepreneurFactory())

    for key in (consultation.pk, "x", "²", "9" * 30):
        page = browser.get(ADD, {"consultation": key})
        assert page.status_code == 200
        assert "À eux" not in page.text


def as_typed(entry):
    """What a browser sends of the forms as they were opened."""
    forms = [entry.client, entry.form, entry.colleagues.management_form, *entry.colleagues]
    values = {field.html_name: field.value() for form in forms for field in form}
    return {name: value for name, value in values.items() if value not in (None, "", False)}
