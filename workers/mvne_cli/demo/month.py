"""A brand's first month, from its first customer to its first bills: the story, in order.

Every step is noted when it is done and may be repeated: a run that was broken off goes on where it stopped.
"""

from collections.abc import Sequence
from itertools import pairwise

from mvne_cli.demo import office, shop, traffic
from mvne_cli.demo.cast import Character
from mvne_cli.demo.stage import Stage

# The clock stops on the morning after these days: their files are there, and people do what they have to do.
STOPS = (5, 10, 15, 20, 25, 29, 31)
# The file of a UTC day is complete at its midnight, which no brand of the demo sees later than at two o'clock.
MORNING = 3
# Month end, bills, letters, and the last attempt at renewals are over by then.
LAST_STOP = 34
# The calls of the PBX span eight days.
ASTERISK_SPAN = 8


def live(stage: Stage) -> None:
    """The whole month; returns when the bills are out and the last point is spent."""
    everybody = stage.cast.characters
    codes = office.issue_vouchers(stage, stage.cast.voucher_value) if stage.cast.voucher_value else []
    for before, stop in pairwise((0, *STOPS)):
        _sign_up(stage, everybody, before + 1)
        _use(stage, everybody, before + 1, stop)
        _pay_later(stage, everybody, stop + 1)
        if stop == STOPS[0]:
            _redeem_vouchers(stage, everybody, codes)
        _redeem_points(stage, stop + 1)
    stage.say("month end")
    office.move_clock(stage, stage.at(LAST_STOP))
    _redeem_points(stage, LAST_STOP)
    _read_an_invoice(stage)


def _sign_up(stage: Stage, everybody: Sequence[Character], day: int) -> None:
    newcomers = [one for one in everybody if one.day == day]
    if newcomers:
        stage.say(f"{len(newcomers)} orders on day {day}")
        shop.sign_up(stage, newcomers)


def _use(stage: Stage, everybody: Sequence[Character], first_day: int, last_day: int) -> None:
    """Some days pass, and their usage files arrive."""
    stage.say(f"days {first_day} to {last_day}")
    there = [one for one in everybody if one.day <= first_day and not one.is_refused]
    files = traffic.make(stage, there, first_day, last_day)
    office.move_clock(stage, stage.at(last_day + 1, MORNING))
    if files and last_day >= stage.cast.size.days:
        traffic.upload(stage, files.pop())  # the last one comes over HTTP, all others by the inbox
    traffic.drop(stage, files, traffic.OWN)
    if last_day == STOPS[1]:
        traffic.drop_again(stage)
    begins = stage.cast.asterisk_day
    if begins is not None and first_day <= begins + ASTERISK_SPAN <= last_day:
        traffic.drop(stage, [traffic.make_asterisk_day(stage, _with_exchange(stage, there), begins)], traffic.ASTERISK)
    traffic.await_loaded(stage)


def _with_exchange(stage: Stage, there: Sequence[Character]) -> list[Character]:
    """Whoever has the plan for a telephone exchange: the first of the brand's plans."""
    return [one for one in there if one.plan == stage.cast.plans[0]]


def _pay_later(stage: Stage, everybody: Sequence[Character], day: int) -> None:
    for one in everybody:
        if day in one.pay_days and one.day < day:
            shop.look_at_balance(stage, one, day)


def _redeem_vouchers(stage: Stage, everybody: Sequence[Character], codes: Sequence[str]) -> None:
    for one, code in zip((one for one in everybody if one.voucher), codes, strict=False):
        shop.redeem_voucher(stage, one, code)


def _redeem_points(stage: Stage, day: int) -> None:
    if day >= stage.cast.reward_day:
        shop.redeem_points(stage, [one for one in stage.cast.characters if not one.is_refused], stage.cast.reward)


def _read_an_invoice(stage: Stage) -> None:
    stage.once("invoice read", lambda _: shop.invoice_document(stage, stage.cast.characters[0]))
