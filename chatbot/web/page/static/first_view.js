// Swaps the first view that the server sent for the page once all its parts stand: what Gradio puts in piece by piece would
// move under the reader's eyes. It is the first of the page's scripts, so that the others find the page shown.
(() => {
  "use strict";
  const PARTS = ["#views", "#fresh", "#live", "#passages", "#question textarea", "#ask", "#panel", "#scope", "#listed", "#narrow"];
  const root = document.documentElement;
  const $ = (selector) => document.querySelector(selector);
  // The page's styles come twice, the second time behind Gradio's.
  const styled = () => [...document.querySelectorAll('link[href*="styles.css"]')].filter((link) => link.sheet).length > 1;
  const theme = new URLSearchParams(location.search).get("__theme");

  // Its parts are its own: whoever looks for a part of the page finds that of the page alone.
  class FirstView extends HTMLElement {
    #internals = this.attachInternals();
    get typed() {
      return this.#internals.shadowRoot?.querySelector("textarea").value;
    }
  }
  customElements.define("first-view", FirstView);

  // What was typed meanwhile is in the box, and is asked where Enter was pressed.
  let entered = false;
  function press(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.id !== "first-view") return;
    event.preventDefault();
    entered = true;
  }

  function carry(typed) {
    const box = $("#question textarea");
    if (!typed || box.value) return;
    box.value = typed;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    if (entered) setTimeout(() => $("#ask").click());
  }

  function start() {
    if (!PARTS.every($) || !styled()) return void requestAnimationFrame(start);
    if ($("#account")) $("#menu").append($("#account").content);
    root.classList.add("ready");
    root.style.colorScheme = "";
    document.removeEventListener("keydown", press);
    const first = $("#first-view");
    const typed = first?.typed;
    first?.remove();
    carry(typed);
  }
  // Gradio says only later which colours it takes.
  if (/^(light|dark)$/.test(theme)) root.style.colorScheme = theme;
  root.dataset.first = location.hash.slice(1).split("?")[0];
  document.addEventListener("keydown", press);
  start();
})();
