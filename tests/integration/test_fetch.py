"""Assets fetched from a server on this machine, and hosts that must not be reached."""

import contextlib
import gzip
import http.server
import logging
import os
import pickle
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reelforge_dsl.engine._fetch import _tls, fetch, is_public, shown
from reelforge_dsl.errors import FetchError

BODY = bytes(range(256)) * 4096  # 1 MiB that is neither page nor playlist

Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


class Server(http.server.ThreadingHTTPServer):
    """A loopback server; what a path answers is set by the test."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are part of the tests."""


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        self.server.answers[self.path.partition("?")[0]](self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


def send(body: bytes = BODY, status: int = 200, **headers: str) -> Answer:
    """Answer with a body; header names are written with underscores."""

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        named = {"Content-Type": "video/mp4", "Content-Length": str(len(body))}
        named |= {name.replace("_", "-").title(): value for name, value in headers.items()}
        for name, value in named.items():
            if value:
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as it:
        thread = threading.Thread(target=it.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield it
        it.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def refused(url: str, cache: Path, **options: object) -> FetchError:
    """Return the error of a fetch, which must leave no part behind and say no secret."""
    options = {"allow_private": True, **options}
    with pytest.raises(FetchError) as caught:
        fetch(url, cache_dir=cache, **options)  # type: ignore[arg-type]
    assert not list(cache.glob("*.part"))
    assert caught.value.src == url
    assert caught.value.fix
    assert "sesame" not in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    return caught.value


def test_download(server: Server, cache: Path) -> None:
    """An asset arrives whole, under a name with its suffix, and tells how far it is."""
    server.answers["/a.mp4"] = send()
    told: list[tuple[int, int | None]] = []
    url = server.url("/a.mp4?token=sesame")
    path = fetch(url, allow_private=True, cache_dir=cache, on_progress=lambda n, of: told.append((n, of)))
    assert path.read_bytes() == BODY
    assert path.suffix == ".mp4"
    assert path.parent == cache
    assert told[-1] == (len(BODY), len(BODY))
    assert "sesame" not in "".join(file.name for file in cache.iterdir())
    assert b"sesame" not in b"".join(file.read_bytes() for file in cache.glob("*.json"))


@pytest.mark.parametrize(
    ("path", "kind", "suffix"),
    [
        ("/a.PNG", "application/octet-stream", ".png"),
        ("/voice", "audio/mpeg; charset=x", ".mp3"),
        ("/a.php", "image/webp", ".webp"),
        ("/x.tar;evil", "", ""),
    ],
)
def test_suffix(server: Server, cache: Path, path: str, kind: str, suffix: str) -> None:
    """The suffix is that of the path if it is a medium's, else that of the type, else none."""
    server.answers[path] = send(content_type=kind)
    assert fetch(server.url(path), allow_private=True, cache_dir=cache).suffix == suffix


@pytest.mark.parametrize("validator", [{"etag": '"1"'}, {"last_modified": "Mon, 01 Jan 2024 00:00:00 GMT"}])
def test_revalidation(server: Server, cache: Path, validator: dict[str, str]) -> None:
    """A copy with validators is asked about each time, and sent again only when changed."""
    server.answers["/a.mp4"] = send(**validator)
    first = fetch(server.url("/a.mp4"), allow_private=True, cache_dir=cache)
    changed_at = first.stat().st_mtime_ns
    server.answers["/a.mp4"] = send(b"", 304, content_length="")
    again = fetch(server.url("/a.mp4"), allow_private=True, cache_dir=cache)
    assert (again, again.stat().st_mtime_ns) == (first, changed_at)
    asked = server.seen[1][1]
    assert (asked.get("If-None-Match"), asked.get("If-Modified-Since")).count(None) == 1
    server.answers["/a.mp4"] = send(b"new" + BODY, etag='"2"')
    newer = fetch(server.url("/a.mp4"), allow_private=True, cache_dir=cache)
    assert newer.read_bytes() == b"new" + BODY
    assert first.read_bytes() == BODY  # a render may still be reading it


def test_fresh_for_an_hour(server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without validators a copy is reused for an hour and then fetched again."""
    server.answers["/a.mp4"] = send()
    for _ in range(2):
        fetch(server.url("/a.mp4"), allow_private=True, cache_dir=cache)
    assert len(server.seen) == 1
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3700)
    fetch(server.url("/a.mp4"), allow_private=True, cache_dir=cache)
    assert len(server.seen) == 2


@pytest.mark.parametrize("damage", ["missing", "shortened", "note"])
def test_damaged_copy(server: Server, cache: Path, damage: str) -> None:
    """A copy that was deleted or shortened, or whose note cannot be read, is fetched anew."""
    server.answers["/a.mp4"] = send(etag='"1"')
    path = fetch(server.url("/a.mp4"), allow_private=True, cache_dir=cache)
    if damage == "missing":
        path.unlink()
    elif damage == "shortened":
        path.write_bytes(b"x")
    else:
        next(cache.glob("*.json")).write_text("[]")
    again = fetch(server.url("/a.mp4"), allow_private=True, cache_dir=cache)
    assert "If-None-Match" not in server.seen[1][1]
    assert again.read_bytes() == BODY


def test_private_copy_is_not_for_everyone(server: Server, cache: Path) -> None:
    """A copy fetched from a private host is not given to who may not reach that host."""
    server.answers["/a.mp4"] = send()
    fetch(server.url("/a.mp4"), allow_private=True, cache_dir=cache)
    assert "private network" in refused(server.url("/a.mp4"), cache, allow_private=False).what


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (send(b"<html>no", content_type="text/html; charset=utf-8"), "web page"),
        (send(b"\n <!DOCTYPE html><html>", content_type="application/octet-stream"), "web page"),
        (send(b"#EXTM3U\n", content_type="application/vnd.apple.mpegurl"), "playlist"),
        (send(b"\xef\xbb\xbf#EXTM3U\n", content_type="video/mp4"), "playlist"),
        (send(b""), "empty"),
        (send(BODY, content_length=str(len(BODY) + 9)), "broke off"),
        (send(b"not gzip at all", content_encoding="gzip"), "damaged"),
        (send(status=404), "is not there"),
        (send(status=410), "is not there"),
        (send(status=401), "may not be read"),
        (send(status=403), "may not be read"),
        (send(status=418), "status 418"),
        (send(status=304, body=b""), "status 304"),
        (send(status=500), "failed at its server"),
        (send(status=301, location="ftp://example.com/a.mp4"), "http or https"),
        (send(status=302, location="file:///etc/passwd"), "http or https"),
        (send(status=302, location="http://exa mple\x7f/"), "faulty|http or https|no address"),
    ],
)
def test_answers_that_are_no_asset(server: Server, cache: Path, answer: Answer, sentence: str) -> None:
    """Each answer that is no whole asset is refused in its own words, leaving nothing."""
    server.answers["/a.mp4"] = answer
    error = refused(server.url("/a.mp4?key=sesame"), cache)
    assert re.search(sentence, error.what), error.what
    assert not [file for file in cache.iterdir() if file.suffix != ".json"]
    assert error.what.startswith(server.url("/a.mp4"))


def test_compressed_body(server: Server, cache: Path) -> None:
    """A server that compresses unasked is understood."""
    server.answers["/a.mp4"] = send(gzip.compress(BODY), content_encoding="gzip")
    assert fetch(server.url("/a.mp4"), allow_private=True, cache_dir=cache).read_bytes() == BODY


def chunked(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Send without a length, and close."""
    handler.send_response(200)
    handler.end_headers()
    with contextlib.suppress(OSError):
        for _ in range(64):
            handler.wfile.write(BODY[: 1 << 16])


def test_size_limit(server: Server, cache: Path) -> None:
    """A file too large is refused by its announced size, or else while it arrives."""
    server.answers["/a.mp4"] = send()
    server.answers["/b.mp4"] = chunked
    server.answers["/c.mp4"] = send(gzip.compress(bytes(5_000_000)), content_encoding="gzip")
    for path in ("/a.mp4", "/b.mp4", "/c.mp4"):
        assert "larger than 1 MB" in refused(server.url(path), cache, max_bytes=1_000_000).what
    assert fetch(server.url("/b.mp4"), allow_private=True, cache_dir=cache).stat().st_size == 1 << 22


def test_one_more_try(server: Server, cache: Path) -> None:
    """A server that fails once is asked once more; no more than that."""
    answers = iter([send(status=503), send()])
    server.answers["/a.mp4"] = lambda handler: next(answers)(handler)
    assert fetch(server.url("/a.mp4"), allow_private=True, cache_dir=cache).exists()
    server.answers["/b.mp4"] = send(status=503)
    refused(server.url("/b.mp4"), cache)
    assert [path for path, _ in server.seen] == ["/a.mp4", "/a.mp4", "/b.mp4", "/b.mp4"]


def test_redirects(server: Server, cache: Path) -> None:
    """Redirects are followed, relative ones too, but not without end."""
    server.answers |= {
        "/a": send(b"", 302, location="/b/c?key=sesame"),
        "/b/c": send(b"", 307, location="d.mp4"),
        "/b/d.mp4": send(),
        "/loop": send(b"", 301, location="/loop"),
    }
    path = fetch(server.url("/a"), allow_private=True, cache_dir=cache)
    assert path.suffix == ".mp4"
    assert path.read_bytes() == BODY
    assert "more than 5" in refused(server.url("/loop"), cache).what
    server.answers["/b/d.mp4"] = send(status=404)
    assert "redirected to" in refused(server.url("/a?x=1"), cache).what


def test_login_in_url(server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A login in the URL is sent to its host only, and to no host it redirects to."""
    server.answers["/a.mp4"] = send(b"", 302, location=server.url("/b.mp4"))
    server.answers["/b.mp4"] = send()
    url = server.url("/a.mp4").replace("http://", "http://us%40er:sesame@")
    fetch(url, allow_private=True, cache_dir=cache)
    assert server.seen[0][1]["Authorization"] == "Basic dXNAZXI6c2VzYW1l"
    assert server.seen[0][1]["Host"] == f"127.0.0.1:{server.server_port}"
    assert "Authorization" not in server.seen[1][1]


def test_environment_is_not_asked(server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies of the environment decide nothing."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.answers["/a.mp4"] = send()
    assert fetch(server.url("/a.mp4"), allow_private=True, cache_dir=cache).exists()


def test_silence(server: Server, cache: Path) -> None:
    """A server that stops talking is given up after the time allowed, before or in its answer."""
    wake = threading.Event()

    def half(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "99999")
        handler.end_headers()
        handler.wfile.write(b"some")
        handler.wfile.flush()
        wake.wait(5)

    server.answers |= {"/a.mp4": lambda handler: bool(wake.wait(5)) and None, "/b.mp4": half}
    for path in ("/a.mp4", "/b.mp4"):
        began = time.monotonic()
        assert "did not answer within 0.3 s" in refused(server.url(path), cache, timeout=0.3).what
        assert time.monotonic() - began < 2
    wake.set()


def test_nobody_there(cache: Path) -> None:
    """A closed port, an unknown name and a host without TLS are told apart."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        assert "cannot be reached" in refused(f"http://127.0.0.1:{port}/a.mp4?sesame", cache).what
    assert "has no address" in refused("http://no-such-host.invalid/a.mp4", cache).what
    long = "a" * 70
    assert "has no address" in refused(f"http://{long}.example/a.mp4", cache, resolve=socket_like).what


def socket_like(host: str, port: int) -> list[str]:
    """Resolve as the system does, whose codec refuses long labels."""
    host.encode("idna")
    return ["127.0.0.1"]


def test_no_tls(server: Server, cache: Path) -> None:
    """An https URL of a server that speaks plain HTTP is told as a TLS fault."""
    assert "TLS" in refused(server.url("/a.mp4").replace("http", "https"), cache).what


def test_second_address(server: Server, cache: Path) -> None:
    """When a name's first address does not answer, the next is tried; the name travels as Host."""
    server.answers["/a.mp4"] = send()
    url = f"http://media.example:{server.server_port}/a.mp4"
    resolve = lambda host, port: ["127.0.0.2" if sys.platform == "linux" else "::1", "127.0.0.1"]  # noqa: E731
    assert fetch(url, allow_private=True, cache_dir=cache, resolve=resolve).exists()
    assert server.seen[0][1]["Host"] == f"media.example:{server.server_port}"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://h/a",
        "file:///etc/passwd",
        "a.mp4",
        "http://",
        "http://h:99999/",
        "http://h/\ud800",
        "//h/a",
        "",
    ],
)
def test_not_http(cache: Path, url: str) -> None:
    """What is no http(s) URL is refused before anything is asked."""
    with pytest.raises(FetchError) as caught:
        fetch(url, cache_dir=cache, resolve=lambda host, port: pytest.fail("asked"))
    assert caught.value.fix


def test_a_name_that_cannot_be_decoded(cache: Path) -> None:
    """A host in faulty Punycode, which httpx reads and cannot say, is a FetchError like any other."""
    with pytest.raises(FetchError, match="no address"):
        fetch("http://xn--/a.mp4", cache_dir=cache, resolve=lambda host, port: [])


PRIVATE = [
    "127.0.0.1",
    "[::1]",
    "169.254.169.254",
    "localhost",
    "2130706433",
    "0x7f.1",
    "0",
    "10.1.2.3",
    "[::]",
]
PRIVATE += ["192.168.0.1", "100.64.0.1", "[fe80::1]", "[::ffff:127.0.0.1]", "[fd00::1]", "224.0.0.1"]


@pytest.mark.parametrize("host", PRIVATE)
def test_private_hosts(server: Server, cache: Path, host: str) -> None:
    """No way of writing a private address reaches it unless allowed."""
    server.answers["/a.mp4"] = send()
    error = refused(f"http://{host}:{server.server_port}/a.mp4", cache, allow_private=False)
    assert "private network" in error.what or "no address" in error.what
    assert server.seen == []


def test_private_behind_public_names(server: Server, cache: Path) -> None:
    """A public name with a private address, even one among public ones, is refused."""
    url = f"http://media.example:{server.server_port}/a.mp4"
    for found in (["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["64:ff9b::7f00:1"]):
        error = refused(url, cache, allow_private=False, resolve=lambda host, port, found=found: found)
        assert "allow_private=True" in str(error.fix)
    assert server.seen == []


PUBLIC = "93.184.215.14"


@pytest.fixture
def rerouted(server: Server, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A network in which a public address leads to the loopback server; lists whom was connected to."""
    connect, reached = socket.create_connection, []

    def reroute(address: tuple[str, int], *args: object, **options: object) -> socket.socket:
        reached.append(address[0])
        return connect(("127.0.0.1", server.server_port), *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "create_connection", reroute)
    return reached


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1/b", "http://localhost/b", "http://inner.example/b", "//[::1]/b"]
)
def test_redirect_to_private(server: Server, cache: Path, rerouted: list[str], target: str) -> None:
    """A public host's redirect to a private one is not followed."""
    server.answers["/a"] = send(b"", 302, location=target)
    known = {"media.example": PUBLIC, "localhost": "127.0.0.1", "inner.example": "10.0.0.1"}
    error = refused(
        "http://media.example/a",
        cache,
        allow_private=False,
        resolve=lambda host, port: [known.get(host, host)],
    )
    assert "redirected to" in error.what
    assert "private network" in error.what
    assert rerouted == [PUBLIC]
    assert len(server.seen) == 1


def test_connects_to_the_judged_address(server: Server, cache: Path, rerouted: list[str]) -> None:
    """A name is resolved once, so it cannot mean another address when it is connected to."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    server.answers["/a.mp4"] = send()
    assert fetch("http://media.example/a.mp4", cache_dir=cache, resolve=resolve).exists()
    assert (asked, rerouted) == (["media.example"], [PUBLIC])


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
def test_certificate_is_of_the_name(
    server: Server, cache: Path, tmp_path: Path, rerouted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over TLS the certificate is checked against the URL's name, not against the address."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=media.example",
    ]
    names = ["-addext", "subjectAltName=DNS:media.example"]
    subprocess.run([*request, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.answers["/a.mp4"] = send()
    resolve = lambda host, port: [PUBLIC]  # noqa: E731
    assert "TLS" in refused("https://media.example/a.mp4", cache, allow_private=False, resolve=resolve).what
    monkeypatch.setattr("certifi.where", lambda: str(certificate))
    _tls.cache_clear()
    try:
        assert fetch("https://media.example/a.mp4", cache_dir=cache, resolve=resolve).exists()
        assert (
            "TLS" in refused("https://other.example/a.mp4", cache, allow_private=False, resolve=resolve).what
        )
    finally:
        _tls.cache_clear()
    assert asked == ["media.example", "media.example", "other.example"]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("172.16.0.1", False),
        ("192.0.2.1", False),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("239.1.1.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff0e::1", False),
        ("2002:7f00:1::", False),
        ("2002:5db8:d70e::", True),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::93.184.215.14", True),
        ("fec0::1", False),
        ("192.0.0.192", False),
        ("64:ff9b:1::1", False),
        ("2001:0:7f00:1::", False),
        ("2001:db8::1", False),
    ],
)
def test_is_public(address: str, public: bool) -> None:
    """Every reserved range is private, and so is an IPv6 address with such an IPv4 one inside."""
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        (
            "https://user:sesame@h.example:8443/a%20b/c.mp4?sig=sesame#sesame",
            "https://h.example:8443/a%20b/c.mp4",
        ),
        ("HTTP://h.example?x=sesame", "http://h.example"),
        ("https://a@b:sesame@h.example/x", "https://h.example/x"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("sesame", "<no URL>"),
        ("http://", "<no URL>"),
    ],
)
def test_shown(url: str, safe: str) -> None:
    """A URL is shown without login, query and fragment."""
    assert shown(url) == safe


def test_nothing_is_logged(server: Server, cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    """No log of the libraries below tells the query of a URL at level INFO or above."""
    server.answers["/a.mp4"] = send()
    with caplog.at_level(logging.INFO):
        fetch(server.url("/a.mp4?sig=sesame"), allow_private=True, cache_dir=cache)
    assert "sesame" not in caplog.text


def test_threads_at_once(server: Server, cache: Path) -> None:
    """Many threads fetching one URL all get the whole file."""
    server.answers["/a.mp4"] = send()
    found: list[bytes] = []

    def one() -> None:
        found.append(fetch(server.url("/a.mp4"), allow_private=True, cache_dir=cache).read_bytes())

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [BODY] * 8
    assert sorted(file.suffix for file in cache.iterdir()) == [".json", ".mp4"]


CHILD = """
import sys
from pathlib import Path
from reelforge_dsl.engine._fetch import fetch
def told(done, total):
    print(done, flush=True)
print(fetch(sys.argv[1], allow_private=True, cache_dir=Path(sys.argv[2]), on_progress=told))
"""


def fetching(url: str, cache: Path) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    argv = [sys.executable, "-c", textwrap.dedent(CHILD), url, str(cache)]
    return subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_processes_at_once(server: Server, cache: Path) -> None:
    """Two processes fetching one URL both succeed and agree on the file."""
    server.answers["/a.mp4"] = send()
    with fetching(server.url("/a.mp4"), cache) as one, fetching(server.url("/a.mp4"), cache) as two:
        said = [child.communicate(timeout=30) for child in (one, two)]
    assert [one.returncode, two.returncode] == [0, 0], said
    assert said[0][0].splitlines()[-1] == said[1][0].splitlines()[-1]


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_ctrl_c_leaves_no_part(server: Server, cache: Path) -> None:
    """Ctrl-C in a download leaves no part of it."""
    wake = threading.Event()

    def slowly(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(2 * len(BODY)))
        handler.end_headers()
        handler.wfile.write(BODY)
        handler.wfile.flush()
        wake.wait(10)

    server.answers["/a.mp4"] = slowly
    with fetching(server.url("/a.mp4"), cache) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert len(list(cache.glob("*.part"))) == 1
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=20)
        assert "KeyboardInterrupt" in said
    wake.set()
    assert list(cache.iterdir()) == []


def test_raising_callback(server: Server, cache: Path) -> None:
    """What ``on_progress`` raises comes out as it is, and nothing is left."""

    def refuse(done: int, total: int | None) -> None:
        raise OSError("enough")

    server.answers["/a.mp4"] = send()
    with pytest.raises(OSError, match="enough"):
        fetch(server.url("/a.mp4"), allow_private=True, cache_dir=cache, on_progress=refuse)
    assert list(cache.iterdir()) == []


def test_old_parts_are_swept(server: Server, cache: Path) -> None:
    """What a killed download left a day ago is removed; younger and foreign files stay."""
    cache.mkdir()
    old, young, foreign = (cache / f"{'a' * 32}-1.part", cache / f"{'a' * 32}-2.part", cache / "mine.part")
    for file in (old, young, foreign):
        file.touch()
    for file in (old, foreign):
        os.utime(file, (time.time() - 2 * 86400,) * 2)
    server.answers["/a.mp4"] = send()
    fetch(server.url("/a.mp4"), allow_private=True, cache_dir=cache)
    assert (old.exists(), young.exists(), foreign.exists()) == (False, True, True)


def test_where_copies_go(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``REELFORGE_CACHE`` names the cache; without it ``XDG_CACHE_HOME`` does, where that is known."""
    server.answers["/a.mp4"] = send()
    monkeypatch.setenv("REELFORGE_CACHE", str(tmp_path / "mine"))
    assert fetch(server.url("/a.mp4"), allow_private=True).parent == tmp_path / "mine" / "assets"
    if sys.platform.startswith("linux"):
        monkeypatch.delenv("REELFORGE_CACHE")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
        assert fetch(server.url("/a.mp4"), allow_private=True).parent == tmp_path / "xdg/reelforge_dsl/assets"


def test_unusable_cache(server: Server, tmp_path: Path) -> None:
    """A cache folder that cannot be made is told with the fix."""
    (tmp_path / "file").touch()
    server.answers["/a.mp4"] = send()
    with pytest.raises(FetchError, match="cache folder") as caught:
        fetch(server.url("/a.mp4"), allow_private=True, cache_dir=tmp_path / "file" / "cache")
    assert "REELFORGE_CACHE" in str(caught.value.fix)


def test_httpx_is_loaded_late() -> None:
    """Importing the module loads no HTTP library."""
    code = "import sys, reelforge_dsl.engine._fetch; sys.exit('httpx' in sys.modules)"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode == 0
