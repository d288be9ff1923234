import pytest

from mvne_platform.kernel import Unit, uuid7
from mvne_platform.loyalty import AccrualTrigger, ProgrammeDraft, RewardDraft, RuleDraft, programme_problems
from mvne_platform.loyalty.rules import next_milestone, points_for_money, tenure_cause
from tests.platform.loyalty.programme import NAME, PROGRAMME


@pytest.mark.parametrize(
    ("kroner", "points"), [(0, 0), (9.99, 0), (10, 2), (19.99, 2), (20, 4), (1_000, 200), (-100, 0)]
)
def test_each_full_ten_kroner_earn_two_points(kroner: float, points: int) -> None:
    assert points_for_money(round(kroner * 1_000_000), 2, 10_000_000) == points


def test_a_rule_that_rests_gives_nothing() -> None:
    assert points_for_money(1_000_000_000, 2, None) == 0


def test_milestones_follow_one_another_and_then_the_years() -> None:
    milestones = {1, 3, 6, 12}
    assert [next_milestone(month, milestones) for month in (0, 1, 3, 6, 12, 24)] == [1, 3, 6, 12, 24, 36]
    assert [next_milestone(month, set()) for month in (0, 11, 12)] == [12, 12, 24]


def test_a_month_of_a_line_is_one_cause_however_often_it_is_reached() -> None:
    line = uuid7()
    assert tenure_cause(line, 3) == tenure_cause(line, 3)
    assert len({tenure_cause(line, 3), tenure_cause(line, 6), tenure_cause(uuid7(), 3)}) == 3


def test_a_sound_programme_has_no_problem() -> None:
    assert programme_problems(PROGRAMME, ["da", "en"]) == []


def test_every_problem_is_named_with_its_place() -> None:
    draft = ProgrammeDraft(
        code="wrong",
        name={"da": "Forkert"},
        rules=(
            RuleDraft("a", AccrualTrigger.TOP_UP, 0),
            RuleDraft("a", AccrualTrigger.BILL, 1, per_micros=1, months=(1,)),
            RuleDraft("", AccrualTrigger.TENURE, 1, per_micros=1, months=(3, 1)),
        ),
        rewards=(RewardDraft("money", NAME, 0, Unit.MONEY, 5, 367),),
    )
    assert [problem.path for problem in programme_problems(draft, ["da", "en"])] == [
        ("name", "en"),
        ("rules", "1", "code"),
        ("rules", "2", "code"),
        ("rules", "0", "points"),
        ("rules", "0", "per"),
        ("rules", "1", "months"),
        ("rules", "2", "months"),
        ("rules", "2", "per"),
        ("rewards", "0", "points"),
        ("rewards", "0", "quantity"),
        ("rewards", "0", "valid_days"),
    ]
