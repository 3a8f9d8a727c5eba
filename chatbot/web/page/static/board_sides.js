// Draws which names count as one controller, why each does, and what editors have decided; an editor merges two names,
// takes one out and undoes a decision here. All data is put in as text.
(() => {
  "use strict";
  if (document.documentElement.matches(".embedded:not([data-view])")) return;

  const REASONS = {
    first: () => "",
    editor: () => t("merged by an editor"),
    "short name": () => t("articles introduce one as short for the other, or describe one by the other"),
    "shared word": (name) => t("they share “%(words)s”", { words: name.shared.join(" ") }),
    "no other fits": () => t("it fits no other controller"),
  };

  function button(text, press) {
    const made = window.boardTable.element("button", { type: "button", textContent: text });
    made.addEventListener("click", press);
    return made;
  }

  async function send(change) {
    const reply = await fetch("api/board/sides", { method: "POST", body: JSON.stringify(change), headers: { "Content-Type": "application/json" } }).catch(() => null);
    const body = (await reply?.json().catch(() => null)) ?? {};
    if (reply?.ok) return body;
    throw new Error(typeof body.detail === "string" ? body.detail : t("The server could not be reached. Try again."));
  }

  function nameItem(name, side, change) {
    const { element } = window.boardTable;
    const claims = tn("%(count)s claim", "%(count)s claims", name.claims);
    const why = element("small", { textContent: [claims, REASONS[name.reason](name)].filter(Boolean).join(" · ") });
    const out = change && side.names.length > 1 ? button(t("Take out"), () => change({ split: name.name })) : null;
    out?.setAttribute("aria-label", t("Take %(name)s out: it is another controller", { name: name.name }));
    return element("li", {}, element("span", { textContent: name.name, dir: "auto" }), why, out);
  }

  function sideItem(side, change) {
    const { element } = window.boardTable;
    const key = element("i", { className: "key" });
    key.style.background = window.boardTimeline.colourOf(side.name);
    const heading = element("h3", {}, key, element("span", { textContent: side.name, dir: "auto" }));
    return element("li", {}, heading, element("ul", {}, ...side.names.map((name) => nameItem(name, side, change))));
  }

  function decisionItem(decision, change) {
    const { element, longDay } = window.boardTable;
    const text = decision.same ? t("“%(name)s” and “%(other)s” are one controller", decision) : t("“%(name)s” and “%(other)s” are two controllers", decision);
    const who = t("decided by %(name)s on %(day)s", { name: decision.changed_by, day: longDay(decision.changed.slice(0, 10)) });
    const undo = change ? button(t("Undo"), () => change({ undo: [decision.name, decision.other] })) : null;
    undo?.setAttribute("aria-label", `${t("Undo")}: ${text}`);
    return element("li", {}, element("span", { textContent: text, dir: "auto" }), element("small", { textContent: who }), undo);
  }

  // Two names, and the press that merges their sides.
  function mergeForm(sides, change) {
    const { element } = window.boardTable;
    const names = sides.flatMap((side) => side.names.map((name) => name.name)).sort((a, b) => a.localeCompare(b, pageLocale));
    const select = (called) => {
      const made = element("select", {}, ...names.map((name) => element("option", { value: name, textContent: name })));
      return element("label", {}, called, made);
    };
    const form = element("form", { className: "merge" }, select(t("This name")), select(t("is the same controller as")), element("button", { textContent: t("Merge") }));
    form.querySelectorAll("select")[1].selectedIndex = 1;
    // What is chosen here narrows nothing.
    form.addEventListener("input", (event) => event.stopPropagation());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      change({ merge: [...form.querySelectorAll("select")].map((field) => field.value) });
    });
    return form;
  }

  // `changed` gets what the server answers to a change.
  window.boardSides = ({ sides, decisions, editable }, words, changed) => {
    const { element } = window.boardTable;
    const problem = element("p", { className: "problem", hidden: true });
    problem.setAttribute("role", "alert");
    const change = !editable ? null : async (sent) => {
      problem.hidden = true;
      try {
        changed(await send(sent));
      } catch (refusal) {
        problem.textContent = refusal.message;
        problem.hidden = false;
        problem.scrollIntoView({ block: "nearest" });
      }
    };
    const fits = (side) => words.toLowerCase().split(/\s+/).every((word) => side.names.some((name) => name.name.toLowerCase().includes(word)));
    const listed = [...sides].filter(fits).sort((a, b) => (b.names.length > 1) - (a.names.length > 1));
    const heading = element("h3", { textContent: t("Decided by editors") });
    return element(
      "div",
      { className: "sides" },
      element("p", { className: "about", textContent: t("Which names count as one controller, and why. Where reports about one place say no more than “the army”, that counts there as the side that it fits, unless an editor takes the two apart here.") }),
      change && sides.length > 1 ? mergeForm(sides, change) : null,
      problem,
      decisions.length ? element("div", { className: "decided" }, heading, element("ul", {}, ...decisions.map((decision) => decisionItem(decision, change)))) : null,
      element("ol", {}, ...listed.map((side) => sideItem(side, change))),
    );
  };
})();
