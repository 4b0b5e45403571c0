"""What is done for accounts apart from any page."""

from procrastinate.contrib.django import app

from crealead.mail import RETRY

from . import actions


@app.task(name="mail_password_link", retry=RETRY)
def mail_password_link(*, email):
    """Mail a link to choose a password, if an account has this address: looked up here, no page takes longer for it."""
    actions.send_password_link(email=email)
