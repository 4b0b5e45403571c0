def name_of(user):
    """The name that colleagues know this account by; `user.referent` should have been fetched with it."""
    referent = getattr(user, "referent", None)
    return referent.name if referent else user.get_full_name() or user.get_username()
