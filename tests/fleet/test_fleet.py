"""A small fleet for one day: over a network far worse than any, with everything that may happen to a phone; and what
the examination says when something was tampered with."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from simulation.fleet.effects import check_effects
from simulation.fleet.evidence import Evidence
from simulation.fleet.figures import take_figures
from simulation.fleet.progress import Progress
from simulation.fleet.report import write_report
from simulation.fleet.run import Run, standing_grants
from simulation.fleet.setting import Server, Setting
from simulation.fleet.summary import print_summary
from simulation.fleet.words import Words

SETTING = Setting(
    reps=6,
    days=1,
    seed=5,
    offline=0.3,
    faults=0.25,
    deaths=0.1,
    tablets=1.0,
    wrong_clocks=0.5,
    old_apps=0.5,
    absent=1,
    backlog=120,
    drivers=1,
)


@pytest.fixture(scope="module")
def printed() -> StringIO:
    """What the run has printed."""
    return StringIO()


@pytest.fixture(scope="module")
def run(server: Server, tmp_path_factory: pytest.TempPathFactory, printed: StringIO) -> Run:
    """A run that is over, proven or not."""
    progress = Progress(Console(file=printed, width=140))
    run = Run(SETTING, server, dict, tmp_path_factory.mktemp("phones"), progress)
    proven = run.live()
    progress.line(f"proven: {proven}")
    return run


@pytest.fixture
def evidence(run: Run) -> Iterator[Evidence]:
    """What was seen of it."""
    evidence = Evidence(run.evidence_file)
    yield evidence
    evidence.close()


def test_everything_holds(run: Run, evidence: Evidence, printed: StringIO) -> None:
    wrong = evidence.read("select * from finding")
    assert "proven: True" in printed.getvalue(), (wrong, printed.getvalue())
    assert wrong == []
    examined = dict(evidence.read("select check_, times from examined"))
    assert set(examined) == {
        "commands", "effects", "replicas", "grants", "versions", "told", "repairs", "times",
    }  # fmt: skip
    assert all(times > 0 for times in examined.values())


def test_all_that_was_to_happen_has_happened(evidence: Evidence) -> None:
    """A run in which nothing went wrong would prove nothing."""
    assert sum(times for _, times in evidence.read("select * from fault")) > 20
    assert evidence.read("select 1 from event where name = 'apps died during a sync' and times > 3")
    roles = dict(evidence.read("select role, count(*) from device group by role"))
    assert roles["phone"] == 5 and roles["absent"] == 1 and roles["tablet"] == 5 and roles["desk"] == 2
    assert evidence.read("select count(*) from command group by device_id order by 1 desc")[0][0] >= SETTING.backlog
    names = {name for (name,) in evidence.read("select name from command")}
    assert {"visits.check_in", "visits.log", "visits.check_out", "customers.update", "customers.create"} <= names
    schemas = {schema for (schema,) in evidence.read("select schema from command where name = 'visits.log'")}
    assert schemas == {1, 2}
    statuses = {status for (status,) in evidence.read("select status from record")}
    assert {"applied", "refused"} <= statuses
    assert evidence.read("select 1 from act where name = 'customers/reassign' and code is null")
    assert evidence.read("select max(abs(clock_error_s)) from device")[0][0] > 3600


def test_grants_follow_from_what_was_done_at_desks(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path / "evidence.sqlite")
    pair = {"customer_id": "c", "user_id": "u", "by": "m"}
    for name, code in (("share", None), ("follow", None), ("unshare", None), ("share", None), ("unshare", "no")):
        payload = pair if "share" in name else {"customer_id": "c", "by": "m"}
        evidence.note_act(f"customers/{name}", payload, code)
    assert standing_grants(evidence) == {("c", "u"), ("c", "m")}
    evidence.note_act("customers/unfollow", {"customer_id": "c", "by": "m"})
    assert standing_grants(evidence) == {("c", "u")}
    evidence.close()


def test_a_tampered_effect_is_found(run: Run, evidence: Evidence) -> None:
    assert check_effects(evidence)[0] == []
    evidence.read("begin")
    evidence.read(
        "delete from entry where kind = 'check_in' and id = (select min(id) from entry where kind = 'check_in')"
    )
    evidence.read("update entry set data = replace(data, 'closed', 'open') where kind = 'visit'")
    faults = check_effects(evidence)[0]
    evidence.read("rollback")
    assert any("has no check_in" in fault for fault in faults)
    assert any("its visit is open" in fault for fault in faults)


def test_the_report_tells_all_of_it_in_both_languages(run: Run, evidence: Evidence, tmp_path: Path) -> None:
    figures = {"proven": True, "setting": {"seed": 5}, "seconds": {"days": 3.0}} | take_figures(evidence, run.spent)
    page = write_report(figures, tmp_path / "report", Words("A fleet in the field", "外勤车队模拟")).read_text()
    assert json.loads((tmp_path / "report" / "figures.json").read_text())["commands"]["total"] > 100
    for words in ("Proven", "已证明", "Latency by kind", "各类请求的延迟", "request cut", "请求被截断", "<svg"):
        assert words in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", ""), "the page loads something"
    told = StringIO()
    print_summary(figures, Console(file=told, width=140))
    assert "PROVEN / 已证明" in told.getvalue() and "已执行" in told.getvalue()


def test_a_report_of_a_failed_run_says_what_is_wrong(run: Run, evidence: Evidence, tmp_path: Path) -> None:
    figures = {"proven": False, "setting": {"seed": 5}, "seconds": {}} | take_figures(evidence, {})
    finding = {"device": "rep1 <phone>", "words": "lacks customer 7"}
    figures["checks"][0] |= {"faults": 1, "findings": [finding]}
    page = write_report(figures, tmp_path, Words("A fleet", "车队")).read_text()
    assert "Not proven" in page and "未能证明" in page and "lacks customer 7" in page
    assert "<phone>" not in page
    told = StringIO()
    print_summary(figures, Console(file=told, width=140))
    assert "✗" in told.getvalue() and "NOT PROVEN" in told.getvalue() and "lacks customer 7" in told.getvalue()
