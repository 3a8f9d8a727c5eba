"""A request in, what is believed of where it comes from out: its headers say so only where a listed proxy sent it, and
which that is, is known from the connection itself."""

import unicodedata
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.requests import HTTPConnection

MOST_NAME_CHARACTERS = 200

Address = IPv4Address | IPv6Address


class Proxies:
    """The proxies at `addresses`, each an address or a network; `header` is where they name the reader."""

    def __init__(self, addresses: Sequence[str], header: str | None = None) -> None:
        self._networks = [ip_network(address) for address in addresses]
        self._header = header

    def identity(self, request: HTTPConnection) -> str | None:
        """The reader's name as a listed proxy tells it; None where another sent it, or where it is not one name."""
        told = request.headers.getlist(self._header) if self._header and self._sent(request) else []
        if len(told) != 1:
            return None
        name = unicodedata.normalize("NFC", _utf8(told[0]).strip())
        # A comma joins what several wrote into one header: the first of them may have been the reader.
        usable = 0 < len(name) <= MOST_NAME_CHARACTERS and name.isprintable() and "," not in name
        return name if usable else None

    def secure(self, request: HTTPConnection) -> bool:
        """Whether the browser asked over TLS."""
        told = request.headers.get("x-forwarded-proto", "") if self._sent(request) else ""
        return (told.rpartition(",")[2].strip().lower() or request.scope["scheme"]) == "https"

    def address(self, request: HTTPConnection) -> str:
        """The address that asks: the last one that no listed proxy has. Of IPv6 it is the network of one subscriber."""
        came_by = [_peer(request)]
        if self._sent(request):
            told = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
            came_by += [_address(one.strip()) for one in reversed(told)]
        address = next((one for one in came_by if one is None or not self._lists(one)), None) or came_by[0]
        return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)

    def _sent(self, request: HTTPConnection) -> bool:
        peer = _peer(request)
        return peer is not None and self._lists(peer)

    def _lists(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def _peer(request: HTTPConnection) -> Address | None:
    return _address(request.client.host) if request.client else None


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def _utf8(header: str) -> str:
    try:
        return header.encode("latin-1").decode()
    except UnicodeDecodeError:
        return header
