// Draws the timeline of one place as SVG: a band for each side, over the days on which the reports gave the place to it,
// hatched where that is disputed. The same stands in a table under it; the picture can be kept as SVG and as PNG.
(() => {
  "use strict";
  if (document.documentElement.matches(".embedded:not([data-view])")) return;
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 720;
  const LEFT = 150; // Room for the names.
  const RIGHT = 24;
  const TOP = 34;
  const LANE = 30;
  const FOOT = 44;
  const DAY_MS = 86_400_000;
  // Told apart by the colour-blind, too (Okabe and Ito); each band has its name beside it as well.
  const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
  const NAME_CHARACTERS = 22;
  const PAINTED = "text, line, path"; // What the style sheet gives its colour.
  const FONT = "system-ui, sans-serif";

  function draw(name, attributes = {}, text = "") {
    const made = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    if (text) made.textContent = text;
    return made;
  }

  const short = (name) => (name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS - 1)}…` : name);
  const shortDay = (day) => new Date(`${day}T12:00Z`).toLocaleDateString(pageLocale, { day: "numeric", month: "short", timeZone: "UTC" });
  const days = (from, to) => (new Date(to) - new Date(from)) / DAY_MS;

  // A lane for each side, in the order in which it first held the place; nobody's is the last.
  function lanesOf(bands) {
    const lanes = new Map();
    bands.forEach((band) => band.sides.forEach((side, n) => lanes.has(side) || lanes.set(side, band.controllers[n])));
    if (bands.some((band) => !band.sides.length)) lanes.set(-1, t("not told"));
    return [...lanes].map(([side, name]) => ({ side, name }));
  }

  function hatch(id, colour) {
    const pattern = draw("pattern", { id, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    pattern.append(draw("rect", { width: 7, height: 7, fill: colour, "fill-opacity": 0.25 }), draw("rect", { width: 3, height: 7, fill: colour }));
    return pattern;
  }

  function lane({ side, name }, n, bands, at) {
    const [y, colour] = [TOP + n * LANE, side < 0 ? "#8b9097" : COLOURS[side % COLOURS.length]];
    const group = draw("g");
    group.append(draw("text", { x: LEFT - 12, y: y + 17, "text-anchor": "end", class: "name" }, short(name)));
    group.append(hatch(`hatch-${n}`, colour));
    bands.filter((band) => (side < 0 ? !band.sides.length : band.sides.includes(side))).forEach((band) => {
      const width = Math.max(at(band.to) - at(band.from), 5);
      const fill = band.disputed ? `url(#hatch-${n})` : side < 0 ? "none" : colour;
      group.append(draw("rect", { x: at(band.from), y: y + 4, width, height: LANE - 12, rx: 3, fill, stroke: colour, "stroke-width": 1.5 }));
    });
    return group;
  }

  // The first day, the last, and each between on which something changed, where there is room for it.
  function axis(bands, at, bottom) {
    const group = draw("g");
    const last = bands.at(-1).to;
    let free = -Infinity;
    [...new Set([...bands.map((band) => band.from), last])].forEach((day) => {
      const x = at(day);
      group.append(draw("line", { x1: x, x2: x, y1: TOP, y2: bottom + 4, class: "tick" }));
      if (x < free || (day !== last && at(last) - x < 54)) return;
      free = x + 54;
      group.append(draw("text", { x, y: bottom + 18, "text-anchor": "middle", class: "day" }, shortDay(day)));
    });
    return group;
  }

  function picture(found) {
    const { longDay } = window.boardTable;
    const bands = found.timeline;
    const [first, last] = [bands[0].from, bands.at(-1).to];
    const lanes = lanesOf(bands);
    const bottom = TOP + lanes.length * LANE;
    const span = Math.max(days(first, last), 1);
    const at = (day) => LEFT + (days(first, day) / span) * (WIDTH - LEFT - RIGHT);
    const title = t("Who held %(place)s, as reported from %(first)s to %(last)s", { place: found.place, first: longDay(first), last: longDay(last) });
    const made = draw("svg", { xmlns: SVG, viewBox: `0 0 ${WIDTH} ${bottom + FOOT}`, width: WIDTH, height: bottom + FOOT, role: "img", "aria-label": t("%(title)s. The table below says the same.", { title }), "font-family": FONT });
    const sources = [...new Set(found.claims.map((claim) => claim.source).filter(Boolean))];
    const said = sources.length > 3 ? `${sources.slice(0, 3).join(", ")} ${t("and %(count)s more", { count: sources.length - 3 })}` : sources.join(", ");
    made.append(
      draw("text", { x: 0, y: 16, class: "title" }, title),
      axis(bands, at, bottom),
      ...lanes.map((one, n) => lane(one, n, bands, at)),
      draw("text", { x: 0, y: bottom + 38, class: "from" }, `${said ? `${t("Sources: %(names)s.", { names: said })} ` : ""}${bands.some((band) => band.disputed) ? t("Hatched: disputed.") : ""}`),
    );
    return made;
  }

  // A picture that stands alone has no style sheet: its colours are those that are seen now.
  function alone(svg) {
    const copy = svg.cloneNode(true);
    const seen = [...svg.querySelectorAll(PAINTED)].map((part) => getComputedStyle(part));
    [...copy.querySelectorAll(PAINTED)].forEach((part, n) => {
      ["fill", "stroke", "stroke-width", "paint-order", "font-size", "font-weight"].forEach((name) => part.setAttribute(name, seen[n].getPropertyValue(name)));
    });
    const paper = draw("rect", { width: "100%", height: "100%", fill: getComputedStyle(svg).backgroundColor });
    copy.prepend(paper);
    return new XMLSerializer().serializeToString(copy);
  }

  function keep(blob, name) {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  async function keepPng(svg, name) {
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(alone(svg))}`;
    await image.decode();
    const { width, height } = svg.viewBox.baseVal;
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
    canvas.getContext("2d").drawImage(image, 0, 0, 2 * width, 2 * height);
    canvas.toBlob((blob) => keep(blob, name), "image/png");
  }

  function buttons(svg, name) {
    const { element } = window.boardTable;
    const make = (text, press) => {
      const button = element("button", { type: "button", textContent: text });
      button.addEventListener("click", press);
      return button;
    };
    return element(
      "p",
      { className: "pictures" },
      make(t("Download SVG"), () => keep(new Blob([alone(svg)], { type: "image/svg+xml" }), `${name}.svg`)),
      make(t("Download PNG"), () => keepPng(svg, `${name}.png`)),
    );
  }

  function table(bands) {
    const { element, longDay } = window.boardTable;
    const heads = [t("From"), t("To"), t("Held by"), t("Disputed")].map((text) => element("th", { scope: "col", textContent: text }));
    const rows = bands.map((band) => {
      const held = band.controllers.join(" / ") || t("not told");
      return element("tr", {}, ...[longDay(band.from), longDay(band.to), held, band.disputed ? t("yes") : t("no")].map((text) => element("td", { textContent: text, dir: "auto" })));
    });
    const made = element("table", { className: "bands" }, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
    return element("details", {}, element("summary", { textContent: t("The timeline as a table") }), made);
  }

  window.boardTimeline = (found) => {
    const { element } = window.boardTable;
    const svg = picture(found);
    // A phone moves it sideways, which the keyboard must be able to do, too.
    const frame = element("div", { className: "picture", tabIndex: 0 }, svg);
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", t("Timeline"));
    const name = `timeline-${found.place.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60)}-${found.timeline.at(-1).to}`;
    return element("div", { className: "timeline" }, frame, buttons(svg, name), table(found.timeline));
  };
  Object.assign(window.boardTimeline, { COLOURS, draw, hatch, buttons });
})();
