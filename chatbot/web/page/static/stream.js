// Mends a race of Gradio's client: the server ends the stream of events when all that it knows of are done, while the
// page has just sent another one, whose results nobody then reads. Here Gradio's client is never told of that end: the
// stream is continued as soon as the page waits for something. It also tells questions.js when a question has been
// answered, or was not taken.
(() => {
  "use strict";
  const before = window.fetch;
  const awaited = new Map(); // The events that are not done, by their id, and whether each is a question.
  const doneEarly = new Set(); // Done before the answer to their own request was read.
  let wake = () => {}; // Goes on with the stream that the server has ended.

  const announce = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  window.fetch = async (...given) => {
    const { pathname } = new URL(given[0].url ?? given[0], document.baseURI);
    if (pathname.endsWith("/gradio_api/queue/join")) return join(given);
    if (!pathname.endsWith("/gradio_api/queue/data")) return before(...given);
    const again = given[0] instanceof Request ? () => before(given[0].clone(), given[1]) : () => before(...given);
    const reply = await again();
    if (!reply.ok || !reply.body) return reply;
    return new Response(continued(reply, again), { status: reply.status, headers: reply.headers });
  };

  async function join(given) {
    const question = isQuestion(given[1]?.body);
    try {
      const reply = await before(...given);
      const answer = await reply.clone().json().catch(() => ({}));
      if (reply.ok && !doneEarly.delete(answer.event_id)) {
        awaited.set(answer.event_id, question);
        wake();
      } else if (question) announce("questionended");
      announce("joined", { refused: reply.ok || reply.status === 401 ? "" : String(answer.detail ?? "") });
      return reply;
    } catch (error) {
      if (question) announce("questionended");
      throw error;
    }
  }

  // Of the page's events a question alone sends four values, the typed text first.
  function isQuestion(body) {
    try {
      const { data } = JSON.parse(body);
      return data.length === 4 && typeof data[0] === "string";
    } catch {
      return false;
    }
  }

  function done(id) {
    if (!awaited.has(id)) return void doneEarly.add(id);
    if (awaited.get(id)) announce("questionended");
    awaited.delete(id);
  }

  const encoder = new TextEncoder();

  function continued(first, again) {
    let cancelled = false;
    return new ReadableStream({
      async start(out) {
        let reply = first;
        try {
          while (reply.ok && reply.body && !cancelled) {
            if (!(await passOn(reply.body, out))) break;
            while (awaited.size === 0 && !cancelled) await new Promise((resolve) => (wake = resolve));
            if (!cancelled) reply = await again();
          }
          if (awaited.size > 0) forget();
          out.close();
        } catch (error) {
          forget();
          if (!cancelled) out.error(error);
        }
      },
      cancel() {
        cancelled = true;
        wake();
      },
    });
  }

  // Passes all messages on but the one that closes the stream; whether that one came.
  async function passOn(body, out) {
    let rest = "";
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done: ended, value } = await reader.read();
      if (ended) return false;
      const messages = (rest + value).split("\n\n");
      rest = messages.pop();
      for (const message of messages) {
        const sent = read(message);
        if (sent.msg === "close_stream") return true;
        out.enqueue(encoder.encode(`${message}\n\n`));
        if (sent.msg === "process_completed") done(sent.event_id);
      }
    }
  }

  function read(message) {
    try {
      return JSON.parse(message.replace(/^data: ?/, ""));
    } catch {
      return {};
    }
  }

  // The connection broke: Gradio tells the reader, and nothing is waited for any more.
  function forget() {
    const questions = [...awaited.values()].some(Boolean);
    awaited.clear();
    if (questions) announce("questionended");
  }
})();
