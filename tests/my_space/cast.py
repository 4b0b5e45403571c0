"""A co-entrepreneur in their space."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from directory.doors import session as access
from directory.my_space import actions
from directory.my_space.proposals import content_of, open_proposal, version_of


def browser_of(member):
    """A browser where this member is signed in; it knows them as `member`."""
    response = HttpResponse()
    access.sign_in(response, member)
    browser = Client()
    browser.member = member
    browser.cookies[access.COOKIE] = response.cookies[access.COOKIE].value
    return browser


def typed(form):
    """What a browser would send back of a form, untouched."""
    data = {}
    for bound in form:
        value = bound.value()
        if value is None or value is False or bound.widget_type == "file":
            continue
        data[bound.html_name] = "on" if value is True else value
    return data


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def body_of(response):
    """What a download holds; read to its end, it is closed."""
    return b"".join(response.streaming_content)


def photo(color="teal", size=(900, 600)):
    """What a browser sends of a photo."""
    content = BytesIO()
    Image.new("RGB", size, color).save(content, "JPEG")
    return SimpleUploadedFile("moi.jpg", content.getvalue(), "image/jpeg")


def propose(member, *, photo=None, **changes):
    """A proposal of these changes, as the form makes it."""
    content = content_of(member) | changes
    seen = version_of(content_of(member), open_proposal(member))
    content.pop("photo")
    return actions.propose(co_entrepreneur_pk=member.pk, seen=seen, content=content, photo=photo)
