"""Numbers without gaps."""

from issues.models import NumberSeries


def take_number(of: NumberSeries.Of, year: int) -> int:
    """The next number of the year.

    To be called last among the locks of a transaction: everybody who takes a number of the same series waits until it
    ends. Where it ends in an error, the number is free again.
    """
    NumberSeries.objects.get_or_create(of=of, year=year)
    series = NumberSeries.objects.select_for_update().get(of=of, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last
