// The drawer with the reader's conversations: opens, searches, renames and deletes them; what was deleted comes back as
// long as the drawer is open.
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const { store, show, openId, written } = window.conversationHistory;
  const DAY = 86_400_000;
  const KEPT_WHERE = {
    browser: "Kept in this browser, for %(days)s.",
    account: "Kept with your account, for %(days)s.",
    off: "Kept until this tab is closed.",
  };
  const undoable = new Map(); // Whole conversations that were deleted, by their id.
  let typing; // The timer of a search that is being typed.

  const drawer = () => $("#conversations");
  const questions = (count) => tn("%(count)s question", "%(count)s questions", count);
  const conversationsIn = (count) => tn("%(count)s conversation", "%(count)s conversations", count);

  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  function button(text, label, press) {
    const made = element("button", { type: "button", textContent: text });
    if (label) made.setAttribute("aria-label", label);
    made.addEventListener("click", press);
    return made;
  }

  const say = (text) => ($("#conversations [role=status]").textContent = text);

  async function attempt(work) {
    $("#conversations .problem").textContent = "";
    try {
      await work();
    } catch (error) {
      $("#conversations .problem").textContent = t("That did not work. %(reason)s", { reason: error.message });
    }
  }

  function dayOf(changed) {
    const midnight = new Date().setHours(0, 0, 0, 0);
    if (changed >= midnight) return t("Today");
    if (changed >= midnight - DAY) return t("Yesterday");
    return new Date(changed).toLocaleDateString(pageLocale, { day: "numeric", month: "long", year: "numeric" });
  }

  function row(conversation) {
    const { id, title, changed, count } = conversation;
    const time = new Date(changed).toLocaleTimeString(pageLocale, { hour: "2-digit", minute: "2-digit" });
    const open = element("button", { type: "button", className: "open" });
    open.append(element("b", { textContent: title, dir: "auto" }), element("small", { textContent: `${questions(count)}, ${time}` }));
    if (id === openId()) open.setAttribute("aria-current", "true");
    open.addEventListener("click", () => (id === openId() ? drawer().close() : show(id)));
    const line = element("li", {}, open);
    line.append(button(t("Rename"), t("Rename %(title)s", { title }), () => startRenaming(line, conversation)));
    line.append(button(t("Delete"), t("Delete %(title)s", { title }), () => attempt(() => remove(line, conversation))));
    return line;
  }

  function startRenaming(line, conversation) {
    const input = element("input", { value: conversation.title, maxLength: 200, dir: "auto" });
    input.setAttribute("aria-label", t("New title"));
    const form = element("form", {}, input, element("button", { textContent: t("Save") }));
    const finish = (title) => {
      const changed = row({ ...conversation, title });
      line.replaceWith(changed);
      changed.querySelector("button").focus();
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const title = input.value.replace(/\s+/g, " ").trim() || conversation.title;
      attempt(async () => {
        await store.rename(conversation.id, title);
        finish(title);
        say(t("Renamed to %(title)s", { title }));
      });
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // It would close the drawer.
      finish(conversation.title);
    });
    line.replaceChildren(form);
    input.select();
  }

  async function remove(line, conversation) {
    const { id, title } = conversation;
    const whole = await store.load(id);
    await store.remove(id);
    if (whole) undoable.set(id, { whole, conversation });
    const gone = goneRow(conversation);
    line.replaceWith(gone);
    gone.querySelector("button").focus();
    say(t("Deleted: %(title)s", { title }));
  }

  // What stands in the place of a conversation that was deleted.
  function goneRow(conversation) {
    const { id, title } = conversation;
    const line = element("li", {}, element("span", { className: "gone", textContent: t("Deleted: %(title)s", { title }), dir: "auto" }));
    line.append(button(t("Undo"), t("Undo: bring back %(title)s", { title }), () => attempt(async () => {
      await store.restore(undoable.get(id).whole);
      undoable.delete(id);
      const back = row(conversation);
      line.replaceWith(back);
      back.querySelector("button").focus();
      say(t("%(title)s is back", { title }));
    })));
    return line;
  }

  async function removeAll() {
    const listed = await store.list("");
    const whole = (await Promise.all(listed.map(({ id }) => store.load(id)))).filter(Boolean);
    await store.clear();
    const undo = button(t("Undo"), "", () => attempt(async () => {
      for (const conversation of whole.toReversed()) await store.restore(conversation);
      whole.forEach(({ id }) => undoable.delete(id));
      await list();
    }));
    const byId = new Map(whole.map((conversation) => [conversation.id, conversation]));
    listed.filter(({ id }) => byId.has(id)).forEach((conversation) => undoable.set(conversation.id, { whole: byId.get(conversation.id), conversation }));
    $("#conversations .list").replaceChildren(element("p", { className: "gone", textContent: `${t("Deleted: %(title)s", { title: conversationsIn(whole.length) })}. ` }, undo));
    undo.focus();
    say(t("All conversations are deleted"));
  }

  async function list() {
    const words = $("#conversations input[type=search]").value.trim();
    await written();
    const conversations = await store.list(words);
    // Among all that are listed stand those that can be brought back.
    const gone = words ? [] : [...undoable.values()].map((each) => each.conversation);
    const ids = new Set(gone.map(({ id }) => id));
    const shown = [...conversations, ...gone].sort((first, second) => second.changed - first.changed);
    const line = (conversation) => (ids.has(conversation.id) ? goneRow(conversation) : row(conversation));
    const groups = Map.groupBy ? Map.groupBy(shown, ({ changed }) => dayOf(changed)) : grouped(shown);
    const parts = [...groups].flatMap(([day, group]) => [element("h3", { textContent: day }), element("ul", {}, ...group.map(line))]);
    const nothing = words ? t("No conversation holds “%(words)s”.", { words }) : t("No conversation is kept yet. What you ask will be.");
    $("#conversations .list").replaceChildren(...(parts.length ? parts : [element("p", { className: "none", textContent: nothing })]));
    if (words) say(conversationsIn(conversations.length));
    const full = store.isFull() ? ` ${t("The browser's room for this page was used up: the oldest were deleted.")}` : "";
    $("#conversations .where").textContent = t(KEPT_WHERE[store.place], { days: tn("%(count)s day", "%(count)s days", store.days) }) + full;
    $("#conversations [data-clear]").hidden = conversations.length === 0;
  }

  function grouped(conversations) {
    const groups = new Map();
    conversations.forEach((each) => groups.set(dayOf(each.changed), [...(groups.get(dayOf(each.changed)) ?? []), each]));
    return groups;
  }

  function open() {
    $("#conversations input[type=search]").value = "";
    drawer().showModal();
    attempt(list);
  }

  // The conversation that is shown was deleted: what is asked next begins another.
  function closed() {
    const gone = undoable.has(openId());
    undoable.clear();
    if (gone) show(null);
    else $("#open-history")?.focus();
  }

  // The last conversation is one press away from an empty page.
  async function offerLast() {
    const [last] = await store.list("").catch(() => []);
    const line = $("#live .welcome .last");
    if (!last || !line) return;
    const opener = line.querySelector("button");
    opener.textContent = last.title;
    opener.addEventListener("click", () => show(last.id));
    line.hidden = false;
  }

  function start() {
    if (!drawer() || !$("#open-history") || !$("#live")) return void requestAnimationFrame(start);
    if (store.place === "off") $("#open-history").hidden = true;
    $("#open-history").addEventListener("click", open);
    drawer().addEventListener("close", closed);
    drawer().addEventListener("click", (event) => {
      // Beside the drawer is its own backdrop.
      if (event.target === drawer() || event.target.closest("[data-close]")) drawer().close();
      else if (event.target.closest("[data-clear]")) attempt(removeAll);
    });
    drawer().addEventListener("input", (event) => {
      if (event.target.type !== "search") return;
      clearTimeout(typing);
      typing = setTimeout(() => attempt(list), 150);
    });
    if (!store.recall("open")) offerLast();
  }
  start();
})();
