// Puts the chat or the board into another site's page: behind a button in the corner or, where the page has a
// <div data-article-chat>, there. It styles by script, as a strict Content-Security-Policy wants.
(() => {
  "use strict";
  const WORDS = {}; // The server puts the messages of all languages here.
  let script = document.currentScript;
  const chat = new URL("embed", script.src);
  const running = `articleChat ${chat}`;
  // A router that swaps the page's body runs its scripts again.
  if (window[running]) return window[running](script);
  const HELLO_MS = 3000; // For a frame to greet.
  const SWAP_MS = 50; // For a router to have put all in place.
  const STYLE = `
  :host { all: initial; font: 15px/1.5 system-ui, sans-serif; }
  button { border: 0; border-radius: 99px; background: #1f5fae; font: inherit; cursor: pointer; }
  button, header { font-weight: 600; }
  button:focus-visible { outline: 3px solid; outline-offset: -5px; }
  .corner { display: contents; }
  .open { position: fixed; z-index: 2147483000; right: 20px; bottom: 20px; padding: 12px 20px; }
  dialog { position: fixed; z-index: 2147483001; inset: auto 20px 78px auto; width: 400px;
    height: min(640px, 100dvh - 98px); margin: 0; overflow: hidden; padding: 0; background: Canvas; box-shadow: 0 6px 30px #0005; }
  dialog[open] { display: flex; flex-direction: column; }
  header { display: flex; align-items: center; justify-content: space-between; padding: 6px 8px 6px 16px; }
  header button { width: 34px; height: 34px; font-size: 20px; }
  a { flex: 1; display: grid; place-content: center; min-height: 9em; padding: 24px; background: Canvas; text-align: center; }
  a + iframe { display: none; }
  iframe { flex: 1; display: block; width: 100%; border: 0; }
  .left .open { right: auto; left: 20px; }
  .left dialog { inset: auto auto 78px 20px; }
  dialog, .flow :is(a, iframe) { box-sizing: border-box; border: 1px solid #8888; border-radius: 12px; }
  .flow iframe { height: 420px; }
  @media (max-width: 600px) {
    .corner dialog { inset: 0; width: 100%; max-width: none; height: 100%; max-height: none; border-radius: 0; }
  }`;
  const options = (place) => {
    const own = { lang: document.documentElement.lang, ...script.dataset, ...place?.dataset };
    const t = wordsOf(own.lang);
    return { title: own.view ? t("Who holds what") : t("Ask the articles"), close: t("Close"), ...own };
  };
  const wordsOf = (lang) => {
    const code = (lang || "en").toLowerCase().split("-")[0];
    return (text) => WORDS[code]?.[text] || text;
  };
  const make = (name, properties) => Object.assign(document.createElement(name), properties);

  // A root of its own keeps the page's styles out, ours in.
  function root(place, className) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    const shadow = place.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    return shadow.appendChild(make("div", { className }));
  }

  function makeFrame({ title, greeting, question, lang, theme, view, place }, heard) {
    const address = new URL(chat);
    const values = { host: location.origin, greeting, question, lang, view, place, __theme: theme === "auto" ? "" : theme };
    Object.entries(values).forEach(([name, value]) => value && address.searchParams.set(name, value));
    const frame = make("iframe", { src: address, title, allow: "clipboard-write" });
    let known = false;
    window.addEventListener("message", ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== chat.origin) return;
      known ||= data?.articleChat === "hello";
      heard[data?.articleChat]?.(data);
    });
    frame.addEventListener("load", () => setTimeout(() => (known ||= !explain(frame)), HELLO_MS));
    return frame;
  }

  function explain(frame) {
    const t = wordsOf(new URL(frame.src).searchParams.get("lang"));
    frame.before(make("a", { href: new URL(".", chat), target: "_blank", textContent: t("The chat cannot be shown in this page. Open its own page") }));
    console.warn(
      `The chat of ${chat.origin} did not show. Its server may not allow this page: add ${location.origin} to its ` +
        `CHATBOT_EMBED_ORIGINS. A Content-Security-Policy here must name ${chat.origin} in frame-src.`,
    );
  }

  function inFlow(place) {
    const chosen = options(place);
    const most = Number(chosen.height) || 720;
    // What the chat needs, and the border around it.
    const height = (data) => (frame.style.height = `${Math.min(Math.max(Number(data.height) + 2 || 0, 240), most)}px`);
    const frame = makeFrame(chosen, { height });
    root(place, "flow").append(frame);
  }

  function inCorner(chosen) {
    const { title, close, position, color, lang = "", theme } = chosen;
    const opener = make("button", { className: "open", textContent: title, ariaExpanded: "false" });
    const closer = make("button", { textContent: "×", ariaLabel: close });
    const dialog = make("dialog", { ariaLabel: title });
    const header = make("header", { textContent: title });
    let frame;
    const focus = () => {
      frame.focus();
      frame.contentWindow.postMessage({ articleChat: "focus" }, chat.origin);
    };
    const shut = () => dialog.close();
    const open = () => {
      if (matchMedia("(max-width: 600px)").matches) dialog.showModal();
      else dialog.show();
      opener.ariaExpanded = "true";
      if (frame) return focus();
      dialog.append((frame = makeFrame(chosen, { hello: () => dialog.open && focus(), close: shut })));
    };
    opener.addEventListener("click", () => (dialog.open ? shut() : open()));
    closer.addEventListener("click", shut);
    dialog.addEventListener("keydown", (event) => event.key === "Escape" && shut());
    dialog.addEventListener("close", () => {
      opener.ariaExpanded = "false";
      opener.focus();
    });
    header.append(closer);
    dialog.append(header);
    dialog.style.colorScheme = /^(light|dark)$/.test(theme) ? theme : "light dark";
    // Not in the body, with which routers would take it away.
    const place = document.documentElement.appendChild(make("div", { lang }));
    place.style.display = "contents";
    root(place, `corner ${position}`).append(opener, dialog);
    paint([opener, header, closer], color);
    return { place, dialog, open };
  }

  // The colour, black or white on it.
  function paint(elements, color = "") {
    elements[0].style.background = color;
    const background = getComputedStyle(elements[0]).backgroundColor;
    const [red, green, blue] = background.match(/[\d.]+/g).map((part) => (part / 255) ** 2.2);
    const ink = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000" : "#fff";
    elements.forEach((element) => Object.assign(element.style, { background, color: ink }));
  }

  let corner; // The one that is shown, or was on another page, and what it was made of.
  let inBody;
  let due;
  const stands = () => !inBody || [...document.scripts].some(({ src }) => src === script.src);

  // What the page asks for now: a router may have swapped any part of it.
  function follow() {
    due = 0;
    const places = [...document.querySelectorAll("[data-article-chat]")];
    places.filter((place) => !place.shadowRoot).forEach(inFlow);
    if (places.length || !stands()) return corner?.place.remove();
    const chosen = options();
    const made = JSON.stringify(chosen);
    const { dialog, place } = corner ?? {};
    if (corner?.made !== made) {
      place?.remove();
      corner = { ...inCorner(chosen), made };
      if (dialog?.open) corner.open();
    } else if (!place.isConnected) document.documentElement.append(place);
  }

  function start() {
    follow();
    const later = () => (due ||= setTimeout(follow, SWAP_MS));
    new MutationObserver(later).observe(document, { childList: true, subtree: true });
  }

  (window[running] = (other) => {
    script = other;
    inBody = script.closest("body");
    if (corner) follow();
  })(script);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
