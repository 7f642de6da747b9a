"""The tiers that a district begins with; they are edited under *Administration*.

Source: domain.md 2.5 (tiers of future factories); the others are general experience, to be confirmed.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TIERS = (
    ("future_factory", "chain_leader", "链主工厂", "Chain-leader factory"),
    ("future_factory", "smart", "智能工厂", "Smart factory"),
    ("future_factory", "workshop", "数字化车间", "Digital workshop"),
    ("future_factory", "cloud", "云端工厂", "Cloud factory"),
    ("high_tech", "new", "首次认定", "First recognition"),
    ("high_tech", "renewed", "重新认定", "Renewed recognition"),
    ("research", "vanguard", "尖兵", "Vanguard"),
    ("research", "leading", "领雁", "Leading goose"),
)


def add(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    tier = apps.get_model("projects", "Tier")
    for position, (kind, code, name, name_en) in enumerate(TIERS, start=1):
        tier.objects.get_or_create(
            kind=kind, code=code, defaults={"name": name, "name_en": name_en, "position": position}
        )


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_investment_industries_tiers_and_places")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
