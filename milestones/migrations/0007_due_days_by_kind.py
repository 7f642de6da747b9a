from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("milestones", "0006_indexes_of_the_one_screen")]

    operations = [
        migrations.AddIndex(
            model_name="node",
            index=models.Index(
                F("deadline_on"),
                F("template_node"),
                F("status"),
                F("limit"),
                condition=Q(status__in=["waiting", "running"]),
                name="node_due_by_kind",
            ),
        ),
    ]
