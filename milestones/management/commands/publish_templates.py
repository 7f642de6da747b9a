"""``manage.py publish_templates``: the built-in chains as published versions; again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import User
from milestones.publishing import publish_built_in_chains


class Command(BaseCommand):
    help = "Publish the built-in chain templates; one that was published before is left as it is."

    def handle(self, **options: Any) -> None:
        published = 0
        for template, is_new in publish_built_in_chains(actor=User.objects.system()):
            published += is_new
            word = "published" if is_new else "unchanged"
            self.stdout.write(f"{template.code} v{template.version}: {template.nodes.count()} nodes, {word}")
        self.stdout.write(f"published {published}")
