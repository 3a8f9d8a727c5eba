// Draws the map of the board as SVG: a point for each place that the gazetteer knows, in the colour of who holds it and
// hatched where that is disputed, over the outlines of countries. It is moved and enlarged by buttons and keys, and can
// be kept as SVG and as PNG; what is on it stands in a table under it.
(() => {
  "use strict";
  if (document.documentElement.matches(".embedded:not([data-view])")) return;
  const COLUMN = 236; // Of the legend.
  const TOP = 30; // Room for a line of the title.
  const FOOT = 26; // Room for the first line under the map.
  const LEAST_DEGREES = 1.5; // The map of a single place shows so much around it.
  const FARTHEST = 360;
  let world = null; // The outlines, once they are loaded.
  let across = 720; // How wide the map is, and how high.
  let high = 460;

  async function outlines() {
    world ??= fetch("world.json").then((reply) => {
      if (!reply.ok) throw new Error(t("The server answered %(status)s.", { status: reply.status }));
      return reply.json();
    });
    try {
      return await world;
    } catch (problem) {
      world = null;
      throw problem;
    }
  }

  // Longitude and latitude as they lie on the map: Mercator's, in degrees of longitude.
  const mercator = (latitude) => (Math.log(Math.tan(Math.PI / 4 + (Math.max(-80, Math.min(80, latitude)) * Math.PI) / 360)) * 180) / Math.PI;

  // The sides that hold the rows' places, by how many each holds.
  function sidesOf(rows) {
    const counts = new Map();
    rows.forEach((row) => row.sides.slice(0, 1).forEach((side) => counts.set(side, (counts.get(side) ?? 0) + 1)));
    return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([side]) => side);
  }

  // The middle of the places and how many degrees the map is wide, such that all are on it.
  function around(points) {
    const [xs, ys] = [points.map((each) => each.x), points.map((each) => each.y)];
    const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const width = Math.max((right - left) * 1.25, ((top - bottom) * 1.25 * across) / high, LEAST_DEGREES);
    return { x: (left + right) / 2, y: (bottom + top) / 2, width };
  }

  function borders(lines, view) {
    const { draw } = window.boardTimeline;
    const scale = across / view.width;
    const [halfWidth, halfHeight] = [view.width / 2, (view.width * high) / across / 2];
    const path = [];
    lines.forEach((flat) => {
      let [x, y] = [0, 0];
      let near = false;
      const points = [];
      for (let n = 0; n < flat.length; n += 2) {
        [x, y] = [x + flat[n], y + flat[n + 1]];
        const [east, north] = [x / 100 - view.x, mercator(y / 100) - view.y];
        near ||= Math.abs(east) < halfWidth * 2 && Math.abs(north) < halfHeight * 2;
        points.push(`${(across / 2 + east * scale).toFixed(1)} ${(high / 2 - north * scale).toFixed(1)}`);
      }
      if (near) path.push(`M${points.join("L")}`);
    });
    return draw("path", { d: path.join(""), class: "border", fill: "none" });
  }

  // The points that lie on the map, each where it is drawn.
  function onMap(points, view) {
    const scale = across / view.width;
    const drawn = points.map(({ row, x, y }) => ({ row, cx: across / 2 + (x - view.x) * scale, cy: high / 2 - (y - view.y) * scale }));
    return drawn.filter(({ cx, cy }) => cx >= 0 && cx <= across && cy >= 0 && cy <= high);
  }

  // Gives each point the place of its name: where it lies on no other point or name, if there is such a place, and else
  // on its right.
  function placeNames(drawn) {
    const { widthOf } = window.boardTimeline;
    const taken = drawn.map(({ cx, cy }) => ({ left: cx - 8, right: cx + 8, top: cy - 8, bottom: cy + 8 }));
    const apart = (a, b) => a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top;
    const onIt = ({ left, right, top, bottom }) => left >= 0 && right <= across && top >= 0 && bottom <= high;
    drawn.forEach((each, own) => {
      const width = widthOf(each.row.place, 12);
      const ways = [["start", 11, 4], ["end", -11, 4], ["middle", 0, -12], ["middle", 0, 20]].map(([anchor, dx, dy]) => {
        const [x, y] = [each.cx + dx, each.cy + dy];
        const left = x - { start: 0, middle: width / 2, end: width }[anchor];
        return { anchor, x, y, box: { left, right: left + width, top: y - 10, bottom: y + 3 } };
      });
      const free = ({ box }) => onIt(box) && taken.every((other, n) => n === own || apart(box, other));
      each.name = ways.find(free) ?? ways.find(({ box }) => onIt(box)) ?? ways[0];
      taken.push(each.name.box);
    });
  }

  function point({ row, cx, cy }, n) {
    const { draw, hatch, colourOf, OTHERS } = window.boardTimeline;
    const colour = row.sides.length ? colourOf(row.sides[0]) : OTHERS;
    const group = draw("g", { class: "point" });
    const fill = row.disputed ? `url(#map-hatch-${n})` : row.controllers.length ? colour : "none";
    if (row.disputed) group.append(hatch(`map-hatch-${n}`, colour));
    group.append(
      draw("title", {}, `${row.place}: ${window.boardTable.names(row)}${row.disputed ? `, ${t("disputed")}` : ""}`),
      draw("circle", { cx, cy, r: row.disputed ? 8 : 6, fill, stroke: colour, "stroke-width": 1.5 }),
    );
    return group;
  }

  // Which colour is whose, and what the map is of.
  function legend(rows, sources) {
    const { draw, fitted, inLines, paragraph, colourOf, OTHERS, LINE } = window.boardTimeline;
    const sides = sidesOf(rows).map((side) => ({ side, colour: colourOf(side) }));
    const items = sides.filter(({ colour }) => colour !== OTHERS).map((item) => ({ ...item, fill: item.colour }));
    const others = sides.length > items.length;
    if (rows.some((row) => !row.controllers.length)) items.push({ side: t("not told"), colour: OTHERS, fill: "none" });
    if (others) items.push({ side: t("others"), colour: OTHERS, fill: OTHERS });
    const group = draw("g");
    const columns = Math.max(Math.floor(across / COLUMN), 1);
    items.forEach(({ side, colour, fill }, n) => {
      const [x, y] = [8 + (n % columns) * COLUMN, high + FOOT - 6 + Math.floor(n / columns) * LINE];
      group.append(draw("circle", { cx: x, cy: y - 4, r: 5, fill, stroke: colour }), draw("text", { x: x + 12, y, class: "day" }, fitted(side, COLUMN - 24, 12)));
    });
    const lines = Math.ceil(items.length / columns);
    const names = sources.length > 3 ? `${sources.slice(0, 3).join(", ")} ${t("and %(count)s more", { count: sources.length - 3 })}` : sources.join(", ");
    const from = [rows.some((row) => row.disputed) ? t("Hatched: disputed.") : "", names ? t("Sources: %(names)s.", { names }) : "", t("Places: GeoNames. Outlines: Natural Earth.")].filter(Boolean).join(" ");
    const y = high + FOOT + lines * LINE;
    const below = inLines(from, across, 6, 12);
    group.append(paragraph(below, y, "from"));
    return { group, height: y + 10 + (below.length - 1) * LINE };
  }

  function paint(svg, points, lines, view, title) {
    const { draw, inLines, paragraph, LINE } = window.boardTimeline;
    const heading = inLines(title, across, 4, 14, 650);
    const top = TOP + (heading.length - 1) * LINE;
    const rows = points.map((each) => each.row);
    const clip = draw("clipPath", { id: "map-frame" });
    clip.append(draw("rect", { width: across, height: high }));
    const map = draw("g", { "clip-path": "url(#map-frame)" });
    const drawn = onMap(points, view);
    placeNames(drawn);
    map.append(borders(lines, view), ...drawn.map(point));
    map.append(...drawn.map(({ row, name }) => draw("text", { x: name.x, y: name.y, "text-anchor": name.anchor, class: "label" }, row.place)));
    const moved = draw("g", { transform: `translate(0 ${top})` });
    const below = legend(rows, [...new Set(rows.flatMap((row) => row.sources))]);
    moved.append(clip, map, below.group);
    svg.setAttribute("viewBox", `0 0 ${across} ${top + below.height}`);
    svg.setAttribute("height", top + below.height);
    svg.replaceChildren(paragraph(heading, 16, "title"), moved);
  }

  const MOVES = {
    "+": { text: "+", name: "Larger", move: (view) => ({ ...view, width: Math.max(view.width / 1.5, 0.2) }) },
    "-": { text: "−", name: "Smaller", move: (view) => ({ ...view, width: Math.min(view.width * 1.5, FARTHEST) }) },
    ArrowLeft: { text: "←", name: "West", move: (view) => ({ ...view, x: view.x - view.width / 5 }) },
    ArrowRight: { text: "→", name: "East", move: (view) => ({ ...view, x: view.x + view.width / 5 }) },
    ArrowUp: { text: "↑", name: "North", move: (view) => ({ ...view, y: view.y + view.width / 8 }) },
    ArrowDown: { text: "↓", name: "South", move: (view) => ({ ...view, y: view.y - view.width / 8 }) },
  };

  function controls(go, home) {
    const { element } = window.boardTable;
    const make = (text, name, press) => {
      const button = element("button", { type: "button", textContent: text, ariaLabel: t(name) });
      button.addEventListener("click", press);
      return button;
    };
    const moves = Object.values(MOVES).map(({ text, name, move }) => make(text, name, () => go(move)));
    return element("p", { className: "pictures moves" }, ...moves, make(t("All places"), "All places", home));
  }

  function missing(rows) {
    const { element } = window.boardTable;
    if (!rows.length) return null;
    const names = rows.slice(0, 20).map((row) => row.place).join(", ");
    const more = rows.length > 20 ? ` ${t("and %(count)s more", { count: rows.length - 20 })}` : "";
    return element("p", { className: "missing", dir: "auto", textContent: `${tn("%(count)s place is not on the map:", "%(count)s places are not on the map:", rows.length)} ${names}${more}.` });
  }

  // The map of the rows; `located` is where their places lie, by name, and `day` that of the board.
  window.boardMap = async (rows, located, day) => {
    const { element, longDay } = window.boardTable;
    const { draw, buttons, room } = window.boardTimeline;
    across = room();
    high = Math.max(300, Math.round(across * 0.64));
    const points = rows.filter((row) => located[row.place]).map((row) => ({ row, x: located[row.place].longitude, y: mercator(located[row.place].latitude) }));
    const others = missing(rows.filter((row) => !located[row.place]));
    if (!points.length) return element("div", { className: "map" }, others);
    const lines = await outlines();
    const title = `${t("Who holds what")}${day ? `, ${t("as the reports stood on %(day)s", { day: longDay(day) })}` : ""}`;
    const svg = draw("svg", { xmlns: "http://www.w3.org/2000/svg", width: across, role: "img", "aria-label": t("Map: %(title)s. The table below says the same.", { title }), "font-family": "system-ui, sans-serif" });
    let view = around(points);
    const go = (move) => paint(svg, points, lines, (view = move(view)), title);
    const frame = element("div", { className: "picture", tabIndex: 0 }, svg);
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", t("Map. Arrow keys move it, plus and minus enlarge it and make it smaller."));
    frame.addEventListener("keydown", (event) => {
      if (!MOVES[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      go(MOVES[event.key].move);
    });
    go((view) => view);
    return element("div", { className: "map timeline" }, controls(go, () => go(() => around(points))), frame, buttons(svg, `map-${day || "undated"}`), others);
  };
})();
