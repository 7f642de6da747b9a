from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):
    dependencies = [("milestones", "0005_milestones_of_built_in_chains")]

    operations = [
        migrations.AddIndex(
            model_name="node",
            index=models.Index(F("template_node"), F("status"), name="node_by_kind_and_state"),
        ),
        migrations.AddIndex(
            model_name="node",
            index=models.Index(
                F("finished_on"), condition=Q(finished_on__isnull=False), name="node_by_finish"
            ),
        ),
        # The first of them begins with the template node, so an index of that alone is one too many.
        migrations.AlterField(
            model_name="node",
            name="template_node",
            field=models.ForeignKey(
                db_index=False, on_delete=PROTECT, related_name="nodes", to="milestones.templatenode",
                verbose_name="node",
            ),
        ),
    ]  # fmt: skip
