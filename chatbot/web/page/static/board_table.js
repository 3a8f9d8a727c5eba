// Draws the board's table and a row's history. All data is put in as text; what a press does is board.js's.
(() => {
  "use strict";
  if (document.documentElement.matches(".embedded:not([data-view])")) return;
  const OLD_DAYS = 14; // A place of which nobody has reported for so long is said to be old.
  const DAY_MS = 86_400_000;
  const COLUMNS = {
    places: { place: "Place", controller: "Controller", status: "Status", since: "Since", as_of: "As of", reports: "Sources", disputed: "Disputed" },
    offices: { office: "Office", place: "Of", controller: "Holder", status: "Status", since: "Since", as_of: "As of", reports: "Sources" },
  };
  const collator = new Intl.Collator(pageLocale, { numeric: true });

  function element(name, properties = {}, ...inside) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...inside.filter((part) => part !== null));
    return made;
  }
  const note = (text, className = "") => element("small", { textContent: text, className, dir: "auto" });

  const longDay = (day) => new Date(`${day}T12:00Z`).toLocaleDateString(pageLocale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const dayOf = (day) => (day ? element("time", { dateTime: day, textContent: longDay(day) }) : element("span", { className: "unknown", textContent: t("unknown") }));

  // Who holds it, in words: the same stands in the table, in the CSV file and in the picture.
  const names = (row) => (row.controllers.length ? row.controllers.join(" / ") : t("not told (%(status)s)", { status: t(row.status) }));
  const keyOf = (row) => (row.office ? t("%(office)s of %(place)s", row) : row.place);

  // How long before the day of the board the last report came, if that is long.
  function age(row, { asOf, last }) {
    const day = asOf && (!last || asOf < last) ? asOf : last;
    const days = row.as_of && day ? Math.round((new Date(day) - new Date(row.as_of)) / DAY_MS) : 0;
    if (days < OLD_DAYS) return "";
    return t("last reported %(days)s days before %(day)s", { days, day: day === last ? t("the newest article") : longDay(day) });
  }

  function compare(first, second, column) {
    const [a, b] = [first, second].map((row) => (column === "controller" ? names(row) : row[column]));
    if (a === b) return 0;
    if (a === null || b === null) return a === null ? 1 : -1; // What is unknown comes last.
    return typeof a === "string" ? collator.compare(a, b) : Number(a) - Number(b);
  }

  let last = {}; // What was sorted last, and by what: what is typed narrows the rows, and orders nothing anew.
  function sorted(rows, column, down) {
    const by = `${column} ${down}`;
    if (last.of !== rows || last.by !== by) last = { of: rows, by, rows: inOrder(rows, column, down) };
    return last.rows;
  }

  function inOrder(rows, column, down) {
    const known = (row) => row[column] !== null;
    const order = (a, b) => (down && known(a) && known(b) ? compare(b, a, column) : compare(a, b, column));
    return [...rows].sort((a, b) => order(a, b) || collator.compare(keyOf(a), keyOf(b)));
  }

  function head(kind, sort, down) {
    const cells = Object.entries(COLUMNS[kind]).map(([column, called]) => {
      const button = element("button", { type: "button", textContent: t(called) });
      button.dataset.sort = column;
      const cell = element("th", { scope: "col", className: column }, button);
      if (column === sort) cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      return cell;
    });
    return element("thead", {}, element("tr", {}, ...cells));
  }

  function opener(row, text) {
    const button = element("button", { type: "button", className: "opener", dir: "auto", textContent: text });
    button.dataset.row = keyOf(row);
    button.setAttribute("aria-expanded", "false");
    return button;
  }

  function controllerCell(row) {
    const cell = element("td", { className: "controller" }, element("span", { textContent: names(row), dir: "auto" }));
    if (row.inferred) cell.append(note(t("inferred: the newest report does not name the holder"), "sure"));
    if (row.disputed) cell.append(note(t("disputed"), "sure"));
    if (row.origin === "llm") cell.append(note(t("read by the LLM"), "sure"));
    return cell;
  }

  function line(row, days) {
    const cells = {
      office: () => element("td", { className: "office" }, opener(row, row.office)),
      place: () =>
        row.office
          ? element("td", { className: "place", dir: "auto", textContent: row.place || t("not told") })
          : element("td", { className: "place" }, opener(row, row.place), row.within ? note(t("part of %(place)s", { place: row.within })) : null),
      controller: () => controllerCell(row),
      status: () => element("td", { className: "status", textContent: t(row.status) }),
      since: () => element("td", { className: "since" }, element("span", { className: "unit", textContent: `${t("since")} ` }), dayOf(row.since)),
      as_of: () => {
        const old = age(row, days);
        return element("td", { className: "as_of" }, element("span", { className: "unit", textContent: `${t("as of")} ` }), dayOf(row.as_of), old ? note(old, "old") : null);
      },
      reports: () => {
        const unit = element("span", { className: "unit", textContent: ` ${tn("source", "sources", row.reports)}` });
        return element("td", { className: "reports", title: row.sources.join(", ") }, number(row.reports), unit);
      },
      disputed: () => element("td", { className: "disputed", textContent: row.disputed ? t("yes") : t("no") }),
    };
    const kind = row.office ? "offices" : "places";
    return element("tr", {}, ...Object.keys(COLUMNS[kind]).map((column) => cells[column]()));
  }

  // What a word of the sentence stands for, where it had to be resolved, and how sure the sentence is.
  function readings(claim) {
    const read = [];
    if (claim.resolved_from) read.push(t("“%(word)s” stands for %(name)s", { word: claim.resolved_from, name: claim.place }));
    if (claim.controller_from) read.push(t("“%(word)s” stands for %(name)s", { word: claim.controller_from, name: claim.controller }));
    if (claim.said_by) read.push(t("said by %(name)s", { name: claim.said_by }));
    else if (claim.certainty === "attributed") read.push(t("told as what others say"));
    if (claim.certainty === "denied") read.push(t("denied"));
    if (claim.origin === "llm") read.push(t("read by the LLM"));
    return read;
  }

  function claimItem(claim) {
    const href = `article/${encodeURIComponent(claim.article_id)}?start=${claim.start}&end=${claim.end}#cited`;
    const link = element("a", { href, target: "_blank", rel: "noopener", textContent: t("Read in the article") });
    link.append(element("span", { className: "aloud", textContent: `: ${claim.title}` }));
    const origin = [claim.source || t("source unknown"), claim.reported ? t("reported %(day)s", { day: longDay(claim.reported) }) : t("reported on an unknown day")];
    const read = readings(claim);
    return element(
      "li",
      {},
      element("p", { className: "what" }, dayOf(claim.event_date), " · ", element("b", { textContent: t(claim.status) }), " · ", element("span", { dir: "auto", textContent: claim.controller || t("not told") })),
      element("blockquote", { dir: "auto", textContent: claim.sentence }),
      read.length ? element("p", { className: "read", dir: "auto", textContent: `${read.join("; ")}.` }) : null,
      element("p", { className: "src" }, `${origin.join(" · ")} · `, link),
    );
  }

  // All claims about what a row is about, the newest event first, under the timeline where there is one.
  function history(row, picture) {
    const heading = element("h3", { dir: "auto", textContent: `${keyOf(row)}: ${tn("%(count)s claim, the newest event first", "%(count)s claims, the newest event first", row.claims.length)}` });
    return element("div", { className: "past" }, picture, heading, element("ol", {}, ...row.claims.map(claimItem)));
  }

  function countedChanges(shown, data) {
    const span = data.since && data.until ? t("from %(first)s to %(last)s", { first: longDay(data.since), last: longDay(data.until) }) : "";
    const nothing = data.changes.length ? t("Nothing like that changed by the reports") : t("Nothing changed by the reports");
    const changed = tn("%(count)s place changed", "%(count)s places changed", shown.length);
    return `${shown.length ? changed : nothing} ${span}`.trim();
  }

  // How many rows are shown, and of what.
  function counted(state, shown, data, narrowed) {
    if (state.kind === "changes") return countedChanges(shown, data);
    if (!shown.length && state.place) return t("The board has no place “%(place)s”.", { place: state.place });
    if (!shown.length && !narrowed) return t("The articles do not say of any place who holds it.");
    if (!shown.length) return state.as_of ? t("Nothing on the board is like that as of %(day)s.", { day: longDay(state.as_of) }) : t("Nothing on the board is like that.");
    const disputed = shown.filter((row) => row.disputed).length;
    const day = state.as_of || data.last;
    const parts = [
      state.kind === "offices" ? tn("%(count)s office", "%(count)s offices", shown.length) : tn("%(count)s place", "%(count)s places", shown.length),
      disputed ? t("%(count)s disputed", { count: disputed }) : "",
      day ? t("as the reports stood on %(day)s", { day: longDay(day) }) : "",
    ];
    return parts.filter(Boolean).join(" · ");
  }

  // Rows as a table of a spreadsheet in the language of the page; it must not take a name for a formula.
  function csv(rows, kind, days) {
    const cell = (value) => `"${String(value ?? "").replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
    const ofOffices = kind === "offices";
    const yesOrNo = (is) => (is ? t("yes") : t("no"));
    const columns = [
      ...(ofOffices ? [[t("office"), (row) => row.office]] : []),
      [t("place"), (row) => row.place],
      ...(ofOffices ? [] : [[t("part_of"), (row) => row.within]]),
      [t("controllers"), (row) => row.controllers.join("; ")],
      [t("status"), (row) => (row.status ? t(row.status) : "")],
      [t("since"), (row) => row.since],
      [t("as_of"), (row) => row.as_of],
      [t("reports"), (row) => row.reports],
      [t("sources"), (row) => row.sources.join("; ")],
      [t("disputed"), (row) => yesOrNo(row.disputed)],
      [t("inferred"), (row) => yesOrNo(row.inferred)],
      [t("read_by"), (row) => ((row.origin ?? row.claims?.[0].origin) === "llm" ? "LLM" : t("rules"))],
      [t("note"), (row) => age(row, days)],
      [t("sentence"), (row) => row.sentence ?? row.claims[0].sentence],
      [t("article"), (row) => new URL(`article/${encodeURIComponent(row.article_id ?? row.claims[0].article_id)}`, document.baseURI).href],
      [t("board_of"), () => days.asOf || days.last],
    ];
    const lines = [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, of]) => of(row)))];
    return `\ufeff${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
  }

  window.boardTable = { COLUMNS, element, names, keyOf, age, longDay, sorted, head, line, claimItem, history, csv, counted };
})();
