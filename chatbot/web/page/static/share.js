// Shares one answer: the server keeps it as it stands, and gives the link to it.
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const dialog = () => $("#sharing");
  let record = ""; // Of the answer that the dialog is about.
  let opener = null;

  const say = (text) => (dialog().querySelector("[role=status]").textContent = text);

  async function send(path) {
    const body = JSON.stringify({ record });
    const headers = { "Content-Type": "application/json" };
    const reply = await fetch(path, { method: "POST", headers, body }).catch(() => null);
    if (!reply) throw new Error(t("The server does not answer."));
    const answer = await reply.json().catch(() => ({}));
    if (!reply.ok) throw new Error(typeof answer.detail === "string" ? answer.detail : t("The server answered %(status)s.", { status: reply.status }));
    return answer;
  }

  async function attempt(work) {
    dialog().querySelector(".problem").textContent = "";
    try {
      await work();
    } catch (error) {
      dialog().querySelector(".problem").textContent = t("The answer is not shared. %(reason)s", { reason: error.message });
    }
  }

  function fill(address, title) {
    const line = document.createElement("iframe");
    Object.assign(line, { src: `${address}?embed=1`, title, width: "640", height: "480" });
    dialog().querySelector("[name=address]").value = address;
    dialog().querySelector("[name=line]").value = line.outerHTML;
    dialog().querySelector("[data-open]").href = address;
    dialog().querySelector("[data-markdown]").href = `${address}.md`;
    dialog().querySelector(".link").hidden = false;
    dialog().querySelector("[name=address]").select();
  }

  function share(button) {
    const turn = button.closest(".turn");
    [opener, record] = [button, window.conversationHistory.recordOf(Number(turn.dataset.turn))];
    dialog().querySelector(".link").hidden = true;
    say("");
    dialog().showModal();
    attempt(async () => {
      const { path } = await send("api/answers");
      fill(new URL(path, document.baseURI).href, turn.querySelector(".q").lastChild.textContent);
    });
  }

  async function copy(button) {
    const field = dialog().querySelector(`[name=${button.dataset.copyOf}]`);
    field.select();
    try {
      await window.copyText(field.value, dialog());
      say(t("Copied"));
    } catch {
      say(t("It is selected: copy it with the keyboard."));
    }
  }

  const remove = () => attempt(async () => {
    await send("api/answers/remove");
    dialog().querySelector(".link").hidden = true;
    say(t("The link is removed. Whoever opens it finds nothing."));
  });

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button, dialog");
    if (!button) return;
    if ("share" in button.dataset) share(button);
    else if (button.dataset.copyOf) copy(button);
    else if (button.matches("#sharing [data-unshare]")) remove();
    else if (button.matches("#sharing [data-close]") || button === dialog()) dialog().close();
  });

  function start() {
    if (!dialog()) return void requestAnimationFrame(start);
    dialog().addEventListener("close", () => opener?.focus());
  }
  start();
})();
