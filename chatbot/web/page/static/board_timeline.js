// Draws the timeline of one place as SVG: a band for each side, over the days on which the reports gave the place to it,
// hatched where that is disputed. The same stands in a table under it; the picture can be kept as SVG and as PNG.
(() => {
  "use strict";
  if (document.documentElement.matches(".embedded:not([data-view])")) return;
  const SVG = "http://www.w3.org/2000/svg";
  const PLOT = 546; // Most room for the bands.
  const WIDEST = 720;
  const AROUND = 76; // What stands on both sides of a picture.
  const NAMES = 210; // Most room for the names before the bands.
  const LINE = 18; // From one line of the title to the next.
  const GAP = 12;
  const RIGHT = 24;
  const TOP = 34;
  const LANE = 30;
  const FOOT = 44;
  const DAY_MS = 86_400_000;
  // Told apart by the colour-blind, too (Okabe and Ito); each band has its name beside it as well.
  const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#882255", "#999933", "#7a5cc8"];
  const OTHERS = "#737a83"; // Of the sides that have none of their own, with their name beside it.
  const PAINTED = "text, line, path"; // What the style sheet gives its colour.
  const FONT = "system-ui, sans-serif";

  function draw(name, attributes = {}, text = "") {
    const made = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    if (text) made.textContent = text;
    return made;
  }

  // A side has one colour in every picture: the sides with the most claims have colours of their own.
  let coloured = [];
  const colourOf = (side) => COLOURS[coloured.indexOf(side)] ?? OTHERS;

  const pen = document.createElement("canvas").getContext("2d");
  function widthOf(text, size = 13, weight = 400) {
    pen.font = `${weight} ${size}px ${FONT}`;
    return pen.measureText(text).width;
  }

  // As much of a text as there is room for.
  function fitted(text, room, size, weight) {
    if (widthOf(text, size, weight) <= room) return text;
    let length = text.length;
    while (length > 1 && widthOf(`${text.slice(0, length)}…`, size, weight) > room) length -= 1;
    return `${text.slice(0, length).trimEnd()}…`;
  }

  // How wide a picture can be without being moved sideways.
  const room = () => Math.min(WIDEST, document.querySelector("#board .rows").clientWidth - AROUND);

  // A text in as many lines as it needs, at most so many.
  function inLines(text, room, most, size, weight) {
    const words = text.split(" ");
    const lines = [words.shift()];
    words.forEach((word) => {
      const longer = `${lines.at(-1)} ${word}`;
      if (lines.length === most || widthOf(longer, size, weight) <= room) lines.push(`${lines.pop()} ${word}`);
      else lines.push(word);
    });
    return lines.map((line) => fitted(line, room, size, weight));
  }

  // A text of several lines below each other, the first at `y`.
  function paragraph(lines, y, name) {
    const text = draw("text", { y, class: name });
    lines.forEach((line, n) => text.append(draw("tspan", { x: 0, dy: n ? LINE : 0 }, n < lines.length - 1 ? `${line} ` : line)));
    return text;
  }
  const shortDay = (day) => new Date(`${day}T12:00Z`).toLocaleDateString(pageLocale, { day: "numeric", month: "short", timeZone: "UTC" });
  const days = (from, to) => (new Date(to) - new Date(from)) / DAY_MS;

  // A lane for each side, in the order in which it first held the place; nobody's is the last.
  function lanesOf(bands, room) {
    const lanes = new Map();
    bands.forEach((band) => band.sides.forEach((side, n) => lanes.has(side) || lanes.set(side, { name: band.controllers[n], colour: colourOf(band.side_names[n]) })));
    if (bands.some((band) => !band.sides.length)) lanes.set(-1, { name: t("not told"), colour: OTHERS });
    return [...lanes].map(([side, { name, colour }]) => ({ side, name, colour, lines: inLines(name, room, 2) }));
  }

  function hatch(id, colour) {
    const pattern = draw("pattern", { id, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    pattern.append(draw("rect", { width: 7, height: 7, fill: colour, "fill-opacity": 0.25 }), draw("rect", { width: 3, height: 7, fill: colour }));
    return pattern;
  }

  function lane({ side, name, colour, lines }, n, bands, at, left) {
    const y = TOP + n * LANE;
    const group = draw("g");
    const text = draw("text", { y: y + (lines.length > 1 ? 11 : 17), "text-anchor": "end", class: "name" });
    lines.forEach((line, row) => text.append(draw("tspan", { x: left - GAP, dy: row ? 14 : 0 }, row ? ` ${line}` : line)));
    group.append(draw("title", {}, name), text);
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

  function picture(row) {
    const { longDay } = window.boardTable;
    const bands = row.timeline;
    const [first, last] = [bands[0].from, bands.at(-1).to];
    const lanes = lanesOf(bands, Math.min(NAMES, room() / 3));
    const left = GAP + Math.ceil(Math.max(...lanes.flatMap(({ lines }) => lines.map((line) => widthOf(line)))));
    const plot = Math.min(PLOT, Math.max(room() - left - RIGHT, 2 * LANE));
    const bottom = TOP + lanes.length * LANE;
    const span = Math.max(days(first, last), 1);
    const at = (day) => left + (days(first, day) / span) * plot;
    const title = t("Who held %(place)s, as reported from %(first)s to %(last)s", { place: row.place, first: longDay(first), last: longDay(last) });
    const width = Math.max(left + plot + RIGHT, Math.min(Math.ceil(widthOf(title, 14, 650)), room()));
    const heading = inLines(title, width, 4, 14, 650);
    const sources = [...new Set(row.claims.map((claim) => claim.source).filter(Boolean))];
    const names = sources.length > 3 ? `${sources.slice(0, 3).join(", ")} ${t("and %(count)s more", { count: sources.length - 3 })}` : sources.join(", ");
    const below = `${names ? `${t("Sources: %(names)s.", { names })} ` : ""}${bands.some((band) => band.disputed) ? t("Hatched: disputed.") : ""}`;
    const from = inLines(below.trim(), width, 4, 12);
    const moved = (heading.length - 1) * LINE;
    const height = moved + bottom + FOOT + (from.length - 1) * LINE;
    const made = draw("svg", { xmlns: SVG, viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": t("%(title)s. The table below says the same.", { title }), "font-family": FONT });
    const chart = draw("g", { transform: `translate(0 ${moved})` });
    chart.append(axis(bands, at, bottom), ...lanes.map((each, n) => lane(each, n, bands, at, left)), paragraph(from, bottom + 38, "from"));
    made.append(paragraph(heading, 16, "title"), chart);
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

  window.boardTimeline = (row) => {
    const { element } = window.boardTable;
    const svg = picture(row);
    // A phone moves it sideways, which the keyboard must be able to do, too.
    const frame = element("div", { className: "picture", tabIndex: 0 }, svg);
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", t("Timeline"));
    const name = `timeline-${row.place.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60)}-${row.timeline.at(-1).to}`;
    return element("div", { className: "timeline" }, frame, buttons(svg, name), table(row.timeline));
  };
  Object.assign(window.boardTimeline, { OTHERS, colour: (sides) => (coloured = sides), colourOf, widthOf, fitted, room, inLines, paragraph, draw, hatch, buttons, LINE });
})();
