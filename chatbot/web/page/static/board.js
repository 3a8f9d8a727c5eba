// The Board view: asks the API who holds what, narrows and sorts it, opens a row's history, and keeps what is shown in
// the address, so that a link restores it.
(() => {
  "use strict";
  if (document.documentElement.matches(".embedded:not([data-view])")) return;
  const { COLUMNS, element, keyOf, sorted, head, line, history, csv, counted } = window.boardTable;
  const ROWS_AT_A_TIME = 200;
  const ROWS_AT_ONCE = 40; // More than a screen holds; the rest is drawn once these are seen.
  const KINDS = ["places", "map", "changes", "offices", "sides"];
  const DAYS = ["as_of", "changed_since", "from", "to"];
  const FIELDS = ["words", "controller", ...DAYS];
  const DEFAULTS = { as_of: "", changed_since: "", from: "", to: "", place: "", words: "", controller: "", kind: "places", sort: "place", down: "", open: "" };
  const embedded = document.documentElement.matches(".embedded");
  const $ = (selector) => document.querySelector(`#board ${selector}`);
  let state = { ...DEFAULTS };
  let data = null; // What the API gave: places, offices, and the days of the first and the last article.
  let asked = ""; // The days for which it was asked.
  let shown = []; // The rows that are shown, in their order.
  let most = ROWS_AT_A_TIME;
  let arriving = false; // The address was followed: the row that it opens is brought into view.
  let waiting; // The timer of what is being typed.

  const tableKind = () => (state.kind === "offices" ? "offices" : "places");
  const columns = () => COLUMNS[tableKind()];

  // What is shown, as the address has it.
  function readAddress() {
    const given = new URLSearchParams(location.hash.split("?").slice(1).join("?"));
    state = { ...DEFAULTS };
    Object.keys(DEFAULTS).forEach((name) => given.has(name) && (state[name] = given.get(name)));
    if (!KINDS.includes(state.kind)) state.kind = DEFAULTS.kind;
    if (!columns()[state.sort]) state.sort = DEFAULTS.sort;
    if (embedded) state.place = new URLSearchParams(location.search).get("place") ?? "";
    document.querySelector("#board").classList.toggle("single", embedded && state.place !== "");
  }

  function address() {
    const given = Object.entries(state).filter(([name, value]) => value && value !== DEFAULTS[name]);
    return `#board${given.length ? `?${new URLSearchParams(given)}` : ""}`;
  }

  function writeAddress() {
    if (document.documentElement.dataset.view !== "board") return;
    if (location.hash !== address()) window.history.replaceState(window.history.state, "", address());
    document.querySelector('.views a[href^="#board"]').href = address();
  }

  // The fields say what the state is.
  function fill() {
    const fields = $("#narrow").elements;
    FIELDS.forEach((name) => fields[name].value !== state[name] && (fields[name].value = state[name]));
    $(`[name="kind"][value="${state.kind}"]`).checked = true;
    showFields();
  }

  // What changed has two days of its own.
  function showFields() {
    const of = { changes: "changes", sides: "sides" }[state.kind] ?? "rows";
    document.querySelectorAll("#narrow [data-of]").forEach((label) => (label.hidden = !label.dataset.of.split(" ").includes(of)));
  }

  async function ask(path) {
    let reply;
    try {
      reply = await fetch(path);
    } catch {
      throw new Error(t("The server does not answer. Is it still running, and are you online?"));
    }
    const body = await reply.json().catch(() => ({}));
    if (reply.status === 401) throw new Error(t("You are logged out. Load the page again to log in."));
    if (!reply.ok) throw new Error(typeof body.detail === "string" ? body.detail : t("The server answered %(status)s.", { status: reply.status }));
    return body;
  }

  const query = (values) => new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();

  // The board of the days that are chosen; an answer that comes after another day was chosen is left.
  async function load() {
    const { as_of, changed_since, from, to } = state;
    const now = (asked = JSON.stringify([as_of, changed_since, from, to, state.kind]));
    $(".rows").setAttribute("aria-busy", "true");
    try {
      const [places, offices, changed, map, named] = await Promise.all([
        ask(`api/board?${query({ as_of, changed_since })}`),
        ask(`api/board/offices?${query({ as_of })}`),
        state.kind === "changes" ? ask(`api/board/changes?${query({ changed_since: from, as_of: to })}`) : { changes: [] },
        state.kind === "map" ? ask("api/board/map") : {},
        state.kind === "sides" ? ask("api/board/sides") : {},
      ]);
      if (now !== asked) return;
      data = { ...places, ...offices, ...changed, ...map, ...named };
      window.boardTimeline.colour(data.controllers ?? []);
      bounds();
      $(".unread")?.classList.remove("unread");
      draw();
    } catch (problem) {
      if (now === asked) tellProblem(problem.message);
    }
    if (now === asked) $(".rows").removeAttribute("aria-busy");
  }

  function tellProblem(message) {
    data = null;
    shown = [];
    $(".unread")?.classList.remove("unread");
    const again = element("button", { type: "button", textContent: t("Try again") });
    again.addEventListener("click", load);
    const line = element("p", { className: "problem" }, `${t("The board could not be read.")} ${message} `, again);
    line.setAttribute("role", "alert");
    $(".count").textContent = "";
    $(".keep").hidden = true;
    $(".chart").replaceChildren();
    $(".rows").replaceChildren(line);
  }

  function bounds() {
    const fields = $("#narrow").elements;
    DAYS.forEach((name) => Object.assign(fields[name], { min: data.first ?? "", max: data.last ?? "" }));
    const known = state.kind === "sides" ? [] : [...new Set(rowsOfKind().flatMap(sides))].sort((a, b) => a.localeCompare(b));
    if (state.controller && !known.includes(state.controller)) known.unshift(state.controller);
    const all = element("option", { value: "", textContent: state.kind === "offices" ? t("All holders") : t("All controllers") });
    fields.controller.replaceChildren(all, ...known.map((name) => element("option", { value: name, textContent: name })));
    fields.controller.value = state.controller;
    $(".ways").hidden = data.places.length + data.offices.length === 0 && state.kind === "places";
    $('.ways label:has([value="offices"])').hidden = data.offices.length === 0 && state.kind !== "offices";
  }

  const rowsOfKind = () => data[state.kind === "map" ? "places" : state.kind];
  // The sides that a row names; an office has a holder, who is of none.
  const sides = (row) => row.sides ?? row.controllers ?? [...(row.before?.sides ?? []), ...row.after.sides];
  const called = (row) => row.controllers ?? [...(row.before?.controllers ?? []), ...row.after.controllers];

  function fits(row) {
    if (state.controller && ![...sides(row), ...called(row)].includes(state.controller)) return false;
    if (state.place && row.place.toLowerCase() !== state.place.toLowerCase()) return false;
    const text = [row.office, row.place, row.within, row.status, ...sides(row), ...called(row), ...(row.sources ?? [row.source])].join(" ").toLowerCase();
    return state.words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  }

  const days = () => ({ asOf: state.as_of, last: data.last });

  // Draws what fits the state.
  function draw() {
    if (state.kind === "sides") return drawSides();
    const ofChanges = state.kind === "changes";
    shown = (ofChanges ? rowsOfKind() : sorted(rowsOfKind(), state.sort, state.down === "yes")).filter(fits);
    if (embedded && state.place && shown.length === 1) state.open = keyOf(shown[0]);
    const narrowed = [...FIELDS, "place"].some((name) => state[name]);
    $("[data-all]").hidden = !narrowed;
    $(".keep").hidden = !shown.length && !narrowed;
    $("[data-csv]").hidden = !shown.length || ofChanges;
    $("[data-link]").hidden = !shown.length;
    offerFiles();
    drawMap();
    $(".count").textContent = counted(state, shown, data, narrowed);
    if (!shown.length) $(".rows").replaceChildren();
    else if (ofChanges) $(".rows").replaceChildren(window.boardChanges(shown));
    else drawTable();
    writeAddress();
  }

  // Which names count as one; what an editor changes there is the board's at once.
  function drawSides() {
    shown = [];
    document.querySelectorAll("#board .keep > *").forEach((way) => (way.hidden = true));
    $(".chart").replaceChildren();
    $(".count").textContent = tn("%(count)s controller", "%(count)s controllers", data.sides.length);
    $(".rows").replaceChildren(window.boardSides(data, state.words, (changed) => (Object.assign(data, changed), draw())));
    writeAddress();
  }

  // The map over the table; one that was drawn for other rows is left.
  async function drawMap() {
    if (state.kind !== "map") return void $(".chart").replaceChildren();
    const rows = shown;
    let map;
    try {
      map = await window.boardMap(rows, data.locations, state.as_of || data.last);
    } catch (problem) {
      map = element("p", { className: "problem", textContent: `${t("The map could not be drawn.")} ${problem.message}` });
      map.setAttribute("role", "alert");
    }
    if (rows === shown && state.kind === "map") $(".chart").replaceChildren(map);
  }

  // What is shown of the changes is had as Markdown and as a feed, which goes on with the newest reports.
  function offerFiles() {
    const narrowed = { place: state.place, controller: state.controller };
    const queries = { md: query({ ...narrowed, changed_since: state.from, as_of: state.to }), atom: query(narrowed) };
    Object.entries(queries).forEach(([ending, asks]) => {
      const link = $(`[data-file="${ending}"]`);
      link.href = `api/board/changes.${ending}${asks ? `?${asks}` : ""}`;
      link.hidden = state.kind !== "changes" || (ending === "md" && !shown.length);
    });
  }

  function drawTable() {
    const held = document.activeElement?.dataset ?? {};
    const rows = shown.slice(0, most);
    const first = state.open ? rows.length : ROWS_AT_ONCE;
    const body = element("tbody", {}, ...rows.slice(0, first).map((row) => line(row, days())));
    requestAnimationFrame(() => setTimeout(() => body.isConnected && body.append(...rows.slice(first).map((row) => line(row, days())))));
    const caption = element("caption", { className: "aloud", textContent: state.kind === "offices" ? t("Offices") : t("Places") });
    const parts = [element("table", { className: tableKind() }, caption, head(tableKind(), state.sort, state.down === "yes"), body)];
    if (shown.length > most) {
      const more = element("button", { type: "button", textContent: t("Show %(count)s more", { count: Math.min(ROWS_AT_A_TIME, shown.length - most) }) });
      more.dataset.further = "";
      parts.push(element("p", { className: "further" }, more));
    }
    $(".rows").replaceChildren(...parts);
    // A press on a heading draws it anew.
    if (held.sort) $(`[data-sort="${held.sort}"]`)?.focus();
    if (state.open) unfold(state.open);
    if (arriving) openerOf(state.open)?.scrollIntoView({ block: "center" });
    arriving = false;
  }

  const openerOf = (key) => [...document.querySelectorAll("#board .opener")].find((button) => button.dataset.row === key);

  function close() {
    $("tr.history")?.remove();
    const button = $('.opener[aria-expanded="true"]');
    button?.setAttribute("aria-expanded", "false");
    button?.removeAttribute("aria-controls");
  }

  // Opens the history of a row under it.
  async function unfold(key) {
    close();
    const [button, row] = [openerOf(key), shown.find((candidate) => keyOf(candidate) === key)];
    if (!button || !row) return;
    const cell = element("td", { colSpan: Object.keys(columns()).length }, element("p", { textContent: t("Reading its history…") }));
    const under = element("tr", { className: "history", id: "history" }, cell);
    button.closest("tr").after(under);
    button.setAttribute("aria-expanded", "true");
    button.setAttribute("aria-controls", "history");
    try {
      const detailed = row.claims ? row : await ask(`api/board/history?${query({ place: row.place, as_of: state.as_of })}`);
      cell.replaceChildren(history(detailed, detailed.timeline?.length ? window.boardTimeline(detailed) : null));
    } catch (problem) {
      const line = element("p", { className: "problem", textContent: `${t("The history could not be read.")} ${problem.message}` });
      line.setAttribute("role", "alert");
      cell.replaceChildren(line);
    }
  }

  function toggle(key) {
    state.open = state.open === key ? "" : key;
    if (state.open) unfold(key);
    else close();
    writeAddress();
  }

  function sort(column) {
    const down = state.sort === column ? !state.down : ["since", "as_of", "reports", "disputed"].includes(column);
    Object.assign(state, { sort: column, down: down ? "yes" : "" });
    draw();
  }

  function save() {
    const link = element("a", { href: URL.createObjectURL(new Blob([csv(shown, tableKind(), days())], { type: "text/csv" })) });
    link.download = `${state.kind === "offices" ? "offices" : "board"}-${state.as_of || data.last || "undated"}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  // What the fields say now; a date that is half typed waits.
  function narrow() {
    clearTimeout(waiting);
    const fields = $("#narrow").elements;
    if (DAYS.some((name) => fields[name].validity.badInput)) return;
    const values = Object.fromEntries(FIELDS.map((name) => [name, fields[name].value]));
    const otherDays = DAYS.some((name) => values[name] !== state[name]);
    Object.assign(state, values);
    most = ROWS_AT_A_TIME;
    if (otherDays || !data) load();
    else draw();
  }

  function choose(kind) {
    Object.assign(state, { kind, controller: "", open: "", sort: kind === "offices" ? "office" : "place", down: "" });
    showFields();
    if (["changes", "map", "sides"].includes(kind) || !data || data.sides) return void load();
    bounds();
    draw();
  }

  function showAll() {
    state = { ...DEFAULTS, kind: state.kind };
    fill();
    load();
    $('[name="words"]').focus();
  }

  function press(button) {
    const { sort: column, row } = button.dataset;
    if (column) sort(column);
    else if (row !== undefined) toggle(row);
    else if ("csv" in button.dataset) save();
    else if ("all" in button.dataset) showAll();
    else if ("further" in button.dataset) {
      most += ROWS_AT_A_TIME;
      drawTable();
    }
  }

  function listen(view) {
    view.addEventListener("input", ({ target }) => {
      clearTimeout(waiting);
      // What is typed waits, a choice counts at once: a board that is just being read would put the field back.
      if (["search", "date"].includes(target.type)) waiting = setTimeout(narrow, target.type === "date" ? 600 : 150);
      else (target.name === "kind" ? choose : narrow)(target.value);
    });
    view.addEventListener("focusout", ({ target }) => target.type === "date" && narrow());
    view.addEventListener("submit", (event) => {
      event.preventDefault();
      narrow();
    });
    // chat.js copies what a button says, and is told here what that is before it hears of the press.
    view.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button && "link" in button.dataset) button.dataset.copy = new URL(`./${address()}`, document.baseURI).href;
      else if (button) press(button);
    });
    view.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !state.open || !event.target.closest("tr.history")) return;
      const key = state.open;
      toggle(key);
      openerOf(key)?.focus();
      event.preventDefault();
    });
  }

  // The articles may have changed since the view was last open, and the address may be another.
  function open() {
    if (document.documentElement.dataset.view !== "board") return;
    readAddress();
    fill();
    arriving = true;
    load();
  }

  function start() {
    if (!$("#narrow") || !document.querySelector(".views")) return void requestAnimationFrame(start);
    listen(document.querySelector("#board"));
    document.addEventListener("viewed", open);
    open();
  }
  start();
})();
