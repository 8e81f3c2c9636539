"""Asking somebody else's server: bounded in time and size, never redirected, never led into our own network."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Any

import pytest

from dispatch import outgoing
from dispatch.outgoing import Forbidden, NoAnswer, is_public
from tests.listeners import listening
from tests.servers import free_port


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1",
    ],
)  # fmt: skip
def test_addresses_of_private_networks_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_what_is_sent_arrives_and_the_answer_comes_back() -> None:
    with listening(201, b"thanks") as listener:
        answer = outgoing.post(f"{listener.url}/a?b=1", b"hello", {"X-Shifu": "1"}, seconds=5)
    (heard,) = listener.heard
    assert (answer.status, answer.body, answer.is_success) == (201, b"thanks", True)
    assert (heard.method, heard.path, heard.body, heard.headers["x-shifu"]) == ("POST", "/a?b=1", b"hello", "1")
    assert heard.headers["host"] == listener.url.removeprefix("http://")


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with listening() as inside, listening(307, headers={"Location": inside.url}) as listener:
        assert outgoing.post(listener.url, b"", {}, seconds=5).status == 307
    assert inside.heard == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433"])
def test_a_name_that_leads_to_this_machine_is_refused_before_anything_is_sent(host: str) -> None:
    with listening() as listener, pytest.raises(Forbidden):
        outgoing.post(f"http://{host}:{listener.url.rpartition(':')[2]}/", b"", {}, seconds=5, allows=is_public)
    assert listener.heard == []


def test_a_name_that_leads_elsewhere_the_second_time_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the address that was looked at is the one that is connected to."""
    with listening() as listener:
        port = int(listener.url.rpartition(":")[2])
        answers = itertools.chain(["127.0.0.1"], itertools.repeat("203.0.113.9"))
        asked: list[str] = []

        def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

        original = socket.getaddrinfo

        def only_names(host: str, port: int, *args: Any, **more: Any) -> object:
            is_name = host == "rebound.example"
            return resolve(host, port) if is_name else original(host, port, *args, **more)

        monkeypatch.setattr(socket, "getaddrinfo", only_names)
        assert outgoing.post(f"http://rebound.example:{port}/", b"", {}, seconds=5).status == 200
    assert asked == ["rebound.example"]
    assert listener.heard[0].headers["host"] == f"rebound.example:{port}"


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_m: both)
    with pytest.raises(Forbidden):
        outgoing.post("http://mixed.example/", b"", {}, seconds=5, allows=is_public)


def test_an_endless_answer_is_cut_after_64_kilobytes() -> None:
    def endless() -> itertools.repeat[bytes]:
        return itertools.repeat(b"x" * 100)

    with listening() as listener:
        listener.answer = lambda _heard: (200, {"Content-Length": "999999999"}, endless())
        assert len(outgoing.post(listener.url, b"", {}, seconds=5).body) == outgoing.MOST_BYTES


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(NoAnswer, match=r"no answer within 0.1 s"):
        outgoing.post(f"http://127.0.0.1:{mute.getsockname()[1]}/", b"", {}, seconds=0.1)


def test_a_server_that_drips_its_headers_is_cut_at_the_deadline() -> None:
    with dripping() as port, pytest.raises(NoAnswer, match=r"no answer within 0.2 s"):
        outgoing.post(f"http://127.0.0.1:{port}/", b"", {}, seconds=0.2)


@contextmanager
def dripping() -> Iterator[int]:
    """A server that is never silent for long and never says anything whole."""
    closed = threading.Event()

    def drip(listener: socket.socket) -> None:
        line, _ = listener.accept()
        with line, suppress(OSError):
            while not closed.wait(0.02):
                line.sendall(b"H")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            closed.set()
            thread.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_a_server_that_is_not_there_is_said_to_be_unreachable(host: str) -> None:
    with pytest.raises(NoAnswer, match="cannot be reached"):
        outgoing.post(f"http://{host}:{free_port()}/", b"", {}, seconds=5)


def test_what_is_no_certificate_of_that_name_is_refused() -> None:
    with listening() as listener, pytest.raises(NoAnswer):
        outgoing.post(listener.url.replace("http:", "https:"), b"", {}, seconds=5)
