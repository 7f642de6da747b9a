"""The categories that a district begins with; they are edited under *Administration*.

Source: the seed list of domain.md, section 3 [D].
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CATEGORIES = (
    ("land", "用地（征迁、交地、红线）", "Land (clearance, hand-over, boundary)"),
    ("planning", "规划设计", "Planning and design"),
    ("environment", "环评能评", "Environment and energy review"),
    ("power", "用电（线路迁改、开闭所、容量）", "Power (lines, switching station, capacity)"),
    ("utilities", "给排水燃气", "Water, drainage and gas"),
    ("roads", "道路与场平", "Roads and levelling"),
    ("permit", "施工许可、图审", "Construction permit and drawing review"),
    ("money", "资金", "Money"),
    ("enterprise", "企业自身原因", "The enterprise itself"),
    ("bidding", "招投标、施工单位", "Bidding and contractors"),
    ("equipment", "设备、订单", "Equipment and orders"),
    ("policy", "政策兑现", "Promised support"),
    ("other", "其他", "Other"),
)


def add(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    category = apps.get_model("issues", "Category")
    for position, (code, name, name_en) in enumerate(CATEGORIES, start=1):
        category.objects.get_or_create(
            code=code, defaults={"name": name, "name_en": name_en, "position": position}
        )


class Migration(migrations.Migration):
    dependencies = [("issues", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
