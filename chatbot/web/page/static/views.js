// Shows one of the page's views, which the address names: #articles, or #board with what is shown of it; else the chat.
// Each change is told by the event "viewed".
(() => {
  "use strict";
  if (document.documentElement.matches(".embedded")) return;
  const named = (hash) => (["articles", "board"].includes(hash) ? hash : "chat");
  const viewOf = (hash) => named(hash.slice(1).split("?")[0]);

  function show() {
    const [view, before] = [viewOf(location.hash), document.documentElement.dataset.view];
    document.documentElement.dataset.view = view;
    document.querySelectorAll(".views a").forEach((link) => {
      if (viewOf(link.hash) === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    document.dispatchEvent(new CustomEvent("viewed", { detail: { view, before } }));
    if (view === "chat" && before && before !== "chat") document.querySelector("#question textarea").focus();
  }

  function start() {
    if (!document.querySelector(".views")) return void requestAnimationFrame(start);
    window.addEventListener("hashchange", show);
    show();
  }
  start();
})();
