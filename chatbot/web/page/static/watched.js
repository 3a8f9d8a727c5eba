// The feeds and folders that are watched: an editor sees what the last look at each came to, adds some, pauses or removes
// them, and says who may read what comes from them. What is shown of them is text.
(() => {
  "use strict";
  if (document.documentElement.matches(".embedded")) return;
  const $ = (selector) => document.querySelector(selector);
  const LOOK_MS = 3000;
  let shown = ""; // What the list was made of, so that it is made anew only where something changed.
  let known = []; // The sources that are listed.

  const form = () => $("#adding form.watched");
  const isOpen = () => document.documentElement.dataset.view === "articles" && $('#adding [value="watched"]')?.checked;
  const moment = (time) => new Date(time).toLocaleString(pageLocale, { dateStyle: "medium", timeStyle: "short" });

  function element(name, text, ...inside) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    made.append(...inside);
    return made;
  }

  // What the API answers, or throws with the reason.
  async function call(path, method, sent) {
    const body = sent && { body: JSON.stringify(sent), headers: { "Content-Type": "application/json" } };
    const reply = await fetch(`api/sources${path}`, { method, ...body }).catch(() => null);
    const answer = (await reply?.json().catch(() => null)) ?? {};
    if (reply?.ok) return answer;
    throw new Error(typeof answer.detail === "string" ? answer.detail : t("The server could not be reached. Try again."));
  }

  function tell(problem) {
    const line = form().querySelector(".problem");
    line.textContent = problem?.message ?? "";
    line.hidden = !problem;
  }

  async function look() {
    if (!form()) return;
    try {
      const answer = await call("", "GET");
      const now = JSON.stringify(answer);
      if (now !== shown) show(answer);
      shown = now;
    } catch (problem) {
      tell(problem);
    }
  }

  function show({ sources, folders, problems }) {
    known = sources;
    const focused = document.activeElement?.dataset?.source;
    const act = document.activeElement?.dataset?.act;
    $("#watchable").replaceChildren(...folders.map((folder) => Object.assign(element("option"), { value: folder })));
    form().querySelector(".beside").replaceChildren(...problems.map((problem) => Object.assign(element("p", problem), { className: "problem" })));
    form().querySelector(".sources").replaceChildren(...sources.map(row));
    if (focused) form().querySelector(`[data-source="${focused}"][data-act="${act}"]`)?.focus();
  }

  function row(source) {
    const name = element("b", source.name);
    name.dir = "auto";
    const line = element("li", "", name, element("p", outcome(source)));
    if (source.paused) line.classList.add("paused");
    if (source.groups.length) line.append(element("p", t("Only for readers in %(groups)s", { groups: source.groups.join(", ") })));
    if (source.last?.error) line.append(Object.assign(element("p", source.last.error), { className: "problem" }));
    if (source.last?.refused) line.append(refused(source.last));
    const acts = [
      button(source, "pause", source.paused ? t("Watch again") : t("Pause")), button(source, "readers", t("Who may read it…")),
      button(source, "remove", t("Remove")),
    ];
    line.append(element("p", "", ...acts));
    line.lastChild.className = "acts";
    return line;
  }

  function outcome({ paused, last }) {
    const parts = [];
    if (paused) parts.push(t("Paused"));
    if (!last) parts.push(paused ? t("not looked at yet") : t("Being looked at for the first time…"));
    else {
      parts.push(t("Last look: %(time)s", { time: moment(last.time) }));
      if (!last.error) {
        parts.push(t("%(added)s added, %(updated)s updated, %(refused)s refused", {
          added: number(last.added), updated: number(last.updated), refused: number(last.refused),
        }));
      }
    }
    return parts.join(" · ");
  }

  function refused({ refused: count, reasons }) {
    const lines = reasons.map(([name, reason]) => Object.assign(element("li", `${name}: ${reason}`), { dir: "auto" }));
    if (count > reasons.length) lines.push(element("li", t("and %(count)s more", { count: count - reasons.length })));
    return element("details", "", element("summary", t("What was refused")), element("ul", "", ...lines));
  }

  function button(source, act, text) {
    const made = element("button", text, Object.assign(element("span", ` ${source.name}`), { className: "aloud" }));
    made.type = "button";
    Object.assign(made.dataset, { source: source.id, act });
    if (act === "pause") made.dataset.paused = String(!source.paused);
    return made;
  }

  async function change(work) {
    tell(null);
    try {
      await work();
    } catch (problem) {
      tell(problem);
      return false;
    }
    await look();
    return true;
  }

  // Other readers than before: what came from it has them at once.
  function askReaders(source) {
    const give = async (given) => {
      const { name, groups, changed } = await call(`/${source.id}`, "PATCH", { groups: given });
      await look();
      const whose = groups.length
        ? t("%(name)s is watched for readers in %(groups)s from now on.", { name, groups: groups.join(", ") })
        : t("%(name)s is watched for everybody from now on.", { name });
      return `${whose} ${tn("What came from it, %(count)s article, has these readers now.", "What came from it, %(count)s articles, has these readers now.", changed)}`;
    };
    window.articleList.askReaders(give, source.groups, t("This holds for all that comes from it, and at once for what came with the readers of before."));
  }

  async function add() {
    const groups = $("#adding [name=groups]").value.split(",").map((name) => name.trim()).filter(Boolean);
    const { place } = form().elements;
    if (place.value.trim() && await change(() => call("", "POST", { place: place.value.trim(), groups }))) place.value = "";
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("#adding form.watched")) return;
    event.preventDefault();
    add();
  });
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("#adding .sources button");
    if (!pressed) return;
    const { source, act, paused } = pressed.dataset;
    if (act === "readers") return askReaders(known.find(({ id }) => id === source));
    change(() => act === "remove" ? call(`/${source}`, "DELETE") : call(`/${source}`, "PATCH", { paused: paused === "true" }));
  });
  document.addEventListener("change", (event) => event.target.matches("#adding [name=way]") && isOpen() && look());
  setInterval(() => isOpen() && !document.hidden && look(), LOOK_MS);
})();
