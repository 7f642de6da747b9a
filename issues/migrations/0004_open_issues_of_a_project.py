"""What is open of a project is counted without reading what is closed."""

from django.db import migrations, models

from domain.issues import IssueStatus


class Migration(migrations.Migration):
    dependencies = [("issues", "0003_indexes_of_figures")]

    operations = [
        migrations.AddIndex(
            "issue",
            models.Index("project", condition=~models.Q(status=IssueStatus.CLOSED), name="open_issue_of_project"),
        ),
    ]
