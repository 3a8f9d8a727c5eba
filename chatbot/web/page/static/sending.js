// Sends an editor's files, addresses and texts to the API, whose answer comes line by line while they are indexed.
(() => {
  "use strict";

  // Why the API took something not, with its status; 0 where there was no answer.
  class Refusal extends Error {
    constructor(status, message) {
      super(message);
      this.status = status;
    }
  }

  // The groups that an editor names in the form, as they stand in an address; none is everybody, or whoever could before.
  function groups() {
    const named = document.querySelector("#adding [name=groups]")?.value.split(",").map((name) => name.trim()) ?? [];
    return named.filter(Boolean).map((name) => `&group=${encodeURIComponent(name)}`).join("");
  }

  // Sends one thing and hands on each line of the answer; the last one is returned.
  async function send(path, body, type, hear) {
    let reply;
    try {
      reply = await fetch(`api/articles/${path}${groups()}`, { method: "POST", body, headers: { "Content-Type": type } });
    } catch {
      throw new Refusal(0, t("It could not be sent: the connection broke off, or the file changed meanwhile."));
    }
    if (!reply.ok) {
      const { detail } = await reply.json().catch(() => ({}));
      throw new Refusal(reply.status, typeof detail === "string" ? detail : t("The server answered %(status)s.", { status: reply.status }));
    }
    let [last, rest] = [null, ""];
    const pieces = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await pieces.read().catch(() => ({ done: true }));
      const lines = `${rest}${value ?? ""}`.split("\n");
      rest = lines.pop();
      lines.filter(Boolean).forEach((line) => hear((last = JSON.parse(line))));
      if (done) break;
    }
    if (!last?.report) throw new Refusal(0, t("The connection broke off. What was added so far is listed below."));
    return last;
  }

  const far = ({ title, done, total }, left) => {
    const counted = { done: number(done), total: number(total) };
    return ` · ${title}: ${total ? t("%(done)s of %(total)s passages", counted) + left : t("cutting it into passages")}`;
  };

  // How long the rest of a long text will take, as fast as it went so far; nothing until that can be told.
  function estimating() {
    let began = null;
    return ({ title, done, total } = {}) => {
      if (!total) return "";
      if (began?.title !== title || done < began.done) began = { title, done, at: Date.now() };
      const seconds = (Date.now() - began.at) / 1000;
      if (seconds < 2 || done === began.done) return "";
      const left = Math.ceil((seconds / (done - began.done)) * (total - done));
      if (left < 60) return ` · ${t("about %(count)s s left", { count: left })}`;
      return ` · ${t("about %(count)s min left", { count: Math.round(left / 60) })}`;
    };
  }

  window.sending = { Refusal, estimating, far, send };
})();
