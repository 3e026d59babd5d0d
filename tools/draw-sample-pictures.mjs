// Draws the pictures of the sample issues into issues/pictures/:
//   node tools/draw-sample-pictures.mjs
// They are 1200 pixels wide and shown at half of that or less, so type here is at least 34 pixels high. Each has a ground
// of its own, neither white nor black, and so keeps its look in light and in dark mails.
import { createCanvas, GlobalFonts } from "@napi-rs/canvas";
import { readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const fontFolder = join(
  dirname(createRequire(import.meta.url).resolve("@fontsource-variable/inter/package.json")),
  "files",
);
for (const file of readdirSync(fontFolder)
  .filter((name) => name.endsWith("-wght-normal.woff2"))
  .toSorted()) {
  GlobalFonts.registerFromPath(join(fontFolder, file), "Newsletter");
}

const night = "#242a33";
const nightLight = "#323b47";
const sand = "#efe4d3";
const rust = "#d96b43";
const apricot = "#f2b98f";
const sage = "#8fb8a4";
const sky = "#93b4cf";
const plum = "#a3788f";
const honey = "#e3b55c";

const type = (size, weight = 500) => `${weight} ${size}px Newsletter`;

function write(name, width, height, draw) {
  const canvas = createCanvas(width, height);
  const pen = canvas.getContext("2d");
  draw(pen, width, height);
  writeFileSync(new URL(`../issues/pictures/${name}`, import.meta.url), canvas.toBuffer("image/png"));
}

/** Mixes a colour with another; `amount` 0 to 1. */
function mix(colour, other, amount) {
  const parts = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  const [from, to] = [parts(colour), parts(other)];
  const mixed = from.map((part, index) => Math.round(part + (to[index] - part) * amount));
  return `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function ground(pen, width, height, top, bottom) {
  const shade = pen.createLinearGradient(0, 0, 0, height);
  shade.addColorStop(0, top);
  shade.addColorStop(1, bottom);
  pen.fillStyle = shade;
  pen.fillRect(0, 0, width, height);
}

function rounded(pen, x, y, width, height, radius, fill) {
  pen.beginPath();
  pen.roundRect(x, y, width, height, radius);
  pen.fillStyle = fill;
  pen.fill();
}

// ---- One control plane above three workload planes, as slabs seen from a corner ----

const slope = Math.PI / 6;
const spot = (origin, unit, x, y, z) => [
  origin[0] + (x - y) * Math.cos(slope) * unit,
  origin[1] + (x + y) * Math.sin(slope) * unit - z * unit,
];

function face(pen, corners, fill) {
  pen.beginPath();
  corners.forEach(([x, y], index) => (index === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
  pen.closePath();
  pen.fillStyle = fill;
  pen.fill();
  // Closes the hairline between neighbouring faces.
  pen.strokeStyle = fill;
  pen.lineWidth = 1;
  pen.stroke();
}

function box(pen, origin, unit, [x, y, z], [width, depth, height], colour) {
  const at = (dx, dy, dz) => spot(origin, unit, x + dx * width, y + dy * depth, z + dz * height);
  face(pen, [at(0, 1, 0), at(1, 1, 0), at(1, 1, 1), at(0, 1, 1)], mix(colour, night, 0.28));
  face(pen, [at(1, 0, 0), at(1, 1, 0), at(1, 1, 1), at(1, 0, 1)], mix(colour, night, 0.5));
  face(pen, [at(0, 0, 1), at(1, 0, 1), at(1, 1, 1), at(0, 1, 1)], colour);
}

function grid(pen, origin, unit, size, z, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  for (let line = 1; line < size; line++) {
    for (const [from, to] of [
      [spot(origin, unit, line, 0, z), spot(origin, unit, line, size, z)],
      [spot(origin, unit, 0, line, z), spot(origin, unit, size, line, z)],
    ]) {
      pen.beginPath();
      pen.moveTo(...from);
      pen.lineTo(...to);
      pen.stroke();
    }
  }
}

function wire(pen, from, turn, to, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = 5;
  pen.setLineDash([0.1, 13]);
  pen.lineCap = "round";
  pen.beginPath();
  pen.moveTo(...from);
  pen.quadraticCurveTo(...turn, ...to);
  pen.stroke();
  pen.setLineDash([]);
  pen.beginPath();
  pen.arc(...to, 11, 0, Math.PI * 2);
  pen.fillStyle = night;
  pen.fill();
  pen.lineWidth = 4;
  pen.stroke();
}

write("multicluster.png", 1200, 860, (pen, width, height) => {
  ground(pen, width, height, "#282f39", "#282f39");
  const planes = [
    {
      x: 210,
      place: "Region",
      detail: "US East",
      colour: sage,
      towers: [
        [0.4, 0.5, 1.05],
        [1.7, 0.4, 0.7],
        [0.5, 1.8, 0.8],
        [1.8, 1.7, 1.6],
      ],
    },
    {
      x: 600,
      place: "Cloud",
      detail: "another provider",
      colour: sky,
      towers: [
        [0.4, 0.4, 0.8],
        [1.7, 0.5, 1.7],
        [0.5, 1.7, 1.1],
        [1.8, 1.8, 0.6],
      ],
    },
    {
      x: 990,
      place: "VPC",
      detail: "a customer’s own",
      colour: honey,
      towers: [
        [0.5, 0.5, 1.2],
        [1.8, 0.4, 0.6],
        [0.4, 1.8, 0.6],
        [1.7, 1.7, 1.1],
      ],
    },
  ];
  const control = [600, 96];
  const unit = 50;
  const lower = 462;

  const [left, front, right] = [
    spot(control, unit, 0, 4.6, 0),
    spot(control, unit, 4.6, 4.6, 0),
    spot(control, unit, 4.6, 0, 0),
  ];
  wire(pen, [left[0] - 16, left[1]], [planes[0].x, left[1]], [planes[0].x, 396], apricot);
  wire(pen, [front[0], front[1] + 18], [front[0], front[1] + 30], [planes[1].x, 396], apricot);
  wire(pen, [right[0] + 16, right[1]], [planes[2].x, right[1]], [planes[2].x, 396], apricot);

  box(pen, control, unit, [0, 0, 0], [4.6, 4.6, 0.32], mix(rust, sand, 0.12));
  grid(pen, control, unit, 4.6, 0.32, mix(rust, night, 0.16));
  for (const [x, y, tall, colour] of [
    [0.35, 0.35, 0.2, apricot],
    [3.35, 0.35, 0.2, apricot],
    [1.5, 1.5, 0.75, sand],
    [0.35, 3.35, 0.2, apricot],
    [3.35, 3.35, 0.2, apricot],
  ]) {
    const side = tall > 0.5 ? 1.6 : 0.9;
    box(pen, control, unit, [x, y, 0.32], [side, side, tall], colour);
  }

  for (const plane of planes) {
    const origin = [plane.x, lower];
    box(pen, origin, 50, [0, 0, 0], [3.2, 3.2, 0.3], mix(nightLight, plane.colour, 0.28));
    grid(pen, origin, 50, 3.2, 0.3, mix(nightLight, plane.colour, 0.5));
    for (const [x, y, tall] of plane.towers) box(pen, origin, 50, [x, y, 0.3], [0.9, 0.9, tall], plane.colour);
    pen.textAlign = "center";
    pen.fillStyle = sand;
    pen.font = type(38, 650);
    pen.fillText(plane.place, plane.x, 704);
    pen.fillStyle = mix(sand, night, 0.22);
    pen.font = type(34);
    pen.fillText(plane.detail, plane.x, 748);
  }

  pen.textAlign = "left";
  pen.fillStyle = sand;
  pen.font = type(40, 650);
  pen.fillText("Control plane", 56, 92);
  pen.fillStyle = mix(sand, night, 0.22);
  pen.font = type(34);
  pen.fillText("one Kubernetes cluster", 56, 138);
  pen.textAlign = "center";
  pen.fillStyle = apricot;
  pen.font = type(36, 600);
  pen.fillText("Workload planes run the models", 600, 826);
});

// ---- Two words, cut by two tokenizers ----

function pieces(pen, y, height, parts, colours, size) {
  const gap = 12;
  const pad = size * 0.25;
  pen.font = type(size, 640);
  const widths = parts.map((part) => pen.measureText(part).width + pad * 2);
  let x = (1200 - widths.reduce((sum, part) => sum + part, 0) - gap * (parts.length - 1)) / 2;
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  parts.forEach((part, index) => {
    const colour = colours[index % colours.length];
    rounded(pen, x, y + 7, widths[index], height, 18, mix(colour, night, 0.45));
    rounded(pen, x, y, widths[index], height, 18, colour);
    pen.fillStyle = "#22262d";
    pen.fillText(part, x + widths[index] / 2, y + height / 2 + size * 0.34);
    x += widths[index] + gap;
  });
}

write("tokens.png", 1200, 600, (pen, width, height) => {
  ground(pen, width, height, "#282f39", "#282f39");
  const label = (text, y) => {
    pen.font = type(36, 560);
    pen.textAlign = "center";
    pen.fillStyle = mix(sand, night, 0.12);
    pen.fillText(text, 600, y);
  };
  pieces(pen, 82, 128, ["To", "ken", "iz", "ers", "dis", "ag", "ree", "."], [apricot, sand, rust, sand], 72);
  label("eight tokens", 276);
  pen.strokeStyle = mix(sand, night, 0.72);
  pen.lineWidth = 3;
  pen.setLineDash([3, 14]);
  pen.lineCap = "round";
  pen.beginPath();
  pen.moveTo(80, 313);
  pen.lineTo(1120, 313);
  pen.stroke();
  pen.setLineDash([]);
  pieces(pen, 356, 128, ["Token", "izers", "disagree", "."], [sage, sky, sand, honey], 72);
  label("four tokens", 552);
});

// ---- Seven ribbons: the week's links, marking their pages ----

write("margin.png", 1200, 340, (pen, width, height) => {
  ground(pen, width, height, "#f1e7d8", "#e9dcc8");
  pen.fillStyle = "#e3d3bb";
  for (let line = 0; line < 6; line++) pen.fillRect(0, 60 + line * 48, width, 2);
  pen.fillStyle = mix(rust, sand, 0.45);
  pen.fillRect(150, 0, 3, height);
  const colours = [rust, sage, honey, plum, sky, "#c25b3a", "#6f8f86"];
  const lengths = [236, 168, 282, 204, 128, 258, 186];
  colours.forEach((colour, index) => {
    const x = 226 + index * 130;
    const [wide, long] = [64, lengths[index]];
    const ribbon = (dx, dy) => {
      pen.beginPath();
      pen.moveTo(x + dx, -4);
      pen.lineTo(x + wide + dx, -4);
      pen.lineTo(x + wide + dx, long + dy);
      pen.lineTo(x + wide / 2 + dx, long - 30 + dy);
      pen.lineTo(x + dx, long + dy);
      pen.closePath();
    };
    ribbon(9, 9);
    pen.fillStyle = "rgba(92, 66, 40, 0.16)";
    pen.fill();
    ribbon(0, 0);
    const shade = pen.createLinearGradient(x, 0, x + wide, 0);
    shade.addColorStop(0, mix(colour, "#ffffff", 0.08));
    shade.addColorStop(0.5, colour);
    shade.addColorStop(1, mix(colour, "#000000", 0.1));
    pen.fillStyle = shade;
    pen.fill();
    pen.fillStyle = mix(colour, "#ffffff", 0.35);
    pen.fillRect(x + 8, 0, 2, long - 22);
    pen.fillRect(x + wide - 10, 0, 2, long - 22);
  });
});

// ---- A note that is kept while it is still being written ----

write("drafts.png", 1200, 620, (pen, width, height) => {
  ground(pen, width, height, "#3d5a57", "#2e4644");
  pen.fillStyle = "rgba(255, 255, 255, 0.05)";
  pen.beginPath();
  pen.arc(1010, 90, 330, 0, Math.PI * 2);
  pen.fill();
  pen.beginPath();
  pen.arc(120, 600, 240, 0, Math.PI * 2);
  pen.fill();

  pen.save();
  pen.translate(600, 330);
  const sheet = (angle, lift, fill) => {
    pen.save();
    pen.rotate(angle);
    pen.shadowColor = "rgba(12, 24, 23, 0.45)";
    pen.shadowBlur = lift;
    pen.shadowOffsetY = lift / 2;
    rounded(pen, -360, -230, 720, 460, 26, fill);
    pen.restore();
  };
  sheet(-0.085, 30, "#d8c9b2");
  sheet(0.045, 30, "#e6d9c4");
  sheet(-0.015, 44, "#f4ead9");
  pen.rotate(-0.015);
  rounded(pen, -300, -168, 300, 34, 17, "#3b4a48");
  const bar = (y, wide, colour = "#cdbfa8") => rounded(pen, -300, y, wide, 20, 10, colour);
  bar(-92, 590);
  bar(-46, 540);
  bar(0, 600);
  bar(46, 250);
  rounded(pen, -34, 32, 7, 48, 3, rust);
  rounded(pen, -300, 116, 236, 72, 36, "#2f6b57");
  pen.strokeStyle = "#f4ead9";
  pen.lineWidth = 8;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.beginPath();
  pen.moveTo(-266, 153);
  pen.lineTo(-252, 167);
  pen.lineTo(-226, 138);
  pen.stroke();
  pen.fillStyle = "#f4ead9";
  pen.font = type(38, 620);
  pen.textAlign = "left";
  pen.fillText("Kept", -200, 165);
  pen.restore();
});
