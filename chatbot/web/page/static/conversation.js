// Holds the secret of this page's conversation, and brings the page back after the server was restarted: the turns are
// kept in the tab while the page is loaded anew, and a question that did not reach the server is asked again.
(() => {
  "use strict";
  const KEPT = "conversation";
  const MOST_BEFORE = 3;
  const $ = (selector) => document.querySelector(selector);
  const plain = window.fetch.bind(window);
  const secret = [...crypto.getRandomValues(new Uint8Array(32))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  let unasked = null; // The question that the server has not taken.

  window.fetch = async (input, init = {}) => {
    const url = new URL(input.url ?? input, document.baseURI);
    const route = url.pathname.split("/gradio_api/")[1];
    if (url.origin !== location.origin || route === undefined) return plain(input, init);
    const headers = new Headers(init.headers ?? input.headers);
    headers.set("X-Conversation", secret);
    const asking = route === "queue/join" && questionOf(init.body);
    if (asking && (await restarted(url))) return comeBack(asking);
    try {
      const reply = await plain(input, { ...init, headers });
      if (asking) unasked = reply.ok ? null : unasked;
      // Gradio asks for the app's id until the server answers, and then loads the page anew. Whose session has ended
      // is led to the login by loading the page.
      if (route === "app_id" && reply.status === 401) return comeBack(unasked);
      if (route === "app_id" && reply.ok) keep(unasked);
      return reply;
    } catch (error) {
      if (asking && error.name !== "AbortError") unasked = asking;
      throw error;
    }
  };

  // A question is a text, or a press of an example or of Retry; other events of the page have none of these.
  function questionOf(body) {
    try {
      const sent = JSON.parse(body);
      if (sent.event_data?.retry) return [...document.querySelectorAll("#conversation .q")].at(-1)?.textContent.trim() ?? "";
      const typed = typeof sent.data?.[0] === "string" ? sent.data[0] : "";
      return String(sent.event_data?.question ?? typed).trim();
    } catch {
      return "";
    }
  }

  // Another server process knows nothing of this page's conversation, though it would take its questions.
  async function restarted(join) {
    try {
      const reply = await plain(new URL("app_id", join.href.replace(/queue\/join.*/, "")));
      return reply.ok && String((await reply.json()).app_id) !== String(window.gradio_config?.app_id);
    } catch {
      return false;
    }
  }

  function comeBack(question) {
    keep(question);
    location.reload();
    return new Promise(() => {});
  }

  function keep(question) {
    const turns = [...document.querySelectorAll("#conversation .turn")].map((turn) => turn.outerHTML);
    const cards = [...document.querySelectorAll("#passages section[data-turn]")].map((section) => section.outerHTML);
    const typed = $("#question textarea")?.value ?? "";
    while (!stored({ turns, cards, typed, question })) {
      if (!turns.shift() && !cards.shift()) return;
    }
  }

  function stored(value) {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(value));
      return true;
    } catch {
      return false; // The tab's storage is full: the oldest turns are left out.
    }
  }

  const parsed = (html) => document.importNode(new DOMParser().parseFromString(html, "text/html").body.firstElementChild, true);

  // Turns of another server process keep their cards, under numbers of their own; nothing can be done to them there.
  function earlier(html) {
    const part = parsed(html);
    [part, ...part.querySelectorAll("*")].forEach((element) => {
      if (element.dataset.turn) element.dataset.turn = `b${element.dataset.turn}`;
      if (element.id.startsWith("card-")) element.id = element.id.replace("card-", "card-b");
    });
    part.removeAttribute("aria-busy");
    part.querySelectorAll(".steps, .thumb, .comment, [data-retry]").forEach((element) => element.remove());
    return part;
  }

  function put(kept) {
    const [past, passages, box] = [$("#past"), $("#passages"), $("#question textarea")];
    if (!past || !passages || !box || !$("#panel") || !$("#ask")) return void setTimeout(() => put(kept), 50);
    if (kept.turns.length > 0) {
      const before = Object.assign(document.createElement("div"), { id: "earlier" });
      const note = Object.assign(document.createElement("p"), { className: "note" });
      note.setAttribute("role", "status");
      note.textContent = "The server was restarted. What was said is kept above, and you can go on asking.";
      before.append(...kept.turns.map(earlier), note);
      past.before(before);
      // Sent with each question, since the server knows none of the earlier ones; what was answered stays here.
      const asked = [...before.querySelectorAll(".q")].map((question) => question.textContent.trim());
      window.askedBefore = asked.slice(-MOST_BEFORE);
      const cards = Object.assign(document.createElement("div"), { id: "earlier-cards" });
      cards.append(...kept.cards.map(earlier));
      passages.prepend(cards);
    }
    box.value = kept.question || kept.typed;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    if (kept.question) setTimeout(() => $("#ask").click(), 300);
  }

  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (kept) put(JSON.parse(kept));
})();
