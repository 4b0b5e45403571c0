from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUP = "Référents"
# What a référent may do beside what migration 0004 says; which rows are theirs is told by directory/admin/.
PERMISSIONS = {
    "ficheproposal": ["view"],
    "contractsuggestion": ["view"],
    "consultation": ["view"],
    "insurance": ["view", "add", "change", "delete"],
    "memotrame": ["view", "add", "change"],
    "tramesection": ["view", "add", "change", "delete"],
    "participation": ["view", "add", "change", "delete"],
    "publicclient": ["view", "add", "change"],
}


def extend_group(apps, schema_editor):
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
    group.permissions.add(*permissions)


class Migration(migrations.Migration):
    """What the group « Référents » may do with references, proposals, trames and consultations."""

    dependencies = [("directory", "0009_shared_references")]

    operations = [migrations.RunPython(extend_group, migrations.RunPython.noop)]
