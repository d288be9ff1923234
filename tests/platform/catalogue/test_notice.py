"""Processes that keep price lists hear of changes, once and after the commit."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg

from mvne_platform import catalogue
from mvne_platform.catalogue import editing
from mvne_platform.catalogue.editing import PricedBy
from mvne_platform.runtime.work import brand_work
from tests.platform.catalogue.samples import RETAIL, SMART
from tests.plugins.database import Database


def test_a_listening_process_is_told_of_what_is_committed(database: Database) -> None:
    with psycopg.connect(database.app_dsn, autocommit=True) as connection:
        heard = catalogue.price_changes(connection, timeout_s=0.5)
        assert list(heard) == []
        with brand_work("testbrand") as ctx:
            catalogue.import_price_list(ctx, RETAIL)
            catalogue.import_price_list(ctx, replace(RETAIL, code="cheap"))
            catalogue.define_offering(ctx, SMART)
        # Twice in a transaction is one notice.
        assert list(catalogue.price_changes(connection, timeout_s=0.5)) == ["testbrand"]
        with brand_work("testbrand") as ctx:
            catalogue.import_price_list(ctx, RETAIL)  # unchanged
            ctx.db.rollback()
        assert list(catalogue.price_changes(connection, timeout_s=0.5)) == []
        with brand_work("testbrand") as ctx:
            editing.assign_price_list(ctx, "cheap", PricedBy(plan="smart-10"), ctx.now + timedelta(days=1))
        with brand_work("testbrand") as ctx:
            catalogue.set_holidays(ctx, [catalogue.HolidayDraft(date(2026, 12, 25), "Juledag")])
        assert list(catalogue.price_changes(connection, timeout_s=0.5)) == ["testbrand", "testbrand"]
