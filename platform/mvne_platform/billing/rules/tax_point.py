"""On which day the tax rate of a line is read."""

from datetime import date

from mvne_platform.billing.rules.calendar import Days


def tax_point(days: Days, *, in_arrears: bool) -> date:
    """The day whose rate taxes a line: the last of its period in arrears (usage), the first in advance (charges).

    A continuous supply billed in arrears counts as made when its period ends (Directive 2006/112/EC, Article 64(1)).
    """
    return days.last if in_arrears else days.start
