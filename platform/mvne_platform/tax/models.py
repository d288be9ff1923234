"""Dated tax rates."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from mvne_platform.runtime.models import BrandBase, primary_key


class TaxRate(BrandBase):
    """The rate of a class of goods in a country from a date on, in millionths (25 % = 250,000)."""

    __tablename__ = "tax_rate"

    id: Mapped[UUID] = primary_key()
    country: Mapped[str]
    tax_class: Mapped[str]
    valid_from: Mapped[date]
    rate_millionths: Mapped[int]
    label: Mapped[str]

    __table_args__ = (
        UniqueConstraint("country", "tax_class", "valid_from"),
        CheckConstraint("rate_millionths BETWEEN 0 AND 1000000", name="rate"),
    )
