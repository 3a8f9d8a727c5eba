// A thumb that was pressed is pressed again after the page is loaded anew: the tab remembers how each answer was rated,
// by the end of the record that the server has signed.
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const store = window.historyStore;
  const MOST = 200;
  const ratings = new Map(JSON.parse(store.recall("ratings") || "[]"));

  const key = (number) => window.conversationHistory.recordOf(Number(number)).slice(-40);

  function keep() {
    const rated = $("#kept [data-rated]");
    const known = rated?.dataset.rating && key(rated.dataset.rated);
    if (!known) return;
    ratings.delete(known);
    ratings.set(known, rated.dataset.rating);
    store.remember("ratings", JSON.stringify([...ratings].slice(-MOST)));
  }

  function show() {
    for (const turn of document.querySelectorAll("#conversation .turn[data-turn]")) {
      const rating = ratings.get(key(turn.dataset.turn));
      if (!rating || turn.querySelector('.thumb[aria-pressed="true"]')) continue;
      turn.querySelector(`.thumb[data-rate="${rating}"]`)?.setAttribute("aria-pressed", "true");
    }
  }

  function start() {
    if (!$("#kept") || !$("#live") || !$("#past")) return void requestAnimationFrame(start);
    new MutationObserver(keep).observe($("#kept"), { childList: true, subtree: true, attributes: true });
    for (const part of [$("#past"), $("#live")]) new MutationObserver(show).observe(part, { childList: true, subtree: true });
    document.addEventListener("restored", show);
    show();
  }
  start();
})();
