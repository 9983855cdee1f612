"""Signing in, tokens, lost answers of a refresh, and the end of a device."""

import logging
import random

import pytest
from conftest import OpenPhone
from fake_server import USER, FakeServer
from test_client_scopes import assert_exact, fill

from roundsman_client.bad_network import BadNetwork, Faults
from roundsman_client.client import Client
from roundsman_client.clock import FakeClock
from roundsman_client.errors import (
    DeviceRevoked,
    NetworkFailed,
    NotSignedIn,
    OtherUser,
    ServerRefused,
    SignInRequired,
    UnsentWork,
)
from roundsman_client.transport import HttpRequest, HttpResponse


class LosesRefreshAnswers:
    """A network that loses the next answers of a refresh; the server has acted on every one."""

    def __init__(self, server: FakeServer, answers: int) -> None:
        self.server = server
        self.answers = answers
        self.asked: list[bytes] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        answer = self.server.send(request)
        if request.path.endswith("/refresh"):
            self.asked.append(request.body)
            if self.answers:
                self.answers -= 1
                raise NetworkFailed("answer lost")
        return answer

    def close(self) -> None:
        pass


def test_sign_in_names_the_device_and_keeps_it(phone: Client, open_phone: OpenPhone, server: FakeServer):
    assert phone.user["id"] == USER
    assert phone.device_id in server.devices
    assert server.requests[0][1]["device"]["id"] == phone.device_id
    phone.sync()
    phone.sign_out()
    with pytest.raises(SignInRequired):
        phone.sync()
    phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    assert len(server.devices) == 1
    assert phone.sync().complete


class CutsRefusals:
    """A network that cuts every other refusal in half, beginning with the first."""

    def __init__(self, server: FakeServer) -> None:
        self.server = server
        self.cut = 0

    def send(self, request: HttpRequest) -> HttpResponse:
        answer = self.server.send(request)
        if answer.status != 401:
            return answer
        self.cut += 1
        return HttpResponse(401, answer.headers, answer.body[: len(answer.body) // 2]) if self.cut % 2 else answer

    def close(self) -> None:
        pass


def test_half_a_refusal_asks_nobody_for_his_password(
    phone: Client, open_phone: OpenPhone, server: FakeServer, clock: FakeClock
):
    """What was cut off said that the device is revoked. The phone hears it at the second attempt, and obeys."""
    server.revoke_device(phone.device_id)
    phone.close()
    phone = open_phone(transport=CutsRefusals(server))
    clock.advance(3600)
    with pytest.raises(DeviceRevoked) as revoked:
        phone.sync()
    assert revoked.value.wiped


def test_a_sign_in_whose_answer_is_lost_makes_no_second_device(open_phone: OpenPhone, server: FakeServer):
    network = BadNetwork(server, random.Random(1), Faults(lose_answer=1.0))
    phone = open_phone(transport=network)
    with pytest.raises(NetworkFailed):
        phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    phone.close()
    network.faults = Faults()
    again = open_phone(transport=network)
    again.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    assert server.devices == {again.device_id}


def test_the_server_s_level_follows_its_updates(open_phone: OpenPhone, server: FakeServer, clock: FakeClock):
    phone = open_phone()
    assert phone.server_level is None
    phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    assert phone.server_level == 1, "a server of level 1 does not say"
    server.api_level = 3
    clock.advance(880)
    phone.sync()
    assert phone.server_level == 3


def test_a_wrong_password_says_so_and_changes_nothing(open_phone: OpenPhone):
    phone = open_phone()
    with pytest.raises(ServerRefused) as caught:
        phone.sign_in("demo", "alice", "guess", "Pixel")
    assert caught.value.code == "accounts.wrong_password"
    with pytest.raises(NotSignedIn):
        phone.user  # noqa: B018


def test_a_second_factor_is_asked_for_and_the_same_sent_once_more(open_phone: OpenPhone, server: FakeServer):
    """SES-11."""
    server.code = "081804"
    phone = open_phone()
    for code, refusal in ((None, "accounts.code_required"), ("000000", "accounts.code_wrong")):
        with pytest.raises(ServerRefused) as caught:
            phone.sign_in("demo", "alice", "secret-of-alice", "Pixel", code=code)
        assert caught.value.code == refusal
    phone.sign_in("demo", "alice", "secret-of-alice", "Pixel", code="081804")
    assert phone.user["id"] == USER
    assert len(server.devices) == 1


def test_a_store_belongs_to_one_user(phone: Client):
    with pytest.raises(OtherUser):
        phone.sign_in("demo", "bob", "secret-of-bob", "Pixel")


def test_an_expired_token_is_renewed_before_it_is_used(phone: Client, server: FakeServer, clock: FakeClock):
    phone.sync()
    clock.advance(880)
    server.requests.clear()
    assert phone.sync().round_trips == 2
    assert [path.rsplit("/", 1)[1] for path, _ in server.requests] == ["refresh", "pull"]
    assert phone.sync().round_trips == 1


def test_a_token_that_the_server_refuses_is_renewed_and_the_request_sent_again(phone: Client, server: FakeServer):
    phone.do("visits.cancel", {"visit_id": "v", "reason": ""})
    server.access.clear()
    report = phone.sync()
    assert report.verdicts == {"applied": 1}
    assert report.round_trips == 3


def test_a_lost_refresh_answer_is_asked_for_again_at_once(open_phone: OpenPhone, server: FakeServer, clock: FakeClock):
    network = LosesRefreshAnswers(server, answers=3)
    phone = open_phone(transport=network)
    phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    clock.advance(1000)
    before = clock.read().uptime_ms
    assert phone.sync().complete
    assert len(network.asked) == 4
    assert len(set(network.asked)) == 1
    assert clock.read().uptime_ms - before < 60_000
    clock.advance(1000)
    assert phone.sync().complete
    assert len(set(network.asked)) == 2


def test_a_refresh_answer_lost_for_more_than_a_minute_needs_the_password_and_keeps_the_work(
    open_phone: OpenPhone, server: FakeServer, clock: FakeClock
):
    network = LosesRefreshAnswers(server, answers=5)
    phone = open_phone(transport=network)
    phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    phone.do("customers.create", {"id": "c1", "name": "Harbour Café"})
    clock.advance(1000)
    report = phone.sync()
    assert not report.complete
    assert len(network.asked) == 5
    clock.advance(120)
    with pytest.raises(SignInRequired):
        phone.sync()
    assert len(phone.pending()) == 1
    phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    assert phone.sync().verdicts == {"applied": 1}


def test_the_old_refresh_token_is_kept_until_the_new_one_is_stored(
    phone: Client, open_phone: OpenPhone, server: FakeServer, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
):
    clock.advance(1000)

    def killed(answer: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(phone._session, "_keep_tokens", killed)
        with pytest.raises(KeyboardInterrupt):
            phone.sync()
    phone.close()
    clock.advance(20)
    assert open_phone().sync().complete


def test_after_a_boot_the_age_of_a_token_is_unknown_and_the_server_says(
    phone: Client, server: FakeServer, clock: FakeClock
):
    clock.reboot()
    server.access.clear()
    assert phone.sync().round_trips == 3


def test_reset_flushes_first(open_phone: OpenPhone, server: FakeServer):
    network = BadNetwork(server, random.Random(1), Faults())
    phone = open_phone(transport=network)
    phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    phone.do("customers.create", {"id": "c1", "name": "Harbour Café"})
    network.online = False
    with pytest.raises(UnsentWork):
        phone.reset()
    network.online = True
    phone.reset()
    assert_exact(phone, server)


# The end of a device


def test_a_revoked_device_delivers_everything_and_is_wiped(phone: Client, server: FakeServer):
    fill(server)
    phone.sync()
    ids = [phone.do("customers.create", {"id": f"d{number}", "name": "x"}) for number in range(230)]
    server.revoke_device(phone.device_id)
    with pytest.raises(DeviceRevoked) as caught:
        phone.sync()
    assert (caught.value.wiped, caught.value.unsent) == (True, 0)
    assert caught.value.details == {"wipe": True}
    assert [server.commands[id_][1]["status"] for id_ in ids] == ["parked"] * 230
    assert phone.server_rows() == {}
    assert phone.pending() == phone.verdicts() == phone.rows("customer") == []
    with pytest.raises(NotSignedIn):
        phone.sync()
    # Nothing of it is left in the file: a new sign-in is a new device.
    phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    assert phone.device_id not in server.revoked
    phone.sync()
    assert_exact(phone, server)


def test_nothing_readable_is_left_in_the_file(phone: Client, server: FakeServer, tmp_path):
    server.put("a", "contact", "a1", name="Top-Secret-Contact")
    server.grant("a")
    phone.sync()
    server.revoke_device(phone.device_id)
    with pytest.raises(DeviceRevoked):
        phone.sync()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Top-Secret" not in left
    assert b"refresh-" not in left


def test_unsent_work_outlives_a_wipe_until_it_is_delivered(open_phone: OpenPhone, server: FakeServer):
    network = BadNetwork(server, random.Random(1), Faults())
    phone = open_phone(transport=network)
    phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    fill(server)
    phone.sync()
    work = phone.do("customers.create", {"id": "d", "name": "x"})
    server.revoke_device(phone.device_id)

    def dies_after_this(request: object) -> None:
        network.online = False

    honest = server.push

    def push_then_die(commands: list[dict[str, object]], device: str) -> list[dict[str, object]]:
        network.online = False
        server.push = honest  # type: ignore[method-assign]
        return []

    server.push = push_then_die  # type: ignore[method-assign]
    with pytest.raises(DeviceRevoked) as caught:
        phone.sync()
    assert (caught.value.wiped, caught.value.unsent) == (False, 1)
    assert phone.server_rows() == {}
    phone.close()
    network.online = True
    again = open_phone(transport=network)
    assert [item.command.id for item in again.pending()] == [work]
    with pytest.raises(DeviceRevoked) as caught:
        again.sync()
    assert (caught.value.wiped, caught.value.unsent) == (True, 0)
    assert server.commands[work][1]["status"] == "parked"


def test_work_that_a_revoked_device_could_not_deliver_goes_up_under_a_new_one(
    phone: Client, server: FakeServer, clock: FakeClock
):
    phone.do("visits.cancel", {"visit_id": "v", "reason": ""})
    phone.sync()
    work = phone.do("customers.create", {"id": "d", "name": "x"})
    revoked = phone.device_id
    server.revoke_device(revoked)
    server.access.clear()  # only a refresh would help, and a revoked device gets none
    with pytest.raises(DeviceRevoked) as caught:
        phone.sync()
    assert (caught.value.wiped, caught.value.unsent) == (False, 1)
    with pytest.raises(DeviceRevoked):
        phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    phone.sign_in("demo", "alice", "secret-of-alice", "Pixel", new_device=True)
    assert phone.device_id != revoked
    assert [(item.command.seq, item.command.id) for item in phone.pending()] == [(1, work)]
    assert phone.sync().verdicts == {"applied": 1}
    assert_exact(phone, server)
    assert phone.pending() == []


def test_nothing_secret_is_logged(
    phone: Client, server: FakeServer, clock: FakeClock, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    phone.sign_in("demo", "alice", "secret-of-alice", "Pixel")
    phone.do("customers.create", {"id": "c1", "name": "Harbour Café"})
    phone.do("customers.add_site", {"id": 5, "name": "Harbour Café"})
    clock.advance(1000)
    phone.sync()
    assert "sync:" in caplog.text
    for secret in ("secret-of-alice", "access-", "refresh-", "Harbour"):
        assert secret not in caplog.text
