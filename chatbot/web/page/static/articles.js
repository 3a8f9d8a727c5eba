// The Articles view: the list follows what is searched for, and an editor's files, addresses and texts are sent one after
// the other while it is told how far they are. What is shown of them is text; the list itself is the server's HTML.
(() => {
  "use strict";
  if (document.documentElement.matches(".embedded")) return;
  const { Refusal, estimating, far, send } = window.sending;
  const $ = (selector) => document.querySelector(selector);
  const $$ = (selector) => [...document.querySelectorAll(selector)];
  const OUTCOMES = { added: "Added", updated: "Updated", unchanged: "Unchanged", duplicates: "Duplicates", refused: "Refused" };
  const ASCENDING = ["title", "source"];
  const ADDRESSES_AT_A_TIME = 20;
  const MOST_NAMED = 50;
  const REFUSED = [400, 413, 415]; // Of what was sent itself; other answers would be given to the next file, too.
  const wanted = { words: "", source: "", order: "date", descending: true, page: 0 };
  let refocus = ""; // What had the focus in the list that is being replaced.
  let draft = ""; // The words as they are typed, perhaps not searched for yet.
  let again = null; // The words that were asked for once more.
  let typing; // The timer of words that are being typed.
  let files = []; // Those still to be sent.
  let working = false;
  let current = ""; // The name of the run that is at work, by which it can be stopped.
  let stopping = false;

  const tell = (name, values) => {
    $("#listed .listed").dispatchEvent(new CustomEvent("tell", { bubbles: true, detail: { name, said: values } }));
  };
  const browse = () => tell("apply", wanted);
  const follow = (opening) => tell("expand", { ...wanted, opening, chosen: window.chosen() });

  function element(name, text, ...inside) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    made.append(...inside);
    return made;
  }

  const shown = () => document.documentElement.dataset.view === "articles";
  const open = () => shown() && follow(!$("#adding .adding"));

  // The list.
  function search() {
    clearTimeout(typing);
    const form = $("#browse");
    const [words, source] = [form.elements.words.value, form.elements.source.value];
    if (words === wanted.words && source === wanted.source) return;
    Object.assign(wanted, { words, source, page: 0 });
    browse();
  }

  function sort(button) {
    const { order } = button.dataset;
    const descending = order === wanted.order ? !wanted.descending : !ASCENDING.includes(order);
    Object.assign(wanted, { order, descending, page: 0 });
    refocus = `[data-order="${order}"]`;
    browse();
  }

  function turn(button) {
    wanted.page = Number(button.dataset.turnTo);
    refocus = `.pager .${button.className}:enabled, .pager button:enabled`;
    browse();
    $("#article-list").scrollIntoView();
  }

  function relisted() {
    if (refocus && document.activeElement === document.body) $(`#listed :is(${refocus})`)?.focus();
    refocus = "";
    // An answer to what was asked before may come last: the words that are typed now are asked for once more.
    const { words } = $("#listed .listed")?.dataset ?? {};
    if (words !== undefined && words !== wanted.words && again !== wanted.words) {
      again = wanted.words;
      browse();
    } else if (words === wanted.words) again = null;
    const count = $("#listed .count")?.textContent ?? "";
    if ($("#found").textContent !== count) $("#found").textContent = count;
  }

  // The choice of a source is made anew with the sources of now: what was chosen and typed stays.
  function rebarred() {
    const form = $("#browse");
    if (!form) return;
    form.elements.words.value = draft;
    form.elements.source.value = wanted.source;
    if (form.elements.source.value !== wanted.source) form.elements.source.value = "";
  }

  // What an editor adds.
  const progress = (text, part) => {
    const place = $("#adding .progress");
    if (!text) {
      place.replaceChildren();
      return;
    }
    // Made once: a button that is replaced under the pointer is not pressed.
    if (!place.children.length) {
      const stop = element("button", t("Stop"));
      stop.type = "button";
      stop.className = "stop";
      stop.addEventListener("click", stopRun);
      place.append(element("p"), element("progress"), stop);
      place.children[1].ariaLabel = t("Done so far");
    }
    place.children[0].textContent = text;
    if (part !== undefined) place.children[1].value = part;
    else place.children[1].removeAttribute("value");
  };

  // The run ends at its next passage, and its last line says so.
  function stopRun() {
    stopping = true;
    $("#adding .stop").replaceChildren(t("Stopping…"));
    $("#adding .stop").disabled = true;
    fetch(`api/articles/stop?run=${current}`, { method: "POST" }).catch(() => {});
  }

  const nothing = () => Object.fromEntries(Object.keys(OUTCOMES).map((name) => [name, []]));
  const add = (run, report) => Object.keys(run).forEach((name) => run[name].push(...report[name]));

  // A run of steps of which each may fail; `labelOf` gives the words for the step at work.
  async function work(steps, labelOf) {
    const run = nothing();
    let problem = null;
    working = true;
    stopping = false;
    $("#adding .outcome").replaceChildren();
    for (let n = 0; n < steps.length && problem === null; n += 1) {
      const step = steps[n];
      const estimate = estimating();
      const showAdded = ({ kept: added, waiting, passages }) => {
        const so = added > 1 ? ` · ${t("%(count)s articles so far", { count: number(added) })}` : "";
        const part = passages?.total ? passages.done / passages.total : 0;
        // While nobody knows how far one thing is, the bar moves by itself.
        const whole = n + part ? (n + part) / steps.length : undefined;
        progress((waiting && t(waiting)) ?? `${labelOf(n, steps.length)}${so}${passages ? far(passages, estimate(passages)) : ""}`, whole);
      };
      current = [...crypto.getRandomValues(new Uint32Array(4))].join("-");
      showAdded({});
      try {
        await step.check?.();
        const last = await send(`${step.path}${step.path.includes("?") ? "&" : "?"}run=${current}`, step.body(), step.type, (line) => {
          if (line.done) step.done?.(line.done);
          showAdded(line);
        });
        add(run, last.report);
        if (last.error) problem = new Refusal(503, last.error);
        else if (stopping && n + 1 < steps.length) problem = new Refusal(503, t("It was stopped. The rest is still there."));
        else step.over?.(last.report);
      } catch (refusal) {
        if (step.name && REFUSED.includes(refusal.status)) {
          run.refused.push({ name: step.name, reason: refusal.message.replace(`${step.name}: `, "") });
          step.over?.(null);
        } else problem = refusal;
      }
    }
    working = false;
    progress("");
    tellOutcome(run, problem);
    follow(false);
    return problem === null;
  }

  function tellOutcome(run, problem) {
    const place = $("#adding .outcome");
    const rows = Object.entries(OUTCOMES).filter(([name]) => run[name].length).map(([name, called]) => {
      const row = element("tr", "", element("th", t(called)), element("td", number(run[name].length)));
      row.className = name;
      row.firstChild.scope = "row";
      row.append(element("td", "", listed(run[name])));
      return row;
    });
    const table = element("table", "", element("caption", t("What became of it")), element("tbody", "", ...rows));
    place.replaceChildren();
    if (problem) place.append(problemLine(problem));
    if (rows.length) place.append(table);
    else if (!problem) place.append(element("p", t("Nothing there is new.")));
    place.append(dismissal());
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "nearest" });
  }

  function dismissal() {
    const button = Object.assign(element("button", t("Dismiss")), { type: "button", className: "dismiss" });
    button.dataset.dismiss = "";
    return button;
  }

  function listed(items) {
    const named = items.slice(0, MOST_NAMED).map((item) => {
      const line = element("li", item.name ? `${item.name}: ${item.reason}` : item);
      line.dir = "auto";
      return line;
    });
    if (items.length > MOST_NAMED) named.push(element("li", t("and %(count)s more", { count: items.length - MOST_NAMED })));
    return Object.assign(element("ul", "", ...named), { tabIndex: 0 }); // It may scroll, also by keyboard.
  }

  // What stopped a run, with the way on; whatever was not added is still there.
  function problemLine(problem) {
    const line = element("p", problem.message);
    line.className = "problem";
    line.setAttribute("role", "alert");
    if (problem.status === 401) {
      const link = element("a", t("Log in"));
      Object.assign(link, { href: "login?next=/login", target: "_blank", rel: "noopener" });
      line.append(" ", link);
    }
    if (files.length) {
      const again = element("button", files.length === 1 ? t("Send %(name)s again", { name: files[0].name }) : t("Send the other %(count)s files", { count: files.length }));
      again.dataset.again = "";
      line.append(" ", again);
    }
    return line;
  }

  function addFiles(given) {
    files.push(...given);
    if (!working && files.length) sendFiles();
  }

  // Of a folder what can be read; two files of one name in it are told apart by their folders.
  function inFolder(given) {
    const kinds = $('.drop [name="files"]').accept.split(",");
    const readable = [...given].filter(({ name }) => kinds.some((kind) => name.toLowerCase().endsWith(kind)));
    return readable.map((file) => new File([file], file.webkitRelativePath.replaceAll("/", " - "), { type: file.type }));
  }

  const addSamples = () => work([{ path: "samples", type: "application/json", body: () => "{}" }], () => t("Reading the sample articles"));

  async function sendFiles() {
    const sending = [...files];
    const steps = sending.map((file) => ({
      name: file.name,
      path: `file?name=${encodeURIComponent(file.name.toWellFormed?.() ?? file.name)}`,
      type: "application/octet-stream",
      body: () => file,
      check: () => check(file),
      over: () => files.splice(files.indexOf(file), 1),
    }));
    const whole = await work(steps, (n, of) => of > 1
      ? t("File %(number)s of %(last)s: %(name)s", { number: n + 1, last: of, name: sending[n].name })
      : t("Reading %(name)s", { name: sending[n].name }));
    if (whole && files.length) sendFiles(); // Dropped meanwhile.
  }

  // What the server would refuse, or not even get.
  async function check(file) {
    const { limitMb, limit, archiveMb, archive } = $("#adding .adding").dataset;
    const [most, variable] = file.name.toLowerCase().endsWith(".zip") ? [archiveMb, archive] : [limitMb, limit];
    if (file.size > most * 1e6) throw new Refusal(413, t("it has more than %(most)s MB (%(variable)s sets another limit).", { most, variable }));
    const readable = await file.slice(0, 1).arrayBuffer().catch(() => null);
    if (readable === null) throw new Refusal(415, t("it is a folder, or cannot be read. Drop the files in it, or a .zip of them."));
  }

  async function addAddresses(form) {
    const lines = form.elements.urls.value.split("\n").map((line) => line.trim()).filter(Boolean);
    const steps = [];
    const refused = [];
    let left = [...lines];
    for (let at = 0; at < lines.length; at += ADDRESSES_AT_A_TIME) {
      const urls = lines.slice(at, at + ADDRESSES_AT_A_TIME);
      steps.push({
        path: "urls",
        type: "application/json",
        body: () => JSON.stringify({ urls }),
        done: (count) => (left = lines.slice(at + count)),
        over: (report) => refused.push(...urls.filter((url) => report?.refused.some(({ name }) => [url, `'${url}'`].includes(name)))),
      });
    }
    const at = () => lines.length - left.length;
    await work(steps, () => t("Address %(number)s of %(last)s: %(name)s", { number: Math.min(at() + 1, lines.length), last: lines.length, name: left[0] ?? "" }));
    form.elements.urls.value = [...refused, ...left].join("\n");
  }

  async function addText(form) {
    const known = ["title", "source", "date", "text"].map((name) => [name, form.elements[name].value.trim()]);
    const body = () => JSON.stringify(Object.fromEntries(known.filter(([, value]) => value)));
    const over = (report) => report?.refused.length || form.reset();
    await work([{ path: "text", type: "application/json", body, over }], () => t("Reading the text"));
  }

  // What another script of this view did: its words, or what went wrong.
  function tellDone(...nodes) {
    const place = $("#adding .outcome");
    place.replaceChildren(...nodes, dismissal());
    place.focus({ preventScroll: true });
    follow(false);
  }
  window.articleList = { tellDone, problemLine, element, progress, follow };

  const mine = (event) => event.target.closest("#article-list");

  document.addEventListener("input", (event) => {
    if (!event.target.closest("#browse")) return;
    clearTimeout(typing);
    if (event.target.name === "words") draft = event.target.value;
    typing = setTimeout(search, event.target.name === "words" ? 250 : 0);
  });
  document.addEventListener("change", (event) => {
    if (event.target.name !== "files" || !mine(event)) return;
    addFiles(event.target.webkitdirectory ? inFolder(event.target.files) : event.target.files);
    event.target.value = "";
  });
  document.addEventListener("submit", (event) => {
    const form = mine(event) && event.target;
    if (!form || form.method === "dialog") return;
    event.preventDefault();
    if (form.id === "browse") search();
    else if (!working && form.matches(".urls") && form.elements.urls.value.trim()) addAddresses(form);
    else if (!working && form.matches(".text")) addText(form);
  });
  document.addEventListener("click", (event) => {
    const button = mine(event) && event.target.closest("button");
    if (!button) return;
    if ("order" in button.dataset) sort(button);
    else if ("turnTo" in button.dataset) turn(button);
    else if ("dismiss" in button.dataset) $("#adding .outcome").replaceChildren();
    else if ("samples" in button.dataset && !working) addSamples();
    else if ("again" in button.dataset) sendFiles();
  });

  // Files may be dropped anywhere in the view; elsewhere the browser would leave the page for them.
  const dropping = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!dropping(event)) return;
    event.preventDefault();
    $(".adding")?.toggleAttribute("data-over", Boolean(mine(event)));
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || $(".adding")?.removeAttribute("data-over"));
  document.addEventListener("drop", (event) => {
    if (!dropping(event)) return;
    event.preventDefault();
    $(".adding")?.removeAttribute("data-over");
    if (!mine(event) || !$(".adding")) return;
    $('.adding [value="files"]').checked = true;
    addFiles(event.dataTransfer.files);
  });

  function start() {
    if (!$("#listed .listed") || !$(".views") || !window.chosen || !$("#panel")) return void requestAnimationFrame(start);
    const status = element("p");
    Object.assign(status, { id: "found", className: "aloud" });
    status.setAttribute("role", "status");
    $("#article-list").append(status);
    new MutationObserver(relisted).observe($("#listed"), { childList: true, subtree: true, characterData: true });
    new MutationObserver(rebarred).observe($("#bar"), { childList: true, subtree: true });
    document.addEventListener("viewed", ({ detail }) => detail.view !== detail.before && open());
    open();
  }
  start();
})();
