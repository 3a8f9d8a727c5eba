import pytest

from index.errors import FetchError
from index.fetch.address_policy import closed, read_address, read_ranges


@pytest.mark.parametrize("url, read", [
    ("http://news.example/a?b=1#c", "http://news.example/a?b=1"),
    ("HTTPS://News.Example:443", "https://news.example/"),
    ("http://news.example:8080/a b".replace(" ", "%20"), "http://news.example:8080/a%20b"),
    ("http://news.example/größe?ä=ö", "http://news.example/gr%C3%B6%C3%9Fe?%C3%A4=%C3%B6"),
    ("https://müller.example/", "https://xn--mller-kva.example/"),
    ("https://xn--mller-kva.example/", "https://xn--mller-kva.example/"),
    ("http://[2606:4700::1]:8080/", "http://[2606:4700::1]:8080/"),
    ("http://my_host/", "http://my_host/"),
])
def test_an_address_is_read_in_one_form(url: str, read: str) -> None:
    assert read_address(url).url == read


@pytest.mark.parametrize("url, reason", [
    ("ftp://news.example/", "only http and https"),
    ("file:///etc/passwd", "only http and https"),
    ("news.example/a", "only http and https"),
    ("http:///a", "no name of a host"),
    ("http://", "no name of a host"),
    ("http://user@127.0.0.1/", "user's name"),
    ("http://news.example@127.0.0.1/", "user's name"),
    ("http://user:pass@news.example/", "user's name"),
    ("http://2130706433/", "read differently"),
    ("http://0x7f000001/", "read differently"),
    ("http://0x7f.1/", "read differently"),
    ("http://0177.0.0.1/", "read differently"),
    ("http://127.1/", "read differently"),
    ("http://news.0x/", "read differently"),
    ("http://127.0.0.1./", "ends in a dot"),
    ("http://localhost./", "ends in a dot"),
    ("http://news..example/", "no name of a host"),
    ("http://news.example:0/", "the port"),
    ("http://news.example:/", "the port"),
    ("http://news.example:65536/", "no web address"),
    ("http://news.example:-1/", "no web address"),
    ("http://[fe80::1%25eth0]/", "zone"),
    ("http://[fe80::1%eth0]/", "zone"),
    ("http://[::1/", "no web address"),
    ("http://[news.example]/", "no"),
    ("http://%6cocalhost/", "no name of a host"),
    ("http://news.example\\@127.0.0.1/", "backslashes"),
    ("http://127.0.0.1\t/", "control characters"),
    ("http://news.example/\r\nHost: other", "control characters"),
    (" http://news.example/", "spaces"),
    ("http://①②⑦.⓪.⓪.①/", "disguised"),
    ("http://１２７.０.０.１/", "disguised"),
    ("http://ⓛocalhost/", "disguised"),
    ("http://127。0。0。1/", "disguised"),
    ("http://news.example／@127.0.0.1/", "no"),
    ("http://a\u200db.example/", "no name of a host"),
    ("http://news.example/" + "a" * 2000, "longer than 2000"),
])
def test_a_form_that_fools_others_is_refused(url: str, reason: str) -> None:
    with pytest.raises(FetchError, match=reason):
        read_address(url)


@pytest.mark.parametrize("address, kind", [
    ("127.0.0.1", "loopback"), ("127.255.255.254", "loopback"), ("::1", "loopback"),
    ("10.1.2.3", "private"), ("172.31.0.1", "private"), ("192.168.1.1", "private"), ("fd12::1", "private"),
    ("169.254.1.1", "link-local"), ("fe80::1", "link-local"),
    ("169.254.169.254", "metadata"), ("fd00:ec2::254", "metadata"), ("100.100.100.200", "metadata"),
    ("100.64.0.1", "carrier"), ("100.127.255.255", "carrier"),
    ("224.0.0.1", "multicast"), ("ff02::1", "multicast"), ("255.255.255.255", "reserved"), ("240.0.0.1", "reserved"),
    ("0.0.0.0", "own"), ("0.1.2.3", "own"), ("::", "own"), ("192.0.2.1", "reserved"), ("198.18.0.1", "reserved"),
    ("::ffff:127.0.0.1", "IPv4"), ("::ffff:8.8.8.8", "IPv4"), ("::7f00:1", "IPv4"), ("64:ff9b::7f00:1", "IPv4"),
    ("64:ff9b:1::1", "IPv4"), ("2002:7f00:1::", "IPv4"), ("2001:0:1::1", "IPv4"),
    ("2001:db8::1", "reserved"), ("fec0::1", "reserved"), ("4000::1", "reserved"), ("100::1", "reserved"),
])
def test_an_address_that_is_not_public_is_closed(address: str, kind: str) -> None:
    assert kind in (closed(address) or "")


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::1"])
def test_a_public_address_is_open(address: str) -> None:
    assert closed(address) is None


def test_the_operator_opens_ranges_and_no_more() -> None:
    allowed = read_ranges("10.0.0.0/8, fd12::/16")
    assert closed("10.1.2.3", allowed) is None and closed("fd12::1", allowed) is None
    assert closed("11.0.0.1", allowed) is None
    assert closed("127.0.0.1", allowed) and closed("fd13::1", allowed) and closed("::ffff:10.0.0.1", allowed)


def test_an_allowed_translator_leads_to_no_closed_address() -> None:
    allowed = read_ranges("64:ff9b::/96")
    assert closed("64:ff9b::808:808", allowed) is None
    assert closed("64:ff9b::7f00:1", allowed) == "a loopback address"


@pytest.mark.parametrize("text", ["10.0.0.1/8", "intranet", "10.0.0.0/8 11.0.0.0/8", "300.0.0.0/8"])
def test_what_is_no_range_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        read_ranges(text)
