// Builds the adapters for the conformance tool: node tools/conformance.mjs FOLDER makes FOLDER/node.mjs and FOLDER/chromium.mjs.
import { build } from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node tools/conformance.mjs FOLDER");
  process.exit(2);
}
const sources = join(dirname(dirname(fileURLToPath(import.meta.url))), "conformance");
const common = { bundle: true, outdir: folder, logLevel: "warning", sourcemap: "inline" };
await build({
  ...common,
  entryPoints: [join(sources, "node.ts"), join(sources, "chromium.ts")],
  outExtension: { ".js": ".mjs" },
  platform: "node",
  format: "esm",
  target: "node20",
});
await build({ ...common, entryPoints: [join(sources, "page.ts")], platform: "browser", format: "iife", target: "es2022" });
