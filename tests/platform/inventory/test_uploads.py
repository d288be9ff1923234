import json
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from mvne_platform import inventory
from mvne_platform.inventory import Number, NumberRow, ResourceState, Sim
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.models import AuditRow
from mvne_platform.runtime.secrets import unseal
from tests.platform.inventory.stock import iccid, number_row, sim_row


def outcomes(reports: list[inventory.RowReport]) -> list[tuple[str, str | None]]:
    return [(str(one.outcome), one.code) for one in reports]


def test_good_rows_enter_though_others_are_bad(ctx: Context) -> None:
    rows = [sim_row(1), replace(sim_row(2), imsi="x"), sim_row(3, "esim"), sim_row(1)]
    assert outcomes(inventory.add_sims(ctx, rows)) == [
        ("accepted", None),
        ("rejected", "IMSI_FORMAT"),
        ("accepted", None),
        ("duplicate", "ALREADY_THERE"),
    ]
    stock = ctx.db.execute(select(Sim.iccid, Sim.imsi, Sim.kind, Sim.batch, Sim.state).order_by(Sim.iccid)).all()
    assert [tuple(row) for row in stock] == [
        (iccid(1), "238990000000001", "physical", "B1", ResourceState.FREE),
        (iccid(3), "238990000000003", "esim", "B1", ResourceState.FREE),
    ]


def test_the_same_upload_twice_changes_nothing(ctx: Context) -> None:
    rows = [number_row(1), number_row(2, "gold")]
    assert outcomes(inventory.add_numbers(ctx, rows)) == [("accepted", None)] * 2
    assert outcomes(inventory.add_numbers(ctx, rows)) == [("duplicate", "ALREADY_THERE")] * 2
    assert outcomes(inventory.add_sims(ctx, [sim_row(1)])) == [("accepted", None)]
    assert outcomes(inventory.add_sims(ctx, [sim_row(1)])) == [("duplicate", "ALREADY_THERE")]
    assert outcomes(inventory.add_sims(ctx, [replace(sim_row(1), imsi="238990000000009")])) == [
        ("rejected", "ICCID_HAS_OTHER_IMSI")
    ]
    assert ctx.db.scalar(select(func.count()).select_from(Number)) == 2
    assert ctx.db.scalar(select(func.count()).select_from(Sim)) == 1


def test_a_puk_is_sealed_and_in_no_audit_row(ctx: Context) -> None:
    inventory.add_sims(ctx, [sim_row(1)])
    sealed = ctx.db.scalars(select(Sim.puk_encrypted)).one()
    assert sealed is not None
    assert unseal(sealed) == "12345678"
    audit = json.dumps([row.after for row in ctx.db.scalars(select(AuditRow))])
    assert iccid(1) in audit
    assert "12345678" not in audit
    assert sealed not in audit


def test_an_upload_of_nothing_and_one_too_large(ctx: Context) -> None:
    assert inventory.add_sims(ctx, []) == []
    with pytest.raises(inventory.TooManyRows):
        inventory.add_numbers(ctx, [NumberRow("+4520000001")] * 10_001)
    assert ctx.db.scalar(select(func.count()).select_from(Number)) == 0


def test_uploading_needs_the_permission(ctx: Context) -> None:
    ctx.actor = Actor(ActorKind.STAFF, "csr", frozenset({"order.place"}))
    for refused in (lambda: inventory.add_sims(ctx, [sim_row(1)]), lambda: inventory.add_numbers(ctx, [number_row(1)])):
        with pytest.raises(PermissionMissing, match=r"inventory\.manage"):
            refused()
    assert ctx.db.scalar(select(func.count()).select_from(Sim)) == 0
