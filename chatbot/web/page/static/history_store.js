// Keeps conversations: in this browser, on the server with the reader's account, or, where keeping is off, in this tab
// alone. Which of them, for how many days and for whom stands in the page's <meta name="history">.
(() => {
  "use strict";
  const { place = "off", days = "90", owner = "" } = document.querySelector('meta[name="history"]')?.dataset ?? {};
  const DAY = 86_400_000;
  const UNDONE = t("It was deleted meanwhile.");
  const base = new URL(".", document.baseURI);
  // Two chats on one host, and two readers at one browser, see nothing of each other.
  const prefix = `articles ${base.pathname} ${owner} `;

  // A browser may refuse its storage to a page in a frame: then this page alone keeps what is said.
  function storageOf(name) {
    try {
      const storage = window[name];
      storage.getItem("");
      return storage;
    } catch {
      return null;
    }
  }

  function memory() {
    const items = new Map();
    return {
      getItem: (key) => items.get(key) ?? null, setItem: (key, value) => items.set(key, value),
      removeItem: (key) => items.delete(key), keys: () => [...items.keys()],
    };
  }

  const tab = storageOf("sessionStorage") ?? memory();
  const storage = place === "off" ? tab : (storageOf("localStorage") ?? memory());
  const read = (id) => JSON.parse(storage.getItem(`${prefix}of ${id}`) ?? "null");
  const keys = () => (storage.keys ? storage.keys() : Object.keys(storage)).filter((key) => key.startsWith(`${prefix}of `));
  const newestFirst = (conversations) => conversations.sort((conversation, other) => other.changed - conversation.changed);
  const all = () => newestFirst(keys().map((key) => JSON.parse(storage.getItem(key))));
  const textOf = ({ title, turns }) => [title, ...turns.map((turn) => `${turn.question} ${turn.text}`)].join(" ").toLowerCase();
  const titleOf = (text) => text.replace(/\s+/g, " ").trim().slice(0, 200);
  let full = false; // Older conversations had to make room.

  function write(conversation) {
    for (;;) {
      try {
        return void storage.setItem(`${prefix}of ${conversation.id}`, JSON.stringify(conversation));
      } catch (error) {
        const oldest = all().filter(({ id }) => id !== conversation.id).at(-1);
        if (!oldest) throw error;
        storage.removeItem(`${prefix}of ${oldest.id}`);
        full = true;
      }
    }
  }

  // What another page has written in this turn's place is not written over.
  const mayReplace = (known, turn) => !known || known.key === turn.key || known.key === turn.replaces;

  const here = {
    async list(words) {
      all().filter(({ changed }) => changed < Date.now() - days * DAY).forEach(({ id }) => storage.removeItem(`${prefix}of ${id}`));
      const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
      const meant = all().filter((conversation) => wanted.every((word) => textOf(conversation).includes(word)));
      return meant.map(({ id, title, changed, turns }) => ({ id, title, changed, count: turns.length }));
    },
    load: async (id) => read(id),
    async put(id, number, turn) {
      const known = read(id) ?? { id, title: titleOf(turn.question), turns: [] };
      if (number > known.turns.length || !mayReplace(known.turns[number], turn)) return false;
      write({ ...known, changed: Date.now(), turns: [...known.turns.slice(0, number), turn] });
      return true;
    },
    async rename(id, title) {
      const known = read(id);
      if (!known) throw new Error(UNDONE);
      write({ ...known, title: titleOf(title) || known.title });
    },
    remove: async (id) => storage.removeItem(`${prefix}of ${id}`),
    clear: async () => keys().forEach((key) => storage.removeItem(key)),
    restore: async (conversation) => write(conversation),
  };

  async function ask(method, path, body) {
    const headers = body ? { "Content-Type": "application/json" } : {};
    const reply = await fetch(new URL(`api/history${path}`, base), { method, headers, body: body && JSON.stringify(body) });
    if (reply.ok) return reply.json();
    const { detail } = await reply.json().catch(() => ({}));
    throw Object.assign(new Error(detail ?? t("The server answered %(status)s.", { status: reply.status })), { status: reply.status });
  }

  const account = {
    list: async (words) => (await ask("GET", `?${new URLSearchParams({ words })}`)).conversations,
    load: (id) => ask("GET", `/${id}`).catch((error) => (error.status === 409 ? null : Promise.reject(error))),
    put: (id, number, turn) =>
      ask("PUT", `/${id}/${number}`, turn).then(() => true, (error) => (error.status === 409 ? false : Promise.reject(error))),
    rename: (id, title) => ask("PATCH", `/${id}`, { title }),
    remove: (id) => ask("DELETE", `/${id}`),
    clear: () => ask("DELETE", ""),
    async restore({ id, title, turns }) {
      for (const [number, turn] of turns.entries()) await account.put(id, number, turn);
      await account.rename(id, title);
    },
  };

  window.historyStore = {
    ...(place === "account" ? account : here),
    place,
    days: Number(days),
    isFull: () => full,
    // What this tab alone remembers: the conversation that is open, what is typed.
    recall: (name) => tab.getItem(`${prefix}${name}`),
    remember(name, value) {
      try {
        if (value) tab.setItem(`${prefix}${name}`, value);
        else tab.removeItem(`${prefix}${name}`);
      } catch {
        tab.removeItem(`${prefix}${name}`); // The tab's storage is full.
      }
    },
  };
})();
