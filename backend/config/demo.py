"""`make demo`: from nothing to a running server with a demo company, one line and its time per step.

`python -m config.demo` runs it, `python -m config.demo reset` throws its data away. Only one demo runs per project: it
holds a lock on `var/demo/running.json`, in which it says who it is, so that `reset` never ends a stranger's process.
"""

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("ROUNDSMAN_LOG_LEVEL", "WARNING")

import django
from django.conf import settings
from django.core.management import CommandError, call_command

from config.demo_company.people import COMPANY, PASSWORD
from config.demo_stage import (
    END_PATIENCE_S,
    DemoError,
    Server,
    end_by_signals,
    live_a_day,
    server_log,
    step,
    web_server,
)
from config.serve import PortTakenError, address_from_environment, embedded_postgres, require_free_port
from core.postgres.embedded import EmbeddedServerError

USERS = (
    ("admin1", "administrator", "管理员"),
    ("manager1, manager2", "sales managers", "销售经理"),
    ("rep1 … rep6", "field reps", "外勤代表"),
    ("engineer1 … engineer3", "service engineers", "售后工程师"),
    ("dispatcher1", "dispatcher", "调度员"),
)
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  what HOST may say, not what is listened on by default


def main(arguments: list[str]) -> int:
    """Runs the demo until it is ended, or `reset`; returns the exit code."""
    end_by_signals()
    try:
        django.setup()
        if arguments == ["reset"]:
            reset()
        else:
            run()
    except (CommandError, DemoError, EmbeddedServerError, PortTakenError) as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def run() -> None:
    """Makes what is missing, serves, and returns when the server was ended by Ctrl-C or SIGTERM."""
    address, port = address_from_environment()
    reachable = "127.0.0.1" if address in _EVERYWHERE else address
    home = f"http://{reachable}:{port}"
    with _only_demo(home):
        require_free_port(address, port)
        with contextlib.ExitStack() as leaving:
            with step("PostgreSQL", "数据库") as note:
                leaving.enter_context(embedded_postgres())
                note.append("embedded / 内置" if settings.EMBEDDED_POSTGRES else "DATABASE_URL")
            with step("Tables, triggers, roles", "数据表、触发器与角色"):
                call_command("migrate", verbosity=0)
            with step("Demo company", "演示公司"):
                call_command("load_demo")
            with step("Web server", "网页服务") as note:
                server = leaving.enter_context(web_server(address, port))
                note.append(home)
            _live_the_first_day(home)
            _print_welcome(home)
            _wait_for_the_end(server)
    print("Ended, the data is kept / 已结束，数据已保留", flush=True)


def reset() -> None:
    """Ends a running demo of this project and deletes the embedded database and the day's replicas."""
    database = settings.EMBEDDED_POSTGRES
    if database is None:
        raise DemoError(
            "DATABASE_URL is set: a database on your own server is yours to drop"
            " / 已设置 DATABASE_URL：您自己服务器上的数据库请自行删除"
        )
    with step("Running demo ended", "已结束运行中的演示") as note:
        note.append("yes / 是" if _end_running_demo() else "none was running / 没有运行中的演示")
    with step("Data deleted", "数据已删除"):
        database.destroy()
        shutil.rmtree(_folder(), ignore_errors=True)


# -- one demo at a time -------------------------------------------------------------------------------------------


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "demo"


def _lock_file() -> Path:
    return _folder() / "running.json"


@contextlib.contextmanager
def _only_demo(home: str) -> Iterator[None]:
    _folder().mkdir(parents=True, exist_ok=True)
    with _lock_file().open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            where = json.loads(lock.read() or "{}").get("home", "")
            raise DemoError(f"The demo runs already / 演示已在运行: {where}") from None
        lock.truncate(0)
        json.dump({"pid": os.getpid(), "started": _start_of(os.getpid()), "home": home}, lock)
        lock.flush()
        yield


def _end_running_demo() -> bool:
    """Ends the demo that holds the lock and waits until it has let go; returns False when none holds it."""
    try:
        lock = _lock_file().open("r+")
    except FileNotFoundError:
        return False
    with lock:
        if _taken(lock):
            return False
        running = json.loads(lock.read() or "{}")
        pid = int(running.get("pid", 0))
        handle = os.pidfd_open(pid)  # from here on the pid cannot be reused under our hands
        try:
            # The lock proves that a demo lives; the start time proves that it is the process that wrote its pid.
            if running.get("started") != _start_of(pid):
                raise DemoError(f"process {pid} is not the demo: end it yourself / 进程 {pid} 不是本演示，请自行结束")
            signal.pidfd_send_signal(handle, signal.SIGTERM)
            waiter = select.poll()
            waiter.register(handle, select.POLLIN)
            if not waiter.poll(END_PATIENCE_S * 1000):
                raise DemoError(f"the demo (process {pid}) does not end / 演示（进程 {pid}）没有结束")
        finally:
            os.close(handle)
    return True


def _taken(lock: Any) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start_of(pid: int) -> str:
    """Returns when the process started, in clock ticks since boot: with the pid it names one process for ever."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return fields[19]


# -- the day, the server, the end -----------------------------------------------------------------------------------


def _live_the_first_day(home: str) -> None:
    """The first time, reps live through a day in the demo company, so that there are visits to look at."""
    from accounts.queries import find_company_id  # needs Django set up, which `main` sees to

    mark, company = _folder() / "day-lived-in", str(find_company_id(COMPANY))
    reps = os.environ.get("ROUNDSMAN_DEMO_DAY", "4")  # from 2 to 6 of them; 0 for no day
    if reps == "0" or (mark.exists() and mark.read_text() == company):
        return
    print("\n  A day in the field, lived by reference clients / 由参考客户端演绎的外勤一天", flush=True)
    if live_a_day(home, COMPANY, _folder() / "phones", ["--reps", reps]) == 0:
        mark.write_text(company)
    else:
        print("✗ The day was not proven, see above; the demo goes on / 外勤一天未能证明，演示继续", flush=True)


def _wait_for_the_end(server: Server) -> None:
    """Returns when Ctrl-C or SIGTERM reaches us; raises DemoError when the server ends by itself."""
    try:
        server.wait()
    except KeyboardInterrupt:
        return
    raise DemoError(f"the server ended by itself, see / 服务意外结束，请查看 {server_log()}")


# -- what is seen -------------------------------------------------------------------------------------------------


def _print_welcome(home: str) -> None:
    print(f"\n  App/应用     {home}/app/")
    print(f"  API          {home}/api/v1/docs")
    print(f"  OpenAPI      {home}/api/v1/openapi.json")
    print(f"  Health/健康  {home}/health/ready")
    print(f"\n  Company / 公司    {COMPANY}\n  Password / 密码   {PASSWORD}")
    for names, english, chinese in USERS:
        print(f"    {names:<24}{english} / {chinese}")
    print(f"\n  Try it / 试一试:\n{_example(home)}")
    print(f"\n  Log / 日志: {server_log()}")
    print("  Ctrl-C ends it, the data stays; make demo-reset throws it away", flush=True)
    print("  按 Ctrl-C 结束，数据保留；make demo-reset 清除数据\n", flush=True)


def _example(home: str) -> str:
    """Shell commands that sign in and list customers; they need curl and python3 alone."""
    device = {"name": "curl", "platform": "other"}
    body = json.dumps({"company": COMPANY, "username": "rep1", "password": PASSWORD, "device": device})
    take = """python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])'"""
    lines = (
        f"TOKEN=$(curl -s {home}/api/v1/auth/sign-in -H 'Content-Type: application/json' \\",
        f"  -d '{body}' \\",
        f"  | {take})",
        f"curl -s '{home}/api/v1/customers?limit=3' -H \"Authorization: Bearer $TOKEN\" | python3 -m json.tool",
    )
    return "\n".join(f"    {line}" for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
