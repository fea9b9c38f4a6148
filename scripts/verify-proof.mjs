// Checks proofs of state from a fresh clone: installs what is missing, then goes on under the pinned Node, without a build.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { enter, root } from "./bootstrap.mjs";
import { runProgram } from "./refusal.mjs";

await runProgram(async () => {
  await enter();
  const { tsImport } = await import("tsx/esm/api");
  const main = pathToFileURL(path.join(root, "server", "proof", "main.ts")).href;
  await tsImport(main, { parentURL: import.meta.url, tsconfig: path.join(root, "tsconfig.json") });
});
