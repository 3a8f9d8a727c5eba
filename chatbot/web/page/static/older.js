// Keeps the turns and passages on the page that the server no longer keeps.
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const $$ = (selector) => document.querySelectorAll(selector);

  // The server keeps the latest turns alone. What it no longer sends stays here as it was, before what it sends: as
  // copies, since Gradio writes new content into the elements that are there.
  const copies = { "#past": new Map(), "#passages": new Map() };

  function keepOlder(place, selector, name) {
    const isNumbered = (part) => /^\d+$/.test(part.dataset.turn) && !part.closest(`#${name}`);
    const sent = [...$$(`${place} ${selector}`)].filter(isNumbered);
    if (sent.length === 0) return;
    const gone = [...copies[place]].filter(([number]) => number < Number(sent[0].dataset.turn)).map(([, part]) => part);
    copies[place] = new Map(sent.map((part) => [Number(part.dataset.turn), part.cloneNode(true)]));
    if (gone.length === 0) return;
    const older = $(`#${name}`) ?? Object.assign(document.createElement("div"), { id: name });
    gone.forEach((part) => part.querySelectorAll(".thumb").forEach(tooOld));
    older.append(...gone);
    if (!older.isConnected) $(place).prepend(older);
  }

  // The server has nothing to keep with the rating any more.
  const tooOld = (thumb) => Object.assign(thumb, { disabled: true, title: t("Too far back to be rated. Ask it again.") });

  function start() {
    if (!$("#past") || !$("#passages")) return void requestAnimationFrame(start);
    const changes = { childList: true, subtree: true, characterData: true };
    new MutationObserver(() => keepOlder("#past", ".turn", "older")).observe($("#past"), changes);
    const cards = () => keepOlder("#passages", "section[data-turn]", "older-cards");
    new MutationObserver(cards).observe($("#passages"), changes);
  }
  start();
})();
