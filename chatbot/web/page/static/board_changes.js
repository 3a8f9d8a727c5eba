// Draws what changed on the board between two days: for each place who held it before and after, with the sentences.
// All data is put in as text.
(() => {
  "use strict";
  if (document.documentElement.matches(".embedded:not([data-view])")) return;

  // Who held it, and the claims that say so; null where nothing was reported yet.
  function side(called, row) {
    const { element, names, claimItem } = window.boardTable;
    const term = element("dt", { textContent: called });
    if (!row) return [term, element("dd", { className: "unknown", textContent: t("nothing reported") })];
    const who = element("b", { textContent: names(row), dir: "auto" });
    const sure = [row.disputed ? t("disputed") : "", row.inferred ? t("inferred: the newest report does not name the holder") : ""].filter(Boolean);
    const notes = sure.map((text) => element("small", { className: "sure", textContent: text }));
    const claims = element("ol", {}, ...row.claims.map(claimItem));
    return [term, element("dd", { className: "past" }, who, ...notes, claims)];
  }

  function item(change) {
    const { element } = window.boardTable;
    const heading = element("h3", { dir: "auto", textContent: change.place });
    return element("li", {}, heading, element("dl", {}, ...side(t("Before"), change.before), ...side(t("After"), change.after)));
  }

  window.boardChanges = (changes) => window.boardTable.element("ol", { className: "changes" }, ...changes.map(item));
})();
