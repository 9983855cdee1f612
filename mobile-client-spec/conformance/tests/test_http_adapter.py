"""The same calls over HTTP, to an adapter that runs already."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from roundsman_client.adapter import Adapter
from roundsman_conformance.cli import main


@pytest.fixture
def url() -> Iterator[str]:
    """The reference client's adapter behind HTTP."""
    adapter = Adapter()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply = json.dumps(adapter.handle(message)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_scenarios_pass_over_http(url: str, capsys: pytest.CaptureFixture[str]):
    named = ["--only", "lost-answer", "--only", "recording-anytime"]
    assert main(["serve", "--adapter-url", url, "--timeout", "20", *named]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    assert "REC-5    MUST    passed" in said
    assert "kill" not in said.splitlines()[0]  # a process that runs elsewhere is not ours to kill


def test_an_adapter_that_replies_with_an_error_is_reported(capsys: pytest.CaptureFixture[str]):
    class Refuses(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_error(500)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Refuses) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            assert main(["serve", "--adapter-url", f"http://127.0.0.1:{server.server_address[1]}"]) == 2
        finally:
            server.shutdown()
            thread.join()
    assert "500" in capsys.readouterr().err
