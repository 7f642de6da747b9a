"""``manage.py publish_templates``: the built-in chains as published versions; again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import User
from milestones.publishing import built_in_chains, publish_template


class Command(BaseCommand):
    help = "Publish the built-in chain templates; a template that says the same is left as it is."

    def handle(self, **options: Any) -> None:
        actor = User.objects.system()
        published = 0
        for spec in built_in_chains():
            template, is_new = publish_template(spec, actor=actor)
            published += is_new
            word = "published" if is_new else "unchanged"
            self.stdout.write(f"{template.code} v{template.version}: {len(spec.nodes)} nodes, {word}")
        self.stdout.write(f"published {published}")
