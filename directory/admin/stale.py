"""Two people who write over each other: the second is told, and their next click saves."""


def refuse_stale(form, name, version, sentence):
    """Refuse what was written over an older version than `version`, which the field `name` carries from now on."""
    form.data = form.data.copy()
    form.data[form.add_prefix(name)] = version
    form.add_error(None, sentence)
