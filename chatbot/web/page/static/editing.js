// What an editor changes in the Articles view: articles are chosen and removed, and what is known of one is corrected.
(() => {
  "use strict";
  if (document.documentElement.matches(".embedded")) return;
  const $ = (selector) => document.querySelector(selector);
  const $$ = (selector) => [...document.querySelectorAll(selector)];
  const MOST_NAMED = 8;
  const chosen = new Map(); // Titles by id, on whatever page of the list they stand.
  let known; // What is known of the article that is being corrected.
  let giving; // What is told the groups that were named.

  const day = (value) => new Date(value).toLocaleDateString(pageLocale, { day: "numeric", month: "long", year: "numeric" });

  // What the API answers, or throws with the reason.
  async function call(path, method, sent) {
    const body = sent && { body: JSON.stringify(sent), headers: { "Content-Type": "application/json" } };
    const reply = await fetch(`api/articles/${path}`, { method, ...body }).catch(() => null);
    const answer = (await reply?.json().catch(() => null)) ?? {};
    if (reply?.ok) return answer;
    const reason = typeof answer.detail === "string" ? answer.detail : t("The server could not be reached. Try again.");
    throw new window.sending.Refusal(reply?.status ?? 0, reason);
  }

  // Choosing.
  function showChosen() {
    const line = $("#adding .chosen");
    if (!line) return;
    line.hidden = !chosen.size;
    line.firstElementChild.textContent = tn("%(count)s article chosen", "%(count)s articles chosen", chosen.size);
    const boxes = $$("#listed [name=chosen]");
    for (const box of boxes) box.checked = chosen.has(box.value);
    const all = $("#listed [name=all]");
    if (!all) return;
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }

  function choose(boxes, on) {
    for (const box of boxes) on ? chosen.set(box.value, box.dataset.title) : chosen.delete(box.value);
    showChosen();
  }

  // Removing.
  async function remove(articles) {
    const titles = [...articles.values()];
    const single = titles.length === 1;
    const dialog = $("#adding .removing");
    $("#removing").textContent = single ? t("Remove “%(title)s”?", { title: titles[0] }) : tn("Remove %(count)s article?", "Remove %(count)s articles?", titles.length);
    const lines = titles.slice(0, MOST_NAMED).map((title) => window.articleList.element("li", title));
    if (titles.length > MOST_NAMED) lines.push(window.articleList.element("li", t("and %(count)s more", { count: titles.length - MOST_NAMED })));
    lines.forEach((line) => (line.dir = "auto"));
    dialog.querySelector("ul").replaceChildren(...(single ? [] : lines));
    dialog.querySelector(".fate").textContent = single ? t("It will no longer be found, listed or cited.") : t("They will no longer be found, listed or cited.");
    dialog.querySelector('[value="keep"]').textContent = single ? t("Keep it") : t("Keep them");
    dialog.querySelector('[value="remove"]').textContent = single ? t("Remove it") : t("Remove them");
    dialog.returnValue = "keep";
    dialog.showModal();
    await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
    if (dialog.returnValue !== "remove") return;
    try {
      const { removed } = await call("remove", "POST", { ids: [...articles.keys()] });
      articles = new Map(articles);
      for (const id of articles.keys()) chosen.delete(id);
      const text = t("Removed: %(title)s", { title: single ? titles[0] : tn("%(count)s article", "%(count)s articles", removed) });
      window.articleList.tellDone(window.articleList.element("p", text));
    } catch (refusal) {
      window.articleList.tellDone(window.articleList.problemLine(refusal));
    }
    showChosen();
  }

  // Correcting.
  const form = () => $("#adding .correcting form");

  async function correct(button) {
    try {
      known = await call(encodeURIComponent(button.dataset.correct), "GET");
    } catch (refusal) {
      window.articleList.tellDone(window.articleList.problemLine(refusal));
      return;
    }
    form().querySelector(".problem").hidden = true;
    for (const line of form().querySelectorAll(".before")) {
      const { field } = line.dataset;
      form().elements[field].value = known[field] ?? "";
      const last = known.changes.findLast((change) => change.field === field);
      line.hidden = !last;
      if (!last) continue;
      const original = last.found === null ? t("Nothing was found") : t("Found: %(value)s", { value: field === "date" ? day(last.found) : last.found });
      line.firstElementChild.textContent =
        `${original} · ${t(last.restored ? "put back by %(name)s on %(day)s" : "changed by %(name)s on %(day)s", { name: last.changed_by, day: day(last.changed) })}`;
      line.lastElementChild.hidden = last.restored;
    }
    $("#adding .correcting").showModal();
    // Of a title that is longer than its line the beginning is seen.
    form().elements.title.setSelectionRange(0, 0);
  }

  function putBack(field) {
    form().elements[field].value = known.changes.findLast((change) => change.field === field).found ?? "";
    form().elements[field].focus();
  }

  async function save() {
    const fields = [...form().querySelectorAll(".before")].map((line) => line.dataset.field);
    const value = (field) => form().elements[field].value.trim();
    const changed = fields.filter((field) => value(field) !== (known[field] ?? ""));
    const problem = form().querySelector(".problem");
    const submit = form().querySelector('[value="save"]');
    problem.hidden = true;
    if (!changed.length) return $("#adding .correcting").close();
    submit.disabled = true;
    submit.textContent = t("Saving…");
    try {
      const now = await call(encodeURIComponent(known.id), "PATCH", Object.fromEntries(changed.map((field) => [field, value(field)])));
      $("#adding .correcting").close();
      window.articleList.tellDone(window.articleList.element("p", t("Corrected: %(title)s", { title: now.title })));
    } catch (refusal) {
      problem.textContent = refusal.message;
      problem.hidden = false;
    }
    submit.disabled = false;
    submit.textContent = t("Save");
  }

  // Asks who may read something; `give` is told the groups, and says what came of it. `groups` are those that may now,
  // and `fate` is what the answer holds for.
  function askReaders(give, groups = [], fate = "") {
    const dialog = $("#adding .restricting");
    dialog.querySelector("input").value = groups.join(", ");
    dialog.querySelector(".fate").textContent = fate;
    dialog.querySelector(".problem").hidden = true;
    giving = give;
    dialog.showModal();
  }

  async function restrict() {
    const dialog = $("#adding .restricting");
    const problem = dialog.querySelector(".problem");
    const groups = dialog.querySelector("input").value.split(",").map((name) => name.trim()).filter(Boolean);
    problem.hidden = true;
    try {
      const text = await giving(groups);
      dialog.close();
      window.articleList.tellDone(window.articleList.element("p", text));
    } catch (refusal) {
      problem.textContent = refusal.message;
      problem.hidden = false;
    }
  }

  async function giveChosen(given) {
    const { groups } = await call("groups", "POST", { ids: [...chosen.keys()], groups: given });
    const count = chosen.size;
    chosen.clear();
    showChosen();
    return groups.length
      ? t("Only for readers in %(groups)s: %(count)s", { groups: groups.join(", "), count })
      : t("For everybody: %(count)s", { count });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#article-list button");
    if (!button) return;
    const { remove: id, title, putBack: field } = button.dataset;
    if (id !== undefined) remove(new Map([[id, title]]));
    else if ("removeChosen" in button.dataset) remove(chosen);
    else if ("restrictChosen" in button.dataset) askReaders(giveChosen);
    else if ("chooseNone" in button.dataset) chosen.clear(), showChosen();
    else if ("correct" in button.dataset) correct(button);
    else if (field) putBack(field);
    else if ("cancel" in button.dataset) button.closest("dialog").close();
  });
  document.addEventListener("change", ({ target }) => {
    if (!target.closest("#listed")) return;
    if (target.name === "chosen") choose([target], target.checked);
    else if (target.name === "all") choose($$("#listed [name=chosen]"), target.checked);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.closest("#adding :is(.correcting, .restricting)")) return;
    event.preventDefault();
    if (event.target.closest(".correcting")) save();
    else restrict();
  });
  function start() {
    if (!$("#listed")) return void requestAnimationFrame(start);
    new MutationObserver(showChosen).observe($("#listed"), { childList: true, subtree: true });
    new MutationObserver(showChosen).observe($("#adding"), { childList: true });
  }
  window.articleList.askReaders = askReaders;
  start();
})();
