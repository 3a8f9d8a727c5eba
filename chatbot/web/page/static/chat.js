// The page's manners: marks bring up their cards, copying, editing, and staying at the end of a growing answer.
// It moves and shows what the server sent and makes no HTML of its own.
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const $$ = (selector) => document.querySelectorAll(selector);
  const embedded = document.documentElement.matches(".embedded");
  let chosen = null; // The mark that was pressed: {turn, cite}; without one the latest answer's cards are shown.
  let wasBusy = false;
  let follow = false;

  const busy = () => Boolean($('#live [aria-busy="true"]'));

  function showCards() {
    const sections = [...$$("#passages section[data-turn]")];
    const latest = sections.at(-1)?.dataset.turn;
    const turn = chosen?.turn ?? latest;
    sections.forEach((section) => section.toggleAttribute("hidden", section.dataset.turn !== turn));
    $$("#passages .card").forEach((card) => {
      const on = chosen !== null && card.id === `card-${chosen.turn}-${chosen.cite}`;
      card.classList.toggle("on", on);
    });
    $$("#conversation .c[data-cite]").forEach((mark) => {
      const on = chosen !== null && mark.dataset.turn === chosen.turn && mark.dataset.cite === chosen.cite;
      mark.setAttribute("aria-pressed", String(on));
    });
  }

  function choose(mark) {
    const open = $("#conversation .card")?.previousElementSibling.contains(mark) && mark.matches('[aria-pressed="true"]');
    if (open) return void back(mark.dataset.cite);
    chosen = { turn: mark.dataset.turn, cite: mark.dataset.cite };
    follow = false;
    showCards();
    const card = document.getElementById(`card-${chosen.turn}-${chosen.cite}`);
    const shown = embedded && card ? inPlace(card, mark) : card;
    shown?.focus({ preventScroll: true });
    shown?.scrollIntoView({ block: "nearest" });
  }

  // A frame has no room beside the answer: there the card unfolds under the paragraph with the mark.
  function inPlace(card, mark) {
    $("#conversation .card")?.remove();
    const copy = card.cloneNode(true);
    copy.removeAttribute("id");
    copy.setAttribute("aria-live", "off");
    mark.closest("p").after(copy);
    return copy;
  }

  function back(cite) {
    const turn = chosen?.turn ?? $("section.cards:not([hidden])").dataset.turn;
    const mark = $(`#conversation .c[data-turn="${turn}"][data-cite="${cite}"]`);
    if ($("#conversation .card")) {
      $("#conversation .card").remove();
      chosen = null;
      showCards();
    }
    mark?.scrollIntoView({ block: "center" });
    mark?.focus({ preventScroll: true });
  }

  function unfold(button) {
    const whole = button.closest(".card").classList.toggle("whole");
    button.setAttribute("aria-expanded", String(whole));
  }

  async function copy(button) {
    const label = button.textContent;
    button.textContent = await window.copyText(button.dataset.copy).then(() => t("Copied"), () => t("Not copied"));
    setTimeout(() => (button.textContent = label), 1600);
  }

  // The conversation as one file, put together from what the server sent of each turn.
  function save() {
    const turns = [...$$("[data-export]")].map((part) => part.dataset.export);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${turns.join("\n\n")}\n`], { type: "text/markdown" }));
    link.download = `conversation-${new Date().toLocaleDateString("sv")}.md`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  function edit(question) {
    const box = $("#question textarea");
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }

  function stayAtEnd() {
    const scroller = $("#conversation");
    const turn = $("#live .turn:last-child");
    if (getComputedStyle($("#main")).display === "grid") scroller.scrollTop = scroller.scrollHeight;
    // Not scrollIntoView, which moves the page around a frame, too.
    else if (turn) window.scrollTo(0, turn.getBoundingClientRect().bottom + window.scrollY + 116 - window.innerHeight);
  }

  function changed() {
    const now = busy();
    if (now !== wasBusy) {
      chosen = null;
      $("#passages").scrollTop = 0;
      follow ||= now;
      wasBusy = now;
      $("#live").setAttribute("aria-busy", String(now));
    }
    showCards();
    putBack();
    if (follow) stayAtEnd();
    if (!now) follow = false;
  }

  // Gradio's side of the page hears of it by the name of one of its events.
  const tell = (element, name, values) => element.dispatchEvent(new CustomEvent("tell", { bubbles: true, detail: { name, said: values } }));

  // The panel that narrows the next question: what it says is sent as it changes, and Reset sends that it says nothing.
  let narrowing; // The timer of a date that is being typed.
  let narrowed = "";
  let sent = 0; // How often the panel has told something; the line says which of these it answers.
  let unfolded = false; // The panel; it and its button are made anew while it is.
  const panel = () => $("#panel");

  function unfoldPanel(open, focus = true) {
    unfolded = open;
    panel().hidden = !open;
    $("#unfold").setAttribute("aria-expanded", String(open));
    if (focus) (open ? panel().querySelector(":not([hidden]) > :is(input, select)") : $("#unfold")).focus();
  }

  // What the panel says. It goes with each question (blocks.py asks for it), and with `narrow` for the line that tells it.
  window.chosen = () => {
    const fields = [...(panel()?.elements ?? [])].filter((field) => field.name && (field.type !== "radio" || field.checked));
    return Object.fromEntries(fields.map((field) => [field.name, field.validity.badInput ? "unfinished" : field.value]));
  };

  function narrow() {
    clearTimeout(narrowing);
    const values = window.chosen();
    if (narrowed === JSON.stringify(values)) return;
    narrowed = JSON.stringify(values);
    sent += 1;
    window.historyStore.remember("filters", JSON.stringify({ said: values, only }));
    apply({ ...values, sent });
  }

  // What was chosen before the page was loaded anew. A new conversation begins without it.
  function rechosen() {
    const before = JSON.parse(window.historyStore.recall("filters") || "null");
    if (!before) return;
    only = before.only;
    chooseFields(before.said);
    narrow();
  }

  function chooseFields(values) {
    offerOnly();
    [...panel().elements].filter((field) => field.name in values).forEach((field) => {
      if (field.type === "radio") field.checked = field.value === values[field.name];
      else field.value = values[field.name];
    });
  }

  // Gradio drops an event while it counts the last one as open: it is told again until the line answers it.
  function apply(values, tries = 10) {
    if (values.sent !== sent || $(`#scope [data-sent="${sent}"]`) || tries === 0) return;
    tell(panel(), "apply", values);
    setTimeout(() => apply(values, tries - 1), 700);
  }

  // The one article that is asked about stands in the panel, too, where it is taken back.
  let only = null; // {id, title}

  function offerOnly() {
    const choice = panel().elements.article;
    if (choice.options[1]?.value === only?.id) return;
    choice.closest("label").hidden = !only;
    choice.length = 1;
    if (only) choice.add(new Option(only.title, only.id));
  }

  window.askOnlyOf = (id, title) => {
    only = { id, title };
    offerOnly();
    panel().elements.article.value = id;
    narrow();
    $("#question textarea").focus();
  };

  // The panel is made anew with the sources of now: what was chosen stays.
  function rechoose() {
    unfoldPanel(unfolded, false);
    chooseFields(JSON.parse(narrowed));
  }

  function widen() {
    panel().reset();
    narrow();
    $("#question textarea").focus();
  }

  document.addEventListener("change", (event) => {
    if (!event.target.closest("#panel")) return;
    clearTimeout(narrowing);
    narrowing = setTimeout(narrow, event.target.type === "date" ? 600 : 0);
  });
  document.addEventListener("focusout", (event) => event.target.closest("#panel") && narrow());
  // It closes as a question is asked, not when its answer begins: by then a reader may have opened it for the next one.
  document.addEventListener("questionasked", () => unfolded && unfoldPanel(false, false));
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "panel") return;
    event.preventDefault();
    narrow();
    unfoldPanel(false);
  });

  // A thumb rates at once and unfolds the line for a comment, which Enter sends and Escape closes.
  const ratings = new Map(); // The number of the last rating, by the turn's number.
  const answered = new Set(); // The numbers of the ratings that the server has answered.
  let rated = 0;

  function rate(turn, rating) {
    rated += 1;
    ratings.set(turn.dataset.turn, rated);
    sendRating({ turn: Number(turn.dataset.turn), rating, comment: turn.querySelector(".comment input").value, sent: rated });
  }

  // As with what the panel chooses: a comment that follows its thumb at once would be lost.
  function sendRating(rating, tries = 10) {
    const turn = $(`#conversation .turn[data-turn="${rating.turn}"]`);
    if (!turn || answered.has(rating.sent) || ratings.get(String(rating.turn)) !== rating.sent || tries === 0) return;
    tell(turn, "like", rating);
    setTimeout(() => sendRating(rating, tries - 1), 700);
  }

  function press(thumb) {
    const [turn, form] = [thumb.closest(".turn"), thumb.closest(".turn").querySelector(".comment")];
    const pressed = thumb.getAttribute("aria-pressed") === "true";
    const open = form.hidden || !pressed;
    if (!pressed) rate(turn, thumb.dataset.rate);
    showRating(turn, thumb.dataset.rate);
    form.hidden = !open;
    if (open) form.elements.comment.focus();
  }

  function showRating(turn, rating) {
    turn.querySelectorAll(".thumb").forEach((thumb) => thumb.setAttribute("aria-pressed", String(thumb.dataset.rate === rating)));
  }

  // A turn is drawn anew when the next question is asked: a comment that is half typed is put back into it.
  const halfTyped = new Map(); // What was typed, by the turn's number.

  document.addEventListener("input", (event) => {
    if (event.target.closest(".comment")) halfTyped.set(event.target.closest(".turn").dataset.turn, event.target.value);
  });

  function putBack() {
    halfTyped.forEach((typed, turn) => {
      const form = $(`#conversation .turn[data-turn="${turn}"] .comment`);
      if (!form || form.elements.comment.value === typed) return;
      form.elements.comment.value = typed;
      form.hidden = false;
    });
  }

  function closeComment(form) {
    form.hidden = true;
    halfTyped.delete(form.closest(".turn").dataset.turn);
    const turn = form.closest(".turn");
    (turn.querySelector('.thumb[aria-pressed="true"]') ?? turn.querySelector(".thumb")).focus();
  }

  function showRated() {
    const stored = $("#kept [data-rated]");
    if (stored?.dataset.sent) answered.add(Number(stored.dataset.sent));
    const turn = stored && $(`#conversation .turn[data-turn="${stored.dataset.rated}"]`);
    if (!turn) return;
    showRating(turn, stored.dataset.rating);
    turn.querySelector(".kept").textContent = stored.textContent;
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".comment")) return;
    event.preventDefault();
    const turn = event.target.closest(".turn");
    rate(turn, turn.querySelector('.thumb[aria-pressed="true"]')?.dataset.rate);
    closeComment(event.target);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const data = button.dataset;
    if (data.cite) choose(button);
    else if (data.back) back(data.back);
    else if ("more" in data) unfold(button);
    else if ("copy" in data) copy(button);
    else if ("edit" in data) edit(data.edit);
    else if ("unfold" in data) unfoldPanel(!unfolded);
    else if ("widen" in data) widen();
    else if (button.id === "export") save();
    else if (data.rate) press(button);
    if ("retry" in data) halfTyped.delete(button.closest(".turn")?.dataset.turn); // Another answer takes its place.
    if (button.id === "fresh") window.historyStore.remember("filters", "");
    if (["ask", "stop", "fresh"].includes(button.id)) $("#question textarea")?.focus();
  });

  // Whether there was anything to close where Escape was pressed.
  function escape(target) {
    const [card, comment] = [target.closest(".card"), target.closest(".comment")];
    const inPanel = target.closest("#panel, #scope") && unfolded;
    if (card) back(card.dataset.card);
    else if (comment) closeComment(comment);
    else if (inPanel) unfoldPanel(false);
    return card || comment || inPanel;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && escape(event.target)) event.preventDefault();
  });

  // Whoever scrolls up while an answer grows wants to read there.
  const leave = (event) => {
    const up = event.type === "keydown" ? ["PageUp", "Home", "ArrowUp"].includes(event.key) : !(event.deltaY >= 0);
    if (up) follow = false;
  };
  ["wheel", "touchmove", "keydown"].forEach((name) => document.addEventListener(name, leave, { passive: true }));

  function start() {
    const [live, cards] = [$("#live"), $("#passages")];
    if (!document.documentElement.matches(".ready")) return void requestAnimationFrame(start);
    narrowed = JSON.stringify(window.chosen());
    live.setAttribute("aria-live", "polite");
    live.setAttribute("role", "log");
    live.setAttribute("aria-label", t("Latest answer"));
    const watch = new MutationObserver(changed);
    [live, cards, $("#past")].forEach((part) => watch.observe(part, { childList: true, subtree: true, characterData: true }));
    // After a reload the newest answer is looked at.
    const arrive = () => void ((follow ||= $("#live .turn") !== null), changed());
    document.addEventListener("restored", arrive);
    arrive();
    rechosen();
    // In a frame it would take the focus from the page around it.
    if (!embedded || document.hasFocus()) $("#question textarea").focus();
    new MutationObserver(showRated).observe($("#kept"), { childList: true, subtree: true, attributes: true, characterData: true });
    new MutationObserver(rechoose).observe($("#choices"), { childList: true, subtree: true });
    new MutationObserver(() => unfoldPanel(unfolded, false)).observe($("#scope"), { childList: true, subtree: true });
  }
  start();
})();
