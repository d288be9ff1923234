"""Background work of loyalty."""

from mvne_platform.loyalty.tenure import REACH_MONTH

reach_month = REACH_MONTH
