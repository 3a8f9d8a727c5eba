// Offers what to ask next under the latest answer, once the server has found questions that these articles answer. A
// press asks as an example does.
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const TRIES = 3; // A busy server says when to come again.
  let last = ""; // The record of the answer that was looked at.

  async function look() {
    const record = $("#live .turn[data-record]")?.dataset.record ?? "";
    if (!record || record === last) return;
    last = record;
    const reply = await ask(record);
    // It is an extra: without it the page says nothing.
    const { questions = [], shown = questions } = reply?.ok ? await reply.json().catch(() => ({})) : {};
    const turn = $("#live .turn");
    if (turn?.dataset.record === record) offer(turn, questions.map((question, n) => [question, shown[n]]));
  }

  async function ask(record) {
    const headers = { "Content-Type": "application/json" };
    for (let tries = 0; tries < TRIES && $("#live .turn")?.dataset.record === record; tries += 1) {
      const reply = await fetch("api/next", { method: "POST", headers, body: JSON.stringify({ record }) }).catch(() => null);
      if (reply?.status !== 503) return reply;
      await new Promise((done) => setTimeout(done, 1000 * (Number(reply.headers.get("Retry-After")) || 5)));
    }
    return null;
  }

  function offer(turn, questions) {
    const asked = new Set([...document.querySelectorAll("#conversation .q")].map((q) => q.lastChild.textContent.toLowerCase()));
    const fresh = questions.filter(([question]) => !asked.has(question.toLowerCase()));
    if (fresh.length === 0 || turn.querySelector(".next")) return;
    const list = document.createElement("ul");
    list.className = "chips";
    list.setAttribute("aria-label", t("Questions that these articles answer"));
    list.append(...fresh.map(([question, shown]) => {
      const button = Object.assign(document.createElement("button"), { textContent: shown, dir: "auto" });
      button.dataset.ask = question;
      if (shown !== question) button.title = question;
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
    const next = Object.assign(document.createElement("div"), { className: "next" });
    next.append(Object.assign(document.createElement("p"), { textContent: turn.querySelector(".none") ? t("The articles answer instead") : t("Ask next") }), list);
    const scroller = $("#conversation");
    const wasAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
    const hidden = () => turn.getBoundingClientRect().bottom - $("#composer").getBoundingClientRect().top;
    const wasInSight = hidden() < 30; // The end of the answer, over the box that stays at the foot of a phone.
    turn.append(next);
    if (wasAtEnd) scroller.scrollTop = scroller.scrollHeight;
    if (wasInSight && !document.documentElement.matches(".embedded")) window.scrollBy(0, Math.max(0, hidden()));
  }

  // The page asks once for examples. As long as the server tries those of articles that were added, it asks again.
  let asking; // The timer of the next time.

  function lookForExamples(seconds = 2) {
    const lacking = $("#live .welcome") && !$("#chips button");
    if (!lacking || seconds > 64 || document.documentElement.dataset.view !== "chat") return;
    window.articleList.follow(false);
    lookAgain(seconds);
  }

  function lookAgain(seconds) {
    clearTimeout(asking);
    asking = setTimeout(() => {
      asking = undefined;
      if ($("#chips [data-awaited]")) lookForExamples(seconds * 2);
    }, 1000 * seconds);
  }

  document.addEventListener("viewed", ({ detail }) => detail.before === "articles" && lookForExamples());

  function start() {
    if (!$("#live")) return void requestAnimationFrame(start);
    const changes = { childList: true, subtree: true, attributes: true, attributeFilter: ["data-record"] };
    new MutationObserver(look).observe($("#live"), changes);
    // What comes late, or with a change of the articles.
    const awaited = () => asking === undefined && window.articleList && $("#chips [data-awaited]") && lookAgain(1);
    if ($("#chips")) new MutationObserver(awaited).observe($("#chips"), { childList: true, subtree: true });
  }
  start();
})();
