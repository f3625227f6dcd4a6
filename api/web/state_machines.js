// Draws the tables of /management/state-machines: a box a status, an arc for what leads from one to
// another. Arcs above lead on, arcs below lead back; what leaves the status as it is stands in the
// box.
"use strict";

const WIDTH = 150, HEAD = 26, STEP = 240, LEFT = 40, LINE = 13;

function element(name, attributes, parent, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

// "from to" → the commands; from "" is a new one, which has no status yet.
function arcs_of(machine) {
  const arcs = new Map();
  for (const { command, from, to } of machine.transitions) {
    for (const one of from.length ? from : [""]) {
      for (const other of to.length ? to : [one]) {
        const key = one + " " + other;
        arcs.set(key, [...(arcs.get(key) || []), command]);
      }
    }
  }
  return arcs;
}

function draw(machine, parent) {
  const names = ["", ...machine.statuses];
  const x = (name) => LEFT + names.indexOf(name) * STEP;
  const all = [...arcs_of(machine)].map(([key, commands]) => {
    const [from, to] = key.split(" ");
    const distance = names.indexOf(to) - names.indexOf(from);
    return { from, to, commands, distance };
  });
  const arcs = all.filter((one) => one.distance !== 0);
  const staying = new Map(all.filter((one) => one.distance === 0).map(
    (one) => [one.from, one.commands]));
  const height = HEAD + LINE * Math.max(0, ...[...staying.values()].map((some) => some.length)) + 6;
  const room = (some) => Math.max(20, ...some.map(
    ({ distance, commands }) => 26 * Math.abs(distance) + LINE * commands.length + 40));
  const above = room(arcs.filter((one) => one.distance > 0));
  const below = room(arcs.filter((one) => one.distance < 0));
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("width", LEFT + names.length * STEP);
  svg.setAttribute("height", above + height + below);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "The statuses of " + machine.kind);
  parent.append(svg);

  for (const { from, to, commands, distance } of arcs) {
    const is_back = distance < 0;
    const edge = is_back ? above + height : above;
    const shift = is_back ? -24 : 24;
    const begin = x(from) + (from ? WIDTH / 2 + shift : 18);
    const end = x(to) + WIDTH / 2 - shift;
    const rise = (26 * Math.abs(distance) + 20) * (is_back ? 1 : -1);
    element("path", { d: `M${begin},${edge} C${begin},${edge + rise * 1.3} ${end},${edge + rise * 1.3} ${end},${edge}`,
                      class: is_back ? "back" : "on", "marker-end": "url(#tip)" }, svg);
    commands.forEach((command, line) => {
      const lift = is_back ? rise + LINE * (line + 1) : rise - 4 - LINE * (commands.length - 1 - line);
      element("text", { x: (begin + end) / 2, y: edge + lift, class: "command" }, svg, command);
    });
  }
  for (const name of names) {
    if (!name) {
      element("circle", { cx: x(name) + 18, cy: above + 7, r: 7, class: "start" }, svg);
      continue;
    }
    element("rect", { x: x(name), y: above, width: WIDTH, height, rx: 6 }, svg);
    element("text", { x: x(name) + WIDTH / 2, y: above + 17, class: "status" }, svg, name);
    (staying.get(name) || []).forEach((command, line) => element(
      "text", { x: x(name) + WIDTH / 2, y: above + HEAD + LINE * (line + 1) - 4, class: "command" },
      svg, command));
  }
}

async function main() {
  const parent = document.getElementById("machines");
  const defs = element("svg", { width: 0, height: 0 }, parent);
  const tip = element("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7,
                                  markerHeight: 7, orient: "auto" }, element("defs", {}, defs));
  element("path", { d: "M0,0 L8,4 L0,8 z", class: "tip" }, tip);
  const machines = await (await fetch("/management/state-machines")).json();
  for (const machine of machines) {
    const title = document.createElement("h2");
    title.id = machine.kind;
    title.textContent = machine.kind;
    const figure = document.createElement("figure");
    parent.append(title, figure);
    draw(machine, figure);
  }
}

main();
