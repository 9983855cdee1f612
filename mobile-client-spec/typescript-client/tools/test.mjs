// Runs the tests in Node's own runner: node tools/test.mjs [name …], all of tests/ where no name is given.
//
// They are bundled first, for Node 20 does not read TypeScript; what fails is shown with the lines of the source. Scripts for a
// page of a browser (*.page.ts) lie beside them as *.page.js.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ENDING = ".test.ts";
const PAGE_ENDING = ".page.ts";
const project = dirname(dirname(fileURLToPath(import.meta.url)));
const names = process.argv.slice(2).map((name) => basename(name, ENDING));

const found = readdirSync(join(project, "tests"), { recursive: true }).map(String);
const tests = found.filter((file) => file.endsWith(ENDING) && (!names.length || names.includes(basename(file, ENDING))));
if (!tests.length) {
  console.error(`no test called ${names.join(", ")}`);
  process.exit(1);
}

const pages = found.filter((file) => file.endsWith(PAGE_ENDING));
const common = { bundle: true, sourcemap: "inline", logLevel: "warning" };
const bundles = mkdtempSync(join(tmpdir(), "roundsman-client-tests-"));
try {
  const { outputFiles: _, ...result } = await build({
    entryPoints: tests.map((file) => join(project, "tests", file)),
    ...common,
    outdir: bundles,
    outExtension: { ".js": ".mjs" },
    platform: "node",
    format: "esm",
    target: "node20",
    // What is bundled from CommonJS asks for Node's own modules by this.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    metafile: true,
  });
  await build({ ...common, entryPoints: pages.map((file) => join(project, "tests", file)), outdir: bundles, format: "iife" });
  const files = Object.keys(result.metafile.outputs).map((file) => join(process.cwd(), file));
  const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-reporter=spec", ...files], { stdio: "inherit" });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(bundles, { recursive: true });
}
