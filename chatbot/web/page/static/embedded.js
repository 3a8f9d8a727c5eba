// What the page does when it stands in another: it shows the chat or the board, greets as it is told to, says how high
// it is and when to close. It speaks to the one origin that its address names, which the browser holds it to, and hears no other.
(() => {
  "use strict";
  const LONGEST = { greeting: 300, question: 2000 };
  const given = new URLSearchParams(location.search);
  const ofBoard = given.get("view") === "board";
  document.documentElement.classList.add("embedded");
  if (ofBoard) document.documentElement.dataset.view = "board";
  if (window.parent === window) return; // Nobody but an allowed page may choose words.

  const host = /^https?:\/\/[^/?#@\s]+$/.test(given.get("host")) ? given.get("host") : null;
  const focus = () => (ofBoard ? document.querySelector("#board.single .opener, #board:not(.single) input") : box())?.focus();
  const box = () => document.querySelector("#question textarea");
  let wanted = false; // The focus was asked for before there was a box.

  const say = (articleChat, more) => host && window.parent.postMessage({ articleChat, ...more }, host);

  window.addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent || origin !== host || data?.articleChat !== "focus") return;
    wanted = true;
    focus();
  });
  // What Escape closes inside the page, chat.js has closed and marked.
  window.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && say("close"));

  function speak(element, lang) {
    if (lang) element.lang = lang;
    element.dir = "auto";
  }

  // Tells the host how far down `element` goes, now and whenever it, or what stands above it, changes its height.
  function measure(element, ...above) {
    const height = () => say("height", { height: Math.ceil(element.getBoundingClientRect().bottom + window.scrollY) });
    const observer = new ResizeObserver(height);
    [element, ...above].forEach((part) => observer.observe(part));
  }

  function startBoard() {
    const board = document.querySelector("#board");
    if (!board) return void requestAnimationFrame(startBoard);
    if (wanted) focus();
    measure(board);
  }

  function start() {
    const [main, lead] = [document.querySelector("#main"), document.querySelector("#live .lead")];
    if (!main || !lead || !box()) return void requestAnimationFrame(start);
    const [greeting, question, lang] = ["greeting", "question", "lang"].map((name) => given.get(name));
    speak(lead, greeting && lang);
    speak(box(), lang);
    if (greeting) lead.textContent = greeting.slice(0, LONGEST.greeting);
    if (question) box().value = question.slice(0, LONGEST.question);
    if (question) box().dispatchEvent(new Event("input", { bubbles: true }));
    if (wanted) box().focus();
    measure(main, document.querySelector("#top"));
  }
  say("hello");
  if (ofBoard) startBoard();
  else start();
})();
