// Reads an article beside the chat, at the sentence that is cited; on a phone as a sheet over it. From there one goes on
// to the next citation, or asks about this article alone.
(() => {
  "use strict";
  if (document.documentElement.matches(".embedded")) return;
  const $ = (selector) => document.querySelector(selector);
  const UNREAD = t("The article could not be read.");
  let links = []; // The citations of the answer: the links of its cards, in order.
  let at = 0;
  let opener = null;
  let asked = 0; // The last article that was asked for: an answer to an earlier one comes too late.

  const reader = () => $("#reader .reader");
  const part = (selector) => reader().querySelector(selector);

  function open(link) {
    const cards = link.closest("section.cards");
    links = cards ? [...cards.querySelectorAll('a[href^="article/"]')] : [link];
    opener = link;
    reader().hidden = false;
    $("#main").toggleAttribute("data-reading", true);
    $("#passages").inert = true; // They lie under it.
    go(links.indexOf(link));
    reader().focus({ preventScroll: true });
  }

  function go(place) {
    at = place;
    const step = (by) => part(`[data-step="${by}"]`);
    step(-1).disabled = at === 0;
    step(1).disabled = at === links.length - 1;
    part(".turn-over").hidden = links.length < 2;
    part(".place").textContent = t("Citation %(number)s of %(last)s", { number: at + 1, last: links.length });
    part("[data-whole]").href = links[at].href;
    // A button that is switched off lets go of the focus.
    if (document.activeElement === document.body || document.activeElement.disabled) reader().focus({ preventScroll: true });
    show(links[at].href);
  }

  async function show(href) {
    asked += 1;
    const own = asked;
    part(".leaf").setAttribute("aria-busy", "true");
    const main = await read(href).catch((error) => saying(error.message));
    if (own !== asked) return;
    part(".leaf").replaceChildren(...main.childNodes);
    part(".leaf").removeAttribute("aria-busy");
    const title = part("h1");
    if (title) title.id = "reader-title";
    part("[data-only]").hidden = !main.dataset.article;
    part("[data-only]").dataset.only = main.dataset.article ?? "";
    part(".leaf").scrollTop = 0;
    toMark();
  }

  async function read(href) {
    const reply = await fetch(href).catch(() => null);
    if (!reply) throw new Error(`${UNREAD} ${t("The server does not answer.")}`);
    if (reply.redirected) throw new Error(`${UNREAD} ${t("You are logged out. Load the page again to log in.")}`);
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const main = page.querySelector("main");
    if (!main) throw new Error(`${UNREAD} ${t("The server answered %(status)s.", { status: reply.status })}`);
    return document.importNode(main, true);
  }

  function saying(text) {
    const main = document.createElement("main");
    main.append(Object.assign(document.createElement("h1"), { textContent: t("No article") }));
    main.append(Object.assign(document.createElement("p"), { textContent: text, role: "alert" }));
    return main;
  }

  // Not scrollIntoView, which would move the page under it, too.
  function toMark() {
    const [leaf, mark] = [part(".leaf"), part("mark")];
    if (!mark) return;
    const below = mark.getBoundingClientRect().top - leaf.getBoundingClientRect().top;
    leaf.scrollTop += below - leaf.clientHeight / 3;
  }

  function close() {
    asked += 1;
    reader().hidden = true;
    $("#main").removeAttribute("data-reading");
    $("#passages").inert = false;
    (links[at]?.isConnected ? links[at] : opener)?.focus();
  }

  // Asks of this article alone, until that is reset.
  function askOnly(id) {
    opener = null;
    links = [];
    window.askOnlyOf(id, part("h1").textContent);
    close();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest('#main a[href^="article/"]');
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (link && plain) {
      event.preventDefault();
      open(link);
      return;
    }
    const button = event.target.closest("#reader button");
    if (!button) return;
    if (button.dataset.step) go(at + Number(button.dataset.step));
    else if ("close" in button.dataset) close();
    else if (button.dataset.only) askOnly(button.dataset.only);
  });

  document.addEventListener("keydown", (event) => {
    // What Escape closes elsewhere, chat.js has closed and marked.
    if (event.key !== "Escape" || event.defaultPrevented || !reader() || reader().hidden || $("dialog[open]")) return;
    event.preventDefault();
    close();
  });

  // Another answer's citations are others: its article is closed when the next question is asked.
  document.addEventListener("joined", () => {
    if (reader() && !reader().hidden && links.every((link) => !link.isConnected)) close();
  });
})();
