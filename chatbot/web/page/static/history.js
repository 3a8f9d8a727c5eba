// Nothing is lost: keeps each turn of this page's conversation as it comes, and brings the conversation back when the
// page is loaded anew. The server shows it again from its own signed records, so that it goes on as if it had never ended.
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const store = window.historyStore;
  const page = document.documentElement;
  // The guard takes 64 KB at once.
  const PIECE_BYTES = 40_000;
  // Fewer than the server keeps: of those that it drops, older.js has to see each first.
  const PIECE_TURNS = 15;
  const LONGEST_RECORD = 55_000;
  const TRIES = 10;
  const PATIENCE_MILLISECONDS = 2500;
  const LOST = t("Your last conversation could not be brought back here. It is kept: see History.");
  const UNKEPT = t("This conversation cannot be kept just now:");

  let id = store.recall("open") ?? newId();
  let turns = []; // As they are kept: {key, question, text, record}.
  let leaving = false; // A new conversation begins: what still comes is not of it.
  let writing = Promise.resolve();
  let sent = 0;

  function newId() {
    return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function tell(text) {
    const line = $("#unkept") ?? Object.assign(document.createElement("p"), { id: "unkept" });
    line.setAttribute("role", "status");
    line.textContent = text;
    $("#hint").before(line);
  }

  // The question is kept as soon as it is asked: whoever leaves before its answer finds it again.
  function track() {
    const turn = $("#live .turn[data-turn]");
    if (!turn || leaving || page.dataset.restoring) return;
    const number = Number(turn.dataset.turn);
    const record = turn.dataset.record ?? "";
    const question = turn.querySelector(".q").lastChild.textContent;
    const known = turns[number];
    const busy = turn.matches("[aria-busy]");
    if (!busy && !record) return; // It was brought back.
    if (known?.record === record && known.question === question) return;
    const isNew = known?.question !== question || (busy && known.record !== "");
    if (isNew) store.remember("typed", $("#question textarea").value);
    const text = record ? turn.querySelector(".a").textContent.slice(0, 4000) : "";
    const entry = { key: isNew ? newId() : known.key, question, text, record, replaces: isNew ? known?.key : known.replaces };
    turns = [...turns.slice(0, number), entry];
    writing = writing.then(() => keep(number, entry));
  }

  // Until it is kept for good, the tab remembers it: the server may end this very moment.
  async function keep(number, turn) {
    store.remember("open", id);
    store.remember("unkept", JSON.stringify({ id, turns: turns.slice(0, number + 1) }));
    try {
      if (!(await store.put(id, number, turn))) await keepApart();
      store.remember("open", id);
      store.remember("unkept", "");
      $("#unkept")?.remove();
    } catch (error) {
      tell(`${UNKEPT} ${error.message}`);
    }
  }

  // Another page has gone on with the same conversation: this one's is kept as one of its own.
  async function keepApart() {
    id = newId();
    await keepAll();
  }

  async function keepAll() {
    for (const [number, turn] of turns.entries()) await store.put(id, number, turn);
  }

  async function keepAgain() {
    try {
      await keepAll();
      store.remember("unkept", "");
    } catch (error) {
      tell(`${UNKEPT} ${error.message}`);
    }
  }

  // The turns of the open conversation, with those that only the tab remembers.
  async function recalled(open) {
    const stored = (await store.load(open))?.turns ?? [];
    const unkept = JSON.parse(store.recall("unkept") || "null");
    return unkept?.id === open && unkept.turns.length >= stored.length ? unkept.turns : stored;
  }

  const size = (value) => new TextEncoder().encode(JSON.stringify(JSON.stringify(value))).length;

  function pieces(conversation) {
    const cut = [[]];
    conversation.forEach(({ question, record }) => {
      const turn = { question, record: record.length > LONGEST_RECORD ? "too long" : record };
      const isFull = cut.at(-1).length >= PIECE_TURNS || size([...cut.at(-1), turn]) > PIECE_BYTES;
      if (cut.at(-1).length > 0 && isFull) cut.push([]);
      cut.at(-1).push(turn);
    });
    return cut;
  }

  const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  async function until(isThere, milliseconds) {
    for (const end = Date.now() + milliseconds; Date.now() < end; await wait(40)) if (isThere()) return true;
    return false;
  }

  // Gradio drops an event while it counts another as open: a piece is told again until the server has answered it.
  async function bring(first, piece) {
    sent += 1;
    const values = { first, turns: JSON.stringify(piece), sent };
    for (let tries = 0; tries < TRIES; tries += 1) {
      const detail = { name: "expand", said: values };
      $("#drawers dialog").dispatchEvent(new CustomEvent("tell", { bubbles: true, detail }));
      if (await until(() => $(`#restored [data-sent="${values.sent}"]`), PATIENCE_MILLISECONDS)) return;
    }
    throw new Error(LOST);
  }

  async function restore(conversation) {
    await until(() => $("#drawers dialog") && $("#live") && $("#restored") && $("#ask"), 60_000);
    let first = 0;
    for (const piece of pieces(conversation)) {
      await bring(first, piece);
      first += piece.length;
    }
    await until(() => $(`#live [data-turn="${first - 1}"]`), PATIENCE_MILLISECONDS);
    turns = conversation;
  }

  async function start() {
    const open = store.recall("open");
    try {
      const conversation = open ? await recalled(open) : [];
      if (conversation.length > 0) await restore(conversation);
      else forget();
      if (store.recall("unkept") && turns.length > 0) writing = keepAgain();
    } catch (error) {
      await until(() => $("#hint"), 60_000);
      tell(error.message === LOST ? LOST : `${LOST} ${error.message}`);
      forget();
    }
    delete page.dataset.restoring;
    document.dispatchEvent(new CustomEvent("restored", { detail: { count: turns.length } }));
    await until(() => $("#live") && $("#question textarea") && $("#ask"), 60_000);
    new MutationObserver(track).observe($("#live"), { childList: true, subtree: true, attributes: true });
  }

  function forget() {
    id = newId();
    store.remember("open", "");
    store.remember("unkept", "");
  }

  // Shows another conversation, or with null none: the page is loaded anew, so that an answer that still grows cannot
  // land in it.
  function show(other, { reload = true } = {}) {
    leaving = true;
    store.remember("open", other);
    store.remember("unkept", "");
    if (!reload) return;
    window.history.replaceState(null, "", location.pathname + location.search);
    location.reload();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("#fresh")) show(null, { reload: false }); // blocks.py loads the page.
  }, true);

  // What is typed and not asked stays, too.
  document.addEventListener("input", (event) => {
    if (event.target.closest("#question")) store.remember("typed", event.target.value);
  });

  const recordOf = (number) => turns[number]?.record ?? "";

  window.conversationHistory = { show, recordOf, openId: () => id, store, written: () => writing };
  if (store.recall("open")) page.dataset.restoring = "true";
  start();
})();
