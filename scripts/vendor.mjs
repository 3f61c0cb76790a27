// Copies what is vendored out of node_modules and writes its SHA-256 beside it: run after `npm ci`.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";

const FILES = [
  ["node_modules/bootstrap/dist/css/bootstrap.min.css", "audit/static/vendor/bootstrap.min.css"],
  ["node_modules/idb/build/umd.js", "audit/static/vendor/idb.js"],
  ["node_modules/vega/build/vega.min.js", "audit/static/vendor/vega.min.js"],
  ["node_modules/vega-lite/build/vega-lite.min.js", "audit/static/vendor/vega-lite.min.js"],
  ["node_modules/vega-embed/build/vega-embed.min.js", "audit/static/vendor/vega-embed.min.js"],
  ["node_modules/axe-core/axe.min.js", "tests/vendor/axe.min.js"],
];
// The maps are not shipped: a reference to one would be a 404.
const SOURCE_MAP = /(\/\*# sourceMappingURL=.*\*\/|\/\/# sourceMappingURL=.*)\s*$/;
const NOTICES = "audit/static/vendor/vega.LICENSE.txt";
const BUNDLED = ["vega", "vega-embed", "vega-lite"]; // their files hold the packages that they need

// The packages inside the bundles; what vega-lite needs beside vega is for its command line.
function inside(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  const { dependencies = {} } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  if (name !== "vega-lite") for (const other of Object.keys(dependencies)) inside(other, found);
  return found;
}

function licence(name) {
  const folder = `node_modules/${name}`;
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (!file) throw new Error(`${name} has no licence file`);
  return readFileSync(`${folder}/${file}`, "utf8").trim();
}

// Packages with the same text share it.
function notices(names) {
  const byText = new Map();
  for (const name of names) byText.set(licence(name), [...(byText.get(licence(name)) ?? []), name]);
  const parts = [...byText].map(([text, sharing]) => `${sharing.join(", ")}\n\n${text}\n`);
  return parts.join(`\n${"-".repeat(78)}\n\n`);
}

const lines = FILES.map(([from, to]) => {
  mkdirSync(to.slice(0, to.lastIndexOf("/")), { recursive: true });
  const content = readFileSync(from, "utf8").replace(SOURCE_MAP, "");
  writeFileSync(to, content);
  return `${createHash("sha256").update(content).digest("hex")}  ${to}`;
});
writeFileSync("scripts/vendor.sha256", lines.join("\n") + "\n");
writeFileSync(NOTICES, notices([...new Set(BUNDLED.flatMap((name) => [...inside(name)]))].sort()));
