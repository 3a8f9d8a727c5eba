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

  // Sends one thing and hands on each line of the answer; the last one is returned.
  async function send(path, body, type, hear) {
    let reply;
    try {
      reply = await fetch(`api/articles/${path}`, { method: "POST", body, headers: { "Content-Type": type } });
    } catch {
      throw new Refusal(0, "It could not be sent: the connection broke off, or the file changed meanwhile.");
    }
    if (!reply.ok) {
      const { detail } = await reply.json().catch(() => ({}));
      throw new Refusal(reply.status, typeof detail === "string" ? detail : `The server answered ${reply.status}.`);
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
    if (!last?.report) throw new Refusal(0, "The connection broke off. What was added so far is listed below.");
    return last;
  }

  window.sending = { Refusal, send };
})();
