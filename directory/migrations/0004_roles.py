from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUP = "Référents"
# What a référent may do, model by model; which rows are theirs is told by directory/admin/.
PERMISSIONS = {
    "coentrepreneur": ["view", "add", "change"],
    "reference": ["view", "add", "change", "delete"],
    "certification": ["view", "add", "change", "delete"],
    "consent": ["view", "add", "change"],
    "referencingrequest": ["view"],
    "contactmessage": ["view"],
    "publicclient": ["view", "add"],
    "skill": ["view"],
    "domain": ["view"],
    "cpvcode": ["view"],
    "department": ["view"],
    "label": ["view"],
    "synonym": ["view", "add", "change", "delete"],
    "fruitlesssearch": ["view", "delete"],
}


def make_group(apps, schema_editor):
    # Permissions are otherwise made once all migrations are done.
    config = apps.get_app_config("directory")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    codenames = [f"{action}_{model}" for model, actions in PERMISSIONS.items() for action in actions]
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="directory", codename__in=codenames
    )
    group.permissions.set(permissions)


class Migration(migrations.Migration):
    """The group « Référents »."""

    dependencies = [
        ("directory", "0003_reference_data"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_group, migrations.RunPython.noop)]
