// Draws the charts of a page from the documents in it; its colours are the page's, so dark and print need nothing here.
"use strict";

const PHONE = 560; // pixels: below, a chart writes less beside its rows
const NEARLY = 8; // pixels that a width may change without a new drawing
const PAPER = 680; // pixels: A4 without its margins
const kept = []; // what is drawn on this page

function documentFor(figure, width) {
  const text = figure.querySelector('script[type="application/json"]').textContent;
  const chart = JSON.parse(text);
  chart.width = width;
  chart.params = chart.params.map((one) => (one.name === "narrow" ? { ...one, value: width < PHONE } : one));
  return chart;
}

async function draw(figure) {
  const place = figure.querySelector(".chart-drawing");
  figure.classList.add("drawing");
  const width = Math.floor(figure.clientWidth);
  // No style element and no compiled expression: the content policy allows neither.
  const drawn = await vegaEmbed(place, documentFor(figure, width), {
    actions: false,
    ast: true,
    defaultStyle: false,
    renderer: "svg",
    tooltip: { disableDefaultStyle: true },
  });
  figure.classList.remove("drawing");
  figure.classList.add("drawn");
  return { drawn, width };
}

async function keepDrawn(figure) {
  let last = await draw(figure);
  kept.push(() => last);
  const table = document.getElementById(figure.dataset.table);
  if (table && table.tagName === "DETAILS") table.open = false;
  let waiting = false;
  new ResizeObserver(async () => {
    if (waiting || Math.abs(figure.clientWidth - last.width) < NEARLY) return;
    waiting = true;
    last.drawn.finalize();
    last = await draw(figure);
    waiting = false;
  }).observe(figure);
}

// Printing does not wait for a new drawing; setting a width is done at once.
function resize(widthOf) {
  for (const last of kept.map((one) => one())) last.drawn.view.width(widthOf(last)).run();
}
addEventListener("beforeprint", () => resize((last) => Math.min(last.width, PAPER)));
addEventListener("afterprint", () => resize((last) => last.width));

// Texts are measured with the font that they are drawn in.
document.fonts.load("12px Inter").finally(() => document.querySelectorAll("figure.chart").forEach(keepDrawn));
