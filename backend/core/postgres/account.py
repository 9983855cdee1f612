"""Which user of the operating system the embedded PostgreSQL runs as, and how its programs are started as that user.

PostgreSQL refuses to run as root. Started by root (a container, sudo) the server therefore runs as an existing user
without privileges. No user is created and no permission of any folder above the data directory is changed: where such
a folder is closed to that user, the server gets one Linux capability more, the one to pass through closed folders.
Nobody else gains by it: that same closed folder keeps every other process away from the server's socket and files.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Tried in this order; containers often lack the first. "" = no capability, where every folder on the way is open.
_CAPABILITIES = ("", "dac_read_search", "dac_override")
_STAND_INS = ("postgres", "nobody")
_PROBE_TIMEOUT_S = 20


class AccountError(Exception):
    """No user was found that PostgreSQL could run as."""


@dataclass(frozen=True)
class Account:
    """A user of the operating system: `uid` and `gid` are None when it is simply the current one."""

    uid: int | None
    gid: int | None
    capability: str = ""

    def command(self, arguments: Sequence[str | Path]) -> list[str]:
        """Returns the command line that runs `arguments` as this user."""
        words = [str(word) for word in arguments]
        if self.uid is None:
            return words
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise AccountError("setpriv (util-linux) is missing: run as a user other than root, or set DATABASE_URL")
        # A real switch by exec, not by preexec_fn: that one can deadlock in a process with threads.
        switch = [setpriv, f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        if self.capability:
            # The secure bit makes access(2), with which PostgreSQL looks for its own files, count the capability too.
            switch += [
                f"--inh-caps=+{self.capability}",
                f"--ambient-caps=+{self.capability}",
                "--securebits=+no_setuid_fixup",
            ]
        return [*switch, "--", *words]

    def own(self, path: Path) -> None:
        """Gives `path`, which this process has just made, to the user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def choose_account(data_dir: Path, program: Path) -> Account:
    """Returns the user that can run `program` and own `data_dir`, whose parent must exist.

    A user other than root: himself. Root: the owner of the data directory, or else of the folder around it, or a
    stand-in. Raises AccountError when none of them can reach both paths.
    """
    if os.geteuid() != 0:
        return Account(None, None)
    entry = _owner(data_dir) if (data_dir / "PG_VERSION").exists() else _owner(data_dir.parent) or _stand_in()
    if entry is None:
        raise AccountError(f"{data_dir} belongs to a user that this machine does not know")
    for capability in _CAPABILITIES:
        account = Account(entry.pw_uid, entry.pw_gid, capability)
        if _reaches(account, data_dir.parent, program):
            return account
    raise AccountError(
        f"user {entry.pw_name} cannot reach {data_dir.parent} and {program}: run as a user other than root, "
        "move the project to an open folder, or set DATABASE_URL"
    )


def _owner(path: Path) -> pwd.struct_passwd | None:
    uid = path.stat().st_uid
    if uid == 0:
        return None
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        return None  # a folder mounted into a container may belong to a user that only the host knows


def _stand_in() -> pwd.struct_passwd | None:
    for name in _STAND_INS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _reaches(account: Account, folder: Path, program: Path) -> bool:
    probes: list[list[str | Path]] = [["test", "-x", folder], [program, "--version"]]
    for probe in probes:
        try:
            done = subprocess.run(
                account.command(probe), capture_output=True, timeout=_PROBE_TIMEOUT_S, check=False, cwd="/"
            )
        except PermissionError:
            return False
        if done.returncode != 0:
            return False
    return True
