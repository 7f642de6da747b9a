"""The projects that are on record get their initials."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from projects.initials import initials_of


def fill(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    projects = apps.get_model("projects", "Project").objects
    batch = []
    for project in projects.only("name", "enterprise").iterator(chunk_size=1000):
        project.initials = initials_of(project.name, project.enterprise)
        batch.append(project)
        if len(batch) == 1000:
            projects.bulk_update(batch, ["initials"])
            batch.clear()
    projects.bulk_update(batch, ["initials"])


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_pinyin_initials")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
