// Builds what the console's pages run: node build.mjs FOLDER. The folder is replaced when everything was made.
//
// Each module directly in src/ is an entry of its own (console.ts is on every page), each file of styles/ named here is
// a style sheet; MapLibre's worker is a file of its own, because the policy allows no other kind. assets.json tells the
// server under which name, with the hash of its content, each of them lies.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compress, replace } from "../../../scripts/web/folder.mjs";
import { makeOutlines } from "./outlines.mjs";

const [wanted] = process.argv.slice(2);
if (!wanted) {
  console.error("usage: node build.mjs FOLDER");
  process.exit(2);
}
const target = resolve(wanted);
const made = `${target}.new`;
const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "node_modules");
const modules = readdirSync(join(here, "src")).filter((name) => name.endsWith(".ts"));
const sheets = ["chart.css", "console.css", "form_design.css", "map.css"];

rmSync(made, { recursive: true, force: true });
mkdirSync(made, { recursive: true });
const { metafile } = await build({
  entryPoints: [
    ...modules.map((name) => join(here, "src", name)),
    ...sheets.map((name) => join(here, "styles", name)),
    join(packages, "maplibre-gl", "dist", "maplibre-gl-worker.mjs"),
    join(here, "icon.svg"),
  ],
  outdir: join(made, "assets"),
  outbase: here,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".svg": "copy" },
  bundle: true,
  splitting: true,
  minify: true,
  metafile: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
});
const names = {};
for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
  if (entryPoint) names[basename(entryPoint).replace(/\.ts$/, ".js")] = relative(made, resolve(path));
}
const outlines = JSON.stringify(makeOutlines(packages));
names["outlines.json"] = `assets/outlines-${createHash("sha256").update(outlines).digest("hex").slice(0, 8)}.json`;
writeFileSync(join(made, names["outlines.json"]), outlines);
compress(made);
writeFileSync(join(made, "assets.json"), JSON.stringify(names));
replace(target, made);
console.log(`${basename(target)}: ${Object.keys(names).sort().join(", ")}`);
