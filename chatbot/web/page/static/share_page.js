// The page of one shared answer: copies its link and its line for other pages, and prints it.
(() => {
  "use strict";
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("button");
    if (button?.matches("[data-print]")) window.print();
    if (!button?.dataset.copy) return;
    const label = button.textContent;
    const done = await window.copyText(button.dataset.copy).then(() => t("Copied"), () => t("Select and copy it"));
    button.textContent = done;
    setTimeout(() => (button.textContent = label), 1600);
  });
})();
