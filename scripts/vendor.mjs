// Copies what is vendored out of node_modules and writes its SHA-256 beside it: run after `npm ci`.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";

const FILES = [
  ["node_modules/bootstrap/dist/css/bootstrap.min.css", "audit/static/vendor/bootstrap.min.css"],
  ["node_modules/idb/build/umd.js", "audit/static/vendor/idb.js"],
  ["node_modules/axe-core/axe.min.js", "tests/vendor/axe.min.js"],
];
const SOURCE_MAP = /\/\*# sourceMappingURL=.*\*\/\s*$/; // the map is not shipped: a reference to it would be a 404

const lines = FILES.map(([from, to]) => {
  mkdirSync(to.slice(0, to.lastIndexOf("/")), { recursive: true });
  const content = readFileSync(from, "utf8").replace(SOURCE_MAP, "");
  writeFileSync(to, content);
  return `${createHash("sha256").update(content).digest("hex")}  ${to}`;
});
writeFileSync("scripts/vendor.sha256", lines.join("\n") + "\n");
