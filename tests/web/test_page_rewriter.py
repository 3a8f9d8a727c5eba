import re

from markupsafe import Markup

from chatbot.web.middleware.page_rewriter import rewritten, translated
from chatbot.web.page.bundles import FIRST_VIEW, SCRIPTS, STATIC, STYLES
from tests.web.test_server import get


def test_each_script_has_the_nonce() -> None:
    html = b'<script>a = "\\u003cscript>"</script><script type="module" src="./b.js"></script>'
    assert rewritten(html, "n1") == (
        b'<script nonce="n1">a = "\\u003cscript>"</script><script nonce="n1" type="module" src="./b.js"></script>'
    )


def test_who_reads_is_told_at_the_end_of_the_page() -> None:
    html = b"<body><script></script></body></html>"
    assert rewritten(html, "n", account=Markup("<form></form>")) == (
        b'<body><script nonce="n"></script><template id="account"><form></form></template></body></html>'
    )


def test_what_a_value_holds_is_no_markup() -> None:
    assert b'<script nonce="&#34;&gt;&lt;b&gt;">' in rewritten(b"<script></script>", '"><b>')
    html = (
        b'<html lang="en"><title>A &amp; B</title><script>window.gradio_config = '
        b'{"title": "A & B", "components": []};</script>'
    )
    named = translated(html, {"page": {"title": "</title><script>alert(1)</script>"}}).decode()
    assert "<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>" in named
    assert named.count("<script") == 1


def test_the_page_names_no_other_site_and_sends_nothing_to_whoever_frames_it(canned_url: str) -> None:
    for path in ("", "embed"):
        _, html, headers = get(f"{canned_url}/{path}")
        nonce = re.search("'nonce-([^']+)'", headers["content-security-policy"])
        assert nonce and len(re.findall("<script", html)) == html.count(f'<script nonce="{nonce[1]}"') >= 4
        outside = re.sub("<script.*?</script>", "", html, flags=re.DOTALL)
        assert "http" not in outside and "manifest" not in outside
        assert "postMessage" not in html and "iframeResizer" not in html
        assert headers["cache-control"] == "no-store"


def test_the_pages_own_script_comes_first(canned_url: str) -> None:
    html = get(canned_url)[1]
    assert html.index(f'src="{SCRIPTS.address}"') < html.index('type="module"')


def test_what_a_browser_has_of_scripts_and_styles_it_asks_for_no_more(canned_url: str) -> None:
    for bundle in (SCRIPTS, STYLES, FIRST_VIEW):
        assert "immutable" in get(f"{canned_url}/{bundle.address}")[2]["cache-control"]
        # A page that was loaded before an update gets what there is now, and keeps it under no wrong name.
        assert get(f"{canned_url}/{bundle.path}?v=0")[2]["cache-control"] == "no-cache"


def test_each_script_of_the_page_is_in_its_bundle() -> None:
    of_other_pages = {"widget.js", "embedded.js", "language.js", "share_page.js"}
    scripts = {path.name for path in STATIC.glob("*.js")} - of_other_pages
    styles = {path.name for path in STATIC.glob("*.css")} - {"editors.css"}
    assert (set(SCRIPTS.names), set(FIRST_VIEW.names)) == (scripts, styles)


def test_a_compressed_page_is_not_taken_for_text(canned_url: str) -> None:
    assert "<gradio-app" in get(canned_url, Accept_Encoding="br, gzip")[1]
