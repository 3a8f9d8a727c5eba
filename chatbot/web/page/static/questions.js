// Sends one question after the other: a question that is asked while an answer grows is sent when that has ended. What
// the server did not take stays in the box, with the reason.
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  let queued = false; // Enter was pressed while an answer was still growing.

  const busy = () => Boolean($('#live [aria-busy="true"]'));

  function queue(now) {
    queued = now;
    $("#chat").toggleAttribute("data-queued", now);
  }

  // A press of Ask, Enter, an example or Retry asks once: until the question is answered or refused, others are held.
  let asked = false;
  let retrying = false; // It was Retry: what is typed is another question.
  let edited = false; // The box was typed into since: another question, too.
  let unsent; // The timer of a press that Gradio made no question of.

  // As long as a conversation comes back, nothing is asked after it.
  const restoring = () => Boolean(document.documentElement.dataset.restoring);

  function take(event) {
    if (asked || busy() || restoring()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const another = busy() || restoring() || edited || (retrying && !event.target.closest("[data-retry]"));
      if (another && typed()) queue(true);
      return;
    }
    queue(false);
    [asked, edited] = [true, false];
    retrying = Boolean(event.target.closest("[data-retry]"));
    const pressed = event.target.closest("[data-ask]")?.dataset.ask;
    const question = retrying ? "" : (pressed ?? $("#question textarea").value.trim());
    document.dispatchEvent(new CustomEvent("questionasked", { detail: { question } }));
    unsent = setTimeout(ended, 5000);
  }

  function ended() {
    asked = false;
    setTimeout(sendQueued);
  }

  const typed = () => $("#question textarea").value.trim() !== "";

  document.addEventListener("input", (event) => (edited ||= Boolean(event.target.closest("#question"))));

  document.addEventListener("click", (event) => event.target.closest("#ask, [data-ask], [data-retry]") && take(event), true);
  document.addEventListener(
    "keydown",
    (event) => event.key === "Enter" && !event.shiftKey && event.target.closest("#question") && take(event),
    true,
  );

  // stream.js tells these two.
  document.addEventListener("joined", (event) => {
    clearTimeout(unsent);
    tellRefused(event.detail.refused);
  });
  document.addEventListener("questionended", ended);

  document.addEventListener("restored", () => setTimeout(sendQueued));

  function sendQueued() {
    if (!queued || asked) return;
    if (busy()) return void setTimeout(sendQueued, 50); // The last piece is not drawn yet.
    if (typed()) $("#ask").click();
    else queue(false);
  }

  // A question that the server did not take stays as it was typed; the server says why, and when to ask again.
  function tellRefused(reason) {
    $("#refused")?.remove();
    if (!reason || !$("#hint")) return;
    const line = document.createElement("p");
    line.id = "refused";
    line.setAttribute("role", "alert");
    line.textContent = reason;
    $("#hint").before(line);
  }

  // Gradio's own notice of it, hidden until now, would lie over the page's header for seconds.
  function forgetEnded(line) {
    document.querySelectorAll(".toast-close").forEach((button) => button.click());
    line.remove();
  }

  // A reader whose session has ended is told so where the question stands, which stays as it was typed.
  function tellEnded(ended) {
    const shown = $("#ended");
    if (!ended) return void (shown && forgetEnded(shown));
    if (shown || !$("#hint")) return;
    const link = document.createElement("a");
    Object.assign(link, { textContent: t("Log in again"), href: $(".account") ? "login?next=/login" : "./" });
    Object.assign(link, { target: "_blank", rel: "noopener" });
    const line = document.createElement("p");
    line.id = "ended";
    line.setAttribute("role", "alert");
    line.append(`${t("Your session has ended.")} `, link, ` ${t("in a new tab, then come back: nothing here is lost.")}`);
    if (document.documentElement.dataset.view === "articles") $("#article-list").prepend(line);
    else $("#hint").before(line);
  }

  // Texts that the style sheet shows: while a question waits, while a conversation comes back, and on the button of a new
  // conversation on a phone.
  const shown = {
    "--waits": t("Will be asked as soon as this answer is complete."), "--returns": t("Bringing your conversation back…"),
    "--new": t("New"),
  };
  Object.entries(shown).forEach(([name, text]) => document.documentElement.style.setProperty(name, JSON.stringify(text)));

  const fetched = window.fetch;
  window.fetch = async (...given) => {
    const reply = await fetched(...given);
    if (reply.url.includes("/gradio_api/queue/")) tellEnded(reply.status === 401);
    return reply;
  };
})();
