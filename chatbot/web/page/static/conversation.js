// Holds the secret of this page's conversation, and loads the page anew after the server was restarted: history.js then
// brings the turns back, and a question that did not reach the server is asked again.
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const store = window.historyStore;
  const plain = window.fetch.bind(window);
  const secret = [...crypto.getRandomValues(new Uint8Array(32))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const TRIES = 5;
  const PATIENCE_MILLISECONDS = 6000; // Longer than questions.js waits for a press to become a question.
  let unasked = null; // The question that the server has not taken.

  // It may be a while until Gradio sends what was pressed: the page may be loaded anew before.
  document.addEventListener("questionasked", (event) => (unasked = event.detail.question));

  window.fetch = async (input, init = {}) => {
    const url = new URL(input.url ?? input, document.baseURI);
    if (url.origin === location.origin) init = { ...init, headers: spoken(input, init) };
    const route = url.pathname.split("/gradio_api/")[1];
    if (url.origin !== location.origin || route === undefined) return plain(input, init);
    const headers = new Headers(init.headers);
    headers.set("X-Conversation", secret);
    const asking = route === "queue/join" && questionOf(init.body);
    if (asking && (await restarted(url))) return comeBack(asking);
    try {
      const reply = await plain(input, { ...init, headers });
      // What is refused stays in the box; a server that only starts is asked again.
      if (asking && reply.status < 500) unasked = null;
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

  // With the language of this page, in which the server is to answer.
  function spoken(input, init) {
    const headers = new Headers(init.headers ?? input.headers);
    headers.set("X-Language", document.documentElement.lang);
    return headers;
  }

  // A question is a text, or a press of an example or of Retry; other events of the page have none of these.
  function questionOf(body) {
    try {
      const sent = JSON.parse(body);
      if (sent.event_data?.retry) return [...document.querySelectorAll("#conversation .q")].at(-1)?.lastChild.textContent ?? "";
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
    if (question) store.remember("unasked", question);
  }

  function put(text, unasked) {
    const box = $("#question textarea");
    if (!box || !$("#ask") || !$("#panel") || document.documentElement.dataset.restoring) return void setTimeout(() => put(text, unasked), 50);
    if (box.value) return;
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    if (unasked) setTimeout(() => press(text, TRIES), 300);
  }

  // The box is emptied once the server has the question: what Gradio does not take while it still sets up is told again.
  function press(text, tries) {
    if (tries === 0 || $("#question textarea").value !== text) return;
    $("#ask").click();
    setTimeout(() => press(text, tries - 1), PATIENCE_MILLISECONDS);
  }

  const again = store.recall("unasked");
  const typed = store.recall("typed");
  store.remember("unasked", "");
  if (again || typed) put(again || typed, Boolean(again));
})();
