// The page of a graph: steps forward and backward, nodes that tell of themselves, inputs that can be changed.
// `OPERATIONS`, the functions of the operations that the graph has, stands before this text in the page.
"use strict";

// A number as it is, an array as the list of its entries.
const isArray = Array.isArray;
const entries = (x) => (isArray(x) ? x : [x]);
const each = (x, f) => (isArray(x) ? x.map(f) : f(x));
const plus = (a, b) => (isArray(a) ? a.map((x, k) => x + b[k]) : a + b);
const zeros = (like) => each(like, () => 0);
const allFinite = (x) => entries(x).every(Number.isFinite);

const data = JSON.parse(document.getElementById("data").textContent);
const nodes = data.nodes.map((n) => ({
  operation: n[0], inputs: n[1], valueText: n[2], gradText: n[3], value: number(n[4]), grad: number(n[5]),
  start: n[6], end: n[7], title: n[8], op: n[9], tracked: n[10], kink: n[11], shape: n[12], wholeValue: n[13] || n[2],
  wholeGrad: n[14] || n[3],
}));
const drawn = data.drawn; // what conditions alone were computed from comes after
const last = drawn - 1;
const source = Array.from(data.source); // Python counts characters, JavaScript halves of some
const byId = (id) => document.getElementById(id);

function number(told) {
  if (isArray(told)) return told.map(number);
  return typeof told === "string" ? { inf: Infinity, "-inf": -Infinity, nan: NaN }[told] : told;
}

// As Python writes a float: the shortest text that reads back to the same number.
function text(x) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (x === 0) return Object.is(x, -0) ? "-0.0" : "0.0";
  const size = Math.abs(x);
  if (size >= 1e16 || size < 1e-4) {
    const [digits, exponent] = x.toExponential().split("e");
    return digits + "e" + exponent[0] + exponent.slice(1).padStart(2, "0");
  }
  const plain = String(x);
  return plain.includes(".") ? plain : plain + ".0";
}

// Entries in brackets, a pair for each axis.
function nested(texts, shape) {
  let rows = texts;
  for (const size of [...shape].reverse()) {
    const joined = [];
    for (let i = 0; i < rows.length; i += size) joined.push("[" + rows.slice(i, i + size).join(", ") + "]");
    rows = joined;
  }
  return rows.length > 0 ? rows[0] : "[]";
}

// So many digits, as Python's format .4g has them.
function short(x, count = 4) {
  if (Object.is(x, -0)) return "-0";
  const [digits, exponent] = x.toExponential(count - 1).split("e");
  const power = Number(exponent);
  if (power >= -4 && power < count) return String(Number(x.toPrecision(count)));
  return Number(digits) + "e" + exponent[0] + exponent.slice(1).padStart(2, "0");
}

// Six digits, with a point; a number that has no more as it is.
function rounded(x) {
  if (!Number.isFinite(x)) return text(x);
  const told = short(x, 6);
  return Number(told) === x ? text(x) : /^-?\d{1,5}$/.test(told) ? told + ".0" : told;
}

const IN_A_BOX = 34; // letters of an array that are shown; of a longer one its shape and range
const WHOLE = 400;

function brief(x, shape, limit = IN_A_BOX) {
  if (!isArray(x)) return text(x);
  if (x.length <= Math.floor(limit / 5) + 1) {
    for (const spell of [text, rounded]) {
      const whole = nested(x.map(spell), shape);
      if (whole.length <= limit) return whole;
    }
  }
  const what = shape.length > 1 ? shape.join("×") : `${x.length} entries`;
  const finite = x.filter(Number.isFinite);
  if (finite.length === 0) return x.length === 0 ? `<${what}, empty>` : `<${what}, none finite>`;
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (finite.length < x.length) return `<${what}, ${short(low)} … ${short(high)}, ${x.length - finite.length} not finite>`;
  return low === high ? `<${what}, all ${short(low)}>` : `<${what}, ${short(low)} … ${short(high)}>`;
}

// An array that is written as lists in lists, of the shape that there is; null for anything else.
function parsedArray(told, shape) {
  const brackets = (written) => written.replace(/[^[\],]/g, "");
  const size = shape.reduce((product, length) => product * length, 1);
  if (brackets(told) !== brackets(nested(new Array(size).fill(""), shape))) return null;
  const found = size === 0 ? [] : told.replace(/[[\]]/g, " ").split(",").map(parsed);
  return found.includes(null) ? null : found;
}

// Whether an elementwise operation is at a kink in any entry; numbers go with each.
function anywhere(kink, args) {
  const size = Math.max(...args.map((x) => entries(x).length));
  return Array.from({ length: size }).some((_, k) => Boolean(kink(...args.map((x) => (isArray(x) ? x[k] : x)))));
}

function parsed(told) {
  const word = told.trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(word)) return Number(word);
  if (/^[+-]?inf(inity)?$/i.test(word)) return word[0] === "-" ? -Infinity : Infinity;
  return null;
}

// The whole computation: values forward, cotangents backward, what each operation sends to each of its inputs.
function computed(values) {
  const value = nodes.map((node) => node.value);
  for (const [name, index] of data.variables) if (name in values) value[index] = values[name];
  nodes.forEach((node, i) => {
    if (node.operation >= 0) value[i] = OPERATIONS[node.operation].value(...node.inputs.map((j) => value[j]));
  });
  const grad = new Array(drawn).fill(undefined);
  const sent = new Array(drawn).fill(null);
  let unsure = false;
  grad[last] = nodes[last].grad;
  for (let i = last; i >= 0 && data.backward; i--) {
    const node = nodes[i];
    if (!node.tracked || node.operation < 0) continue;
    const args = node.inputs.map((j) => value[j]);
    const pulls = OPERATIONS[node.operation].pulls;
    const g = grad[i] === undefined ? zeros(value[i]) : grad[i];
    sent[i] = node.inputs.map((j, k) => {
      if (!nodes[j].tracked || !pulls[k]) return null;
      let contribution = pulls[k](g, ...args, value[i]);
      if (entries(g).includes(0) && allFinite(g) && !allFinite(contribution)) {
        // 0*inf: NaN where the zero is a number like others, 0 where nothing depends on the node; gradcli tells them apart.
        contribution = each(contribution, (x) => (Number.isFinite(x) ? x : 0));
        unsure = true;
      }
      const partial = isArray(g) || isArray(contribution) ? null : pulls[k](1, ...args, value[i]);
      grad[j] = grad[j] === undefined ? contribution : plus(grad[j], contribution);
      return { partial, contribution };
    });
  }
  const kinks = nodes.slice(0, drawn).map((node, i) => {
    const kink = node.operation < 0 ? null : OPERATIONS[node.operation].kink;
    return Boolean(kink && kink(...node.inputs.map((j) => value[j]), value[i]));
  });
  const flipped = data.choices.filter(([condition, first]) => (value[condition] !== 0) !== first);
  return { value, grad: grad.map((g, i) => (g === undefined ? zeros(value[i]) : g)), sent, kinks, flipped, unsure };
}

function near(a, b) {
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((x, k) => near(x, b[k]));
  return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

// Whether what is computed here is what gradcli computed; if not, nothing is computed here.
function agrees(found) {
  return nodes.every((node, i) => near(found.value[i], node.value)
    && (i >= drawn || node.gradText === null || near(found.grad[i], node.grad)));
}

let state = null; // what is computed here; null where it is not
let edited = false;
let why = data.why;
if (why === "") {
  state = computed({});
  if (!agrees(state)) {
    why = state.unsure ? "at this point a zero meets an infinite slope, of which the page does not know what it gives"
      : "this browser's numbers differ from gradcli's";
    state = null;
  }
}

const svg = document.querySelector("#frame svg");
const natural = svg.viewBox.baseVal;
let scale = 1; // pixels of the screen for one of the picture

// --- the elements ---------------------------------------------------------------------------------------------------

const boxes = nodes.slice(0, drawn).map((_, i) => {
  const group = byId("n" + i);
  const rect = group.querySelector("rect");
  const at = group.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
  return {
    group, title: group.querySelector("title"), value: group.querySelector(".value"), grad: group.querySelector(".grad"),
    width: Number(rect.getAttribute("width")), height: Number(rect.getAttribute("height")), x: at[0], y: at[1], state: "",
    wanted: null,
  };
});
const wires = Array.from(document.querySelectorAll(".wires path")).map((path) => ({
  path, from: Number(path.dataset.from), to: path.dataset.to === undefined ? -1 : Number(path.dataset.to), lit: false,
}));

function element(name, told, ...children) {
  const made = document.createElement(name);
  if (told) made.textContent = told;
  made.append(...children);
  return made;
}

function write(where, told) {
  if (where === null || where.textContent === told) return;
  where.textContent = told;
}

// A line of a box; of one that is wider than the box the letters move together.
function fill(line, told, width) {
  if (line === null || line.textContent === told) return;
  line.textContent = told;
  const room = width - 12;
  if (told.length * 7.9 > room) {
    line.setAttribute("textLength", room);
    line.setAttribute("lengthAdjust", "spacingAndGlyphs");
  } else if (line.hasAttribute("textLength")) {
    line.removeAttribute("textLength");
    line.removeAttribute("lengthAdjust");
  }
}

const valueOf = (i) => (edited ? brief(state.value[i], nodes[i].shape) : nodes[i].valueText);
const gradOf = (i) => (nodes[i].gradText === null ? null : edited ? brief(state.grad[i], nodes[i].shape) : nodes[i].gradText);
const wholeValue = (i) => (edited ? brief(state.value[i], nodes[i].shape, WHOLE) : nodes[i].wholeValue);
const wholeGrad = (i) => (edited ? brief(state.grad[i], nodes[i].shape, WHOLE) : nodes[i].wholeGrad);
const isKink = (i) => (edited ? state.kinks[i] : nodes[i].kink !== "");

// --- steps ----------------------------------------------------------------------------------------------------------

const forward = nodes.slice(0, drawn).map((_, i) => i).filter((i) => nodes[i].inputs.length > 0);
const backward = data.backward ? forward.filter((i) => nodes[i].tracked).reverse() : [];
const steps = forward.length + (data.backward ? 1 + backward.length : 0);
const uses = new Array(drawn).fill(0); // how many cotangents come to each node: of one it is the whole gradient
for (const i of backward) for (const j of nodes[i].inputs) uses[j]++;
const place = new Map(forward.map((node, k) => [node, k + 1]));
let step = steps;

function cotangents(count) {
  // What has come back to each node when so many operations have sent theirs, and whether all of it has.
  const grad = new Array(drawn).fill(undefined);
  const waiting = new Array(drawn).fill(0);
  for (const i of backward) for (const j of nodes[i].inputs) waiting[j]++;
  grad[last] = state ? state.grad[last] : 0;
  for (const i of backward.slice(0, count)) {
    nodes[i].inputs.forEach((j, k) => {
      waiting[j]--;
      const sent = state && state.sent[i][k];
      if (sent) grad[j] = grad[j] === undefined ? sent.contribution : plus(grad[j], sent.contribution);
    });
  }
  return { grad, waiting };
}

function show() {
  const count = step - forward.length - 1; // operations that have sent their cotangents; -1 before the result has its own
  const isBack = data.backward && count >= 0;
  const current = step === 0 ? -1 : !isBack ? forward[step - 1] : count === 0 ? last : backward[count - 1];
  const come = isBack ? cotangents(count) : null;
  const done = step === steps;
  const used = new Set(current < 0 || done || (isBack && count === 0) ? [] : nodes[current].inputs);
  boxes.forEach((box, i) => {
    const known = nodes[i].inputs.length === 0 || place.get(i) <= step;
    let grad = "grad";
    if (box.grad !== null && come !== null) {
      if (come.waiting[i] === 0 || done) grad = "grad " + gradOf(i);
      else if (come.grad[i] !== undefined) grad = "grad " + brief(come.grad[i], nodes[i].shape) + "…";
    }
    const classes = (known ? "" : " pending") + (i === current && !done ? " current" : "")
      + (used.has(i) ? " used" : "") + (isKink(i) ? " kinked" : "");
    box.wanted = { value: known ? "value " + valueOf(i) : "value", grad, classes };
  });
  paint();
  lightWires();
  byId("step").value = step;
  byId("step").setAttribute("aria-valuetext", spoken(current, isBack, count, done));
  byId("where").textContent = `${step} of ${steps}`;
  byId("first").disabled = byId("back").disabled = step === 0;
  byId("next").disabled = byId("last").disabled = done;
  tell(current, isBack, count, done, come);
  if (current >= 0 && !done) reveal(boxes[current]);
}

// Boxes in sight change at once, the others in pauses: a large picture answers as quickly as a small one.
function paint() {
  clearTimeout(later);
  boxes.forEach((box, i) => { if (inSight(box)) apply(box, i); });
  later = setTimeout(paintRest, 30, 0);
}

let later = 0;

function paintRest(from) {
  const end = performance.now() + 8;
  let i = from;
  for (; i < boxes.length && performance.now() < end; i++) apply(boxes[i], i);
  later = i < boxes.length ? setTimeout(paintRest, 0, i) : 0;
}

function apply(box, i) {
  const wanted = box.wanted;
  if (wanted === null) return;
  box.wanted = null;
  label(i);
  fill(box.value, wanted.value, box.width);
  fill(box.grad, wanted.grad, box.width);
  if (wanted.classes === box.state) return;
  for (const name of ["pending", "current", "used", "kinked"]) box.group.classList.toggle(name, wanted.classes.includes(name));
  box.state = wanted.classes;
}

function spoken(current, isBack, count, done) {
  if (done) return "the end: all values and gradients";
  if (step === 0) return "the beginning: the inputs are given";
  if (!isBack) return `forward: ${nodes[current].title}`;
  return count === 0 ? "backward: the result's own cotangent" : `backward: ${nodes[current].title}`;
}

function rule(i) {
  const template = byId("rule-" + nodes[i].operation);
  return template === null ? element("p", nodes[i].op) : template.content.cloneNode(true);
}

// What the rule calls an operation's input; the last parameter may stand for several.
function param(i, k) {
  const names = data.params[nodes[i].operation] || [""];
  return names[Math.min(k, names.length - 1)];
}

function tell(current, isBack, count, done, come) {
  const parts = [];
  if (done) {
    parts.push(element("h2", "All values and gradients"));
    parts.push(element("p", `${drawn} nodes. Go back a step at a time to see how each came about.`));
    parts.push(results());
  } else if (step === 0) {
    parts.push(element("h2", "The inputs are given"), element("p", "Nothing is computed yet."));
  } else if (!isBack) {
    parts.push(element("h2", `Forward, ${step} of ${forward.length}`));
    parts.push(element("p", "", element("code", nodes[current].title), ` = ${valueOf(current)}`));
    parts.push(rule(current));
    const list = element("ul");
    nodes[current].inputs.forEach((j, k) => {
      list.append(element("li", "", `${param(current, k)}: `, element("code", nodes[j].title), ` = ${valueOf(j)}`));
    });
    parts.push(list);
  } else if (count === 0) {
    parts.push(element("h2", "Backward begins"));
    parts.push(element("p", `The result's own cotangent is ${gradOf(last)}.`));
  } else {
    parts.push(element("h2", `Backward, ${count} of ${backward.length}`));
    const name = nodes[current].op;
    parts.push(element("p", "", `${name}: the cotangent g = ${gradOf(current)} has come to `,
      element("code", nodes[current].title), ` = ${valueOf(current)}.`));
    parts.push(rule(current), shares(current, come));
  }
  if (current >= 0 && !done && isKink(current)) parts.push(element("p", kinkText(current)));
  byId("told").replaceChildren(...parts);
}

function kinkText(i) {
  return nodes[i].kink === "" ? "⚠ Not differentiable here." : `⚠ Not differentiable here; taken: ${nodes[i].kink}.`;
}

// What an operation sends to each of its inputs.
function shares(i, come) {
  const list = element("ul");
  nodes[i].inputs.forEach((j, k) => {
    const item = element("li", "", `${param(i, k)}: `, element("code", nodes[j].title));
    const sent = state && state.sent[i] && state.sent[i][k];
    if (!nodes[j].tracked) {
      item.append(" needs no gradient");
    } else {
      const gives = sent && (uses[j] === 1 ? gradOf(j) : brief(sent.contribution, nodes[j].shape));
      const rows = state === null ? [] : sent === null ? [["partial", "0.0"], ["times g", "0.0"]]
        : sent.partial === null ? [["gets", gives]] : [["partial", text(sent.partial)], ["times g", gives]];
      const own = element("dl");
      for (const [name, told] of [...rows, ["its grad so far", soFar(j, come)]]) {
        own.append(element("dt", name), element("dd", told));
      }
      item.append(own);
    }
    list.append(item);
  });
  return list;
}

function soFar(j, come) {
  if (come.waiting[j] === 0) return gradOf(j);
  return come.grad[j] === undefined ? "not complete" : brief(come.grad[j], nodes[j].shape) + "…";
}

function results() {
  const list = element("ul");
  list.append(element("li", "", element("code", nodes[last].title), ` = ${valueOf(last)}`));
  boxes.forEach((_, i) => {
    if (nodes[i].operation >= 0 || !nodes[i].tracked || i === last) return;
    list.append(element("li", "", "gradient by ", element("code", nodes[i].title), `: ${wholeGrad(i)}`));
  });
  return list;
}

function go(to) {
  const bounded = Math.max(0, Math.min(steps, to));
  if (bounded === step) return;
  step = bounded;
  show();
}

byId("step").max = steps;
byId("step").addEventListener("input", (event) => go(Number(event.target.value)));
byId("first").addEventListener("click", () => go(0));
byId("back").addEventListener("click", () => go(step - 1));
byId("next").addEventListener("click", () => go(step + 1));
byId("last").addEventListener("click", () => go(steps));

// --- nodes ----------------------------------------------------------------------------------------------------------

let pointed = -1; // the node that the mouse or the focus is on

function point(i) {
  if (i === pointed) return;
  pointed = i;
  const where = byId("source");
  if (i < 0) {
    where.replaceChildren(data.source);
  } else {
    const { start, end } = nodes[i];
    const mark = element("mark", source.slice(start, end).join(""));
    where.replaceChildren(source.slice(0, start).join(""), mark, source.slice(end).join(""));
    mark.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  about(i);
  lightWires();
}

function about(i) {
  const parts = [];
  if (i < 0) {
    parts.push(element("p", "Point at a node, or go to it with the keyboard."));
  } else {
    const list = element("dl");
    const rows = [["node", nodes[i].title], ["operation", nodes[i].op], ["value", wholeValue(i)]];
    if (gradOf(i) !== null) rows.push(["gradient", wholeGrad(i)]);
    for (const [name, told] of rows) list.append(element("dt", name), element("dd", told));
    parts.push(list);
    if (isKink(i)) parts.push(element("p", kinkText(i)));
  }
  byId("about").replaceChildren(...parts);
}

function lightWires() {
  const count = step - forward.length - 1;
  const done = step === steps;
  const current = done || step === 0 || count === 0 ? -1 : count > 0 ? backward[count - 1] : forward[step - 1];
  const targets = new Set([current, pointed]);
  const sources = new Set(wires.filter((w) => w.to >= 0 && targets.has(w.to)).map((w) => w.from));
  for (const wire of wires) {
    const lit = wire.to >= 0 ? targets.has(wire.to) || wire.from === pointed : wire.from === pointed
      || (wire.to < 0 && sources.has(wire.from));
    if (lit !== wire.lit) wire.path.classList.toggle("lit", lit);
    wire.lit = lit;
  }
}

function label(i) {
  const box = boxes[i];
  const grad = gradOf(i);
  const told = `${nodes[i].title}, ${nodes[i].op}, value ${valueOf(i)}${grad === null ? "" : `, gradient ${grad}`}`
    + (isKink(i) ? ", kink" : "");
  if (box.title.textContent !== told) {
    box.title.textContent = told;
    box.group.setAttribute("aria-label", told);
  }
}

function focusOn(i) {
  const to = Math.max(0, Math.min(last, i));
  boxes.forEach((box, j) => {
    const index = j === to ? "0" : "-1";
    if (box.group.getAttribute("tabindex") !== index) box.group.setAttribute("tabindex", index);
  });
  boxes[to].group.focus({ preventScroll: true });
  reveal(boxes[to]);
}

boxes.forEach((box, i) => {
  box.group.setAttribute("role", "button");
  box.group.setAttribute("tabindex", i === last ? "0" : "-1");
  box.group.addEventListener("pointerenter", () => point(i));
  box.group.addEventListener("pointerleave", () => point(boxes.findIndex((b) => b.group === document.activeElement)));
  box.group.addEventListener("focus", () => point(i));
  box.group.addEventListener("blur", () => point(-1));
  box.group.addEventListener("click", () => visit(i));
});

// Go to the step at which a node is computed; from there to the one at which it sends its cotangent on.
function visit(i) {
  focusOn(i);
  const ahead = place.get(i) || 0;
  const back = backward.indexOf(i);
  go(step === ahead && back >= 0 ? forward.length + 2 + back : ahead);
}

const still = window.matchMedia("(prefers-reduced-motion: reduce)");

// The part of the picture that is in sight, in its own pixels; noted when it changes, since to ask takes a layout.
let sight = { left: 0, top: 0, width: 0, height: 0, shift: 0 };

function look() {
  const frame = byId("frame");
  const shift = Math.max(0, (frame.clientWidth - natural.width * scale) / 2);
  sight = { left: frame.scrollLeft, top: frame.scrollTop, width: frame.clientWidth, height: frame.clientHeight, shift };
  boxes.forEach((box, i) => { if (box.wanted !== null && inSight(box)) apply(box, i); });
}

function edges(box) {
  const x = box.x * scale + sight.shift - sight.left;
  const y = box.y * scale - sight.top;
  const [across, down] = [(box.width / 2) * scale, (box.height / 2) * scale];
  return { x, y, left: x - across, right: x + across, top: y - down, bottom: y + down };
}

function inSight(box) {
  const at = edges(box);
  return at.right > 0 && at.left < sight.width && at.bottom > 0 && at.top < sight.height;
}

function reveal(box) {
  const at = edges(box);
  if (at.left >= 0 && at.right <= sight.width && at.top >= 0 && at.bottom <= sight.height) return;
  byId("frame").scrollTo({
    left: sight.left + at.x - sight.width / 2,
    top: sight.top + at.y - sight.height / 2,
    behavior: still.matches || drawn > 200 ? "instant" : "smooth",
  });
}

byId("frame").addEventListener("scroll", look, { passive: true });
window.addEventListener("resize", look);

// --- the keyboard, zoom and the mouse ---------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
  const inGraph = boxes.findIndex((box) => box.group === event.target);
  const keys = {
    ArrowLeft: () => go(step - 1), ArrowRight: () => go(step + 1), Home: () => go(0), End: () => go(steps),
    "+": () => zoom(1.25), "-": () => zoom(0.8), "0": () => fit(),
  };
  if (inGraph >= 0) {
    Object.assign(keys, {
      ArrowUp: () => focusOn(inGraph - 1), ArrowDown: () => focusOn(inGraph + 1),
      Enter: () => visit(inGraph), " ": () => visit(inGraph),
    });
  }
  if (!(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
});

function scaled(to) {
  scale = Math.max(0.05, Math.min(4, to));
  svg.setAttribute("width", natural.width * scale);
  svg.setAttribute("height", natural.height * scale);
  look();
}

function zoom(factor) {
  const frame = byId("frame");
  const x = (frame.scrollLeft + frame.clientWidth / 2) / scale;
  const y = (frame.scrollTop + frame.clientHeight / 2) / scale;
  scaled(scale * factor);
  frame.scrollLeft = x * scale - frame.clientWidth / 2;
  frame.scrollTop = y * scale - frame.clientHeight / 2;
  look();
}

function fit() {
  const frame = byId("frame");
  scaled(Math.min((frame.clientWidth - 4) / natural.width, (frame.clientHeight - 4) / natural.height, 1));
}

byId("larger").addEventListener("click", () => zoom(1.25));
byId("smaller").addEventListener("click", () => zoom(0.8));
byId("fit").addEventListener("click", fit);

let grip = null; // where the mouse took hold of the picture
byId("frame").addEventListener("pointerdown", (event) => {
  if (event.pointerType !== "mouse" || event.button !== 0 || event.target.closest(".node")) return;
  const frame = byId("frame");
  grip = { x: event.clientX + frame.scrollLeft, y: event.clientY + frame.scrollTop };
  frame.setPointerCapture(event.pointerId);
});
byId("frame").addEventListener("pointermove", (event) => {
  if (grip === null) return;
  byId("frame").scrollLeft = grip.x - event.clientX;
  byId("frame").scrollTop = grip.y - event.clientY;
});
for (const end of ["pointerup", "pointercancel"]) byId("frame").addEventListener(end, () => { grip = null; });

// --- inputs ---------------------------------------------------------------------------------------------------------

const same = (a, b) => entries(a).every((x, k) => Object.is(x, entries(b)[k]));

function change() {
  const values = {};
  let wrong = 0;
  for (const [variable, index] of data.variables) {
    const field = byId("input-" + index);
    const problem = byId("problem-" + index);
    const { shape } = nodes[index];
    const value = shape.length > 0 ? parsedArray(field.value, shape) : parsed(field.value);
    const told = shape.length > 0 ? `no array of ${shape.join(" × ")} numbers; write it in brackets, as it was`
      : "no number; write 2, -0.5 or 1e-3";
    field.setAttribute("aria-invalid", value === null);
    write(problem, value === null ? told : "");
    if (value === null) wrong++;
    else values[variable] = value;
  }
  if (wrong > 0) {
    write(byId("flaw"), "The numbers shown are still those of the inputs before.");
    return;
  }
  const found = computed(values);
  if (found.flipped.length > 0) {
    const [, first, start, end] = found.flipped[0];
    const told = source.slice(start, end).join("");
    write(byId("flaw"), `At these inputs ${told} is ${first ? "false" : "true"}: the other branch is taken, which is `
      + "another graph. Run gradcli graph with them. The numbers shown are still those of the inputs before.");
    return;
  }
  if (found.unsure) {
    write(byId("flaw"), "At these inputs a zero meets an infinite slope: gradcli graph tells what that gives. "
      + "The numbers shown are still those of the inputs before.");
    return;
  }
  state = found;
  edited = data.variables.some(([variable, index]) => !same(values[variable], nodes[index].value));
  const strange = [state.value[last], ...state.grad].some((x) => !allFinite(x));
  write(byId("flaw"), strange ? "A number is not finite at these inputs; gradcli grad says where it comes from." : "");
  show();
  about(pointed);
}

if (state === null) {
  for (const field of document.querySelectorAll("#inputs input, #reset")) field.disabled = true;
  write(byId("flaw"), `Inputs cannot be changed here: ${why}.`);
} else {
  for (const [, index] of data.variables) byId("input-" + index).addEventListener("input", change);
  byId("inputs").addEventListener("submit", (event) => event.preventDefault());
  byId("inputs").addEventListener("reset", () => setTimeout(change));
}

if (natural.width <= byId("frame").clientWidth * 1.6) fit();
if (scale < 0.6) scaled(0.6);
look();
about(-1);
show();
