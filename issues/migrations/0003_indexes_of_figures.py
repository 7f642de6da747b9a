"""All that the figures of a period ask for stands in the indexes by day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("issues", "0002_categories")]

    operations = [
        migrations.RemoveIndex("issue", "issue_by_raised_on"),
        migrations.RemoveIndex("issue", "issue_by_closed_on"),
        migrations.AddIndex(
            "issue",
            models.Index(fields=["raised_on", "lead_unit", "category", "project"], name="issue_by_raised_on"),
        ),
        migrations.AddIndex(
            "issue",
            models.Index(
                fields=["closed_on", "raised_on", "due_on", "lead_unit", "category", "project"],
                name="issue_by_closed_on",
            ),
        ),
    ]
