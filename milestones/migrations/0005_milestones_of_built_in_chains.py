"""What the nodes of the built-in chains mean for the district's figures, in all versions that are there already."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PRODUCTION = {"stat": "registered", "accept": "completed", "prod": "producing", "full": "full"}
MILESTONES = {
    "new_build": {
        "agree": "signed", "contract": "supplied", "code": "filed", "pile": "started", **PRODUCTION,
    },
    "renovation": {"code": "filed", "order": "started", **PRODUCTION},
    "expansion": {"agree": "signed", "code": "filed", "pile": "started", **PRODUCTION},
    "future_factory": {
        "apply": "applied", "listed": "pooled", "build": "cultivated", "recog": "recognised",
    },
}  # fmt: skip


def fill(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    nodes = apps.get_model("milestones", "TemplateNode").objects
    for chain, milestones in MILESTONES.items():
        for code, milestone in milestones.items():
            nodes.filter(template__code=chain, code=code, milestone="").update(milestone=milestone)


class Migration(migrations.Migration):
    dependencies = [("milestones", "0004_milestones_of_template_nodes")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
