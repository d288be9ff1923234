"""Formats that are described as data."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, primary_key


class UsageFormat(BrandBase):
    """An operator's format of the brand; `description` is read by `formats.description`."""

    __tablename__ = "usage_format"

    id: Mapped[UUID] = primary_key()
    code: Mapped[str] = mapped_column(unique=True)
    description: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("code ~ '^[a-z][a-z0-9_-]{0,39}$'", name="code"),)
