// Builds the demonstration page: node tools/build.mjs FOLDER. The folder is replaced when everything was made.
//
// Files below assets/ carry a hash of their content in their name and may be kept for ever. The service worker gets the
// list of all files, and a version that changes whenever one of them does.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compress, listFiles, replace } from "../../../scripts/web/folder.mjs";
import { drawIcon } from "./icons.mjs";

const [wanted] = process.argv.slice(2);
if (!wanted) {
  console.error("usage: node tools/build.mjs FOLDER");
  process.exit(2);
}
const target = resolve(wanted);
const made = `${target}.new`;
const demo = join(dirname(dirname(fileURLToPath(import.meta.url))), "demo");
const { version } = JSON.parse(readFileSync(join(demo, "..", "package.json"), "utf8"));

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Writes a file below assets/ under a name with its hash; returns its path. */
function writeAsset(name, bytes) {
  const [stem, ending] = name.split(".");
  const path = `assets/${stem}-${hash(bytes).slice(0, 10)}.${ending}`;
  writeFileSync(join(made, path), bytes);
  return path;
}

/** Bundles one entry point; returns its text. */
async function bundle(entry, options = {}) {
  const { outputFiles } = await build({
    entryPoints: [join(demo, entry)],
    bundle: true,
    minify: true,
    write: false,
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
    ...options,
  });
  return outputFiles[0].contents;
}

/** The text with {{name}} replaced by what `values` has for it. */
function fill(file, values) {
  return readFileSync(join(demo, file), "utf8").replace(/\{\{(\w+)\}\}/g, (_, name) => {
    if (!(name in values)) throw new Error(`${file} wants ${name}`);
    return values[name];
  });
}

rmSync(made, { recursive: true, force: true });
mkdirSync(join(made, "assets"), { recursive: true });

const icon = readFileSync(join(demo, "icons", "icon.svg"));
const icons = {
  icon: writeAsset("icon.svg", icon),
  icon192: writeAsset("icon192.png", drawIcon(192)),
  icon512: writeAsset("icon512.png", drawIcon(512)),
  maskable: writeAsset("maskable.png", drawIcon(512, { maskable: true })),
  touch: writeAsset("touch.png", drawIcon(180, { maskable: true })),
};
const values = {
  ...icons,
  script: writeAsset("app.js", await bundle("main.ts", { format: "esm", define: { APP_VERSION: JSON.stringify(version) } })),
  style: writeAsset("style.css", await bundle("style.css")),
};
writeFileSync(join(made, "index.html"), fill("index.html", values));
writeFileSync(join(made, "manifest.webmanifest"), fill("manifest.webmanifest", values));

const files = listFiles(made);
const release = hash(files.map((file) => `${file} ${hash(readFileSync(join(made, file)))}`).join("\n")).slice(0, 12);
const cached = files.map((file) => (file === "index.html" ? "" : file));
const worker = await bundle("worker/service-worker.ts", { format: "iife", define: { FILES: JSON.stringify(cached), RELEASE: JSON.stringify(release) } });
writeFileSync(join(made, "service-worker.js"), worker);

compress(made);
replace(target, made);
console.log(`${basename(target)} ${release}: ${files.length} files`);
