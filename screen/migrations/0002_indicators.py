"""The indicators that a district begins with; they are edited under *Administration*. Values are the district's own."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

INDICATORS = (
    {
        "code": "rd_spending", "name": "研发（R&D）经费支出", "name_en": "R&D spending", "measure": "亿元",
        "measure_en": "100 m yuan", "decimals": 2, "source": "统计局年报",
        "definition": "全社会研究与试验发展经费内部支出，按年度统计。",
    },
    {
        "code": "rd_share", "name": "研发经费占GDP比重", "name_en": "R&D share of GDP", "measure": "%",
        "measure_en": "%", "decimals": 2, "is_share": True, "source": "统计局年报",
        "definition": "研发经费支出 ÷ 地区生产总值 × 100%。",
    },
    {
        "code": "high_tech_recommended", "name": "推荐认定高新技术企业", "name_en": "High-tech enterprises recommended",
        "measure": "家", "measure_en": "enterprises", "source": "区科技部门", "definition": "当年推荐申报国家高新技术企业的家数。",
    },
    {
        "code": "pilots", "name": "省级以上试点示范", "name_en": "Pilot programmes", "measure": "项",
        "measure_en": "programmes", "source": "经济和信息化局", "definition": "当年获批的省级及以上试点示范项目数。",
    },
    {
        "code": "industrial_output", "name": "规上工业增加值", "name_en": "Value added of larger industry",
        "measure": "亿元", "measure_en": "100 m yuan", "decimals": 2, "frequency": "monthly", "source": "统计局月报",
        "definition": "规模以上工业企业增加值，当月值。",
    },
)  # fmt: skip


def add(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    indicator = apps.get_model("screen", "Indicator")
    for position, fields in enumerate(INDICATORS, start=1):
        indicator.objects.get_or_create(code=fields["code"], defaults={**fields, "position": position})


class Migration(migrations.Migration):
    dependencies = [("screen", "0001_indicators_and_wall_screens")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
