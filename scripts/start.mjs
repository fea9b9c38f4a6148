import { enter } from "./bootstrap.mjs";
import { runProgram } from "./refusal.mjs";

await runProgram(async () => {
  await enter();
  const { supervise } = await import("./supervise.mjs");
  await supervise(process.argv.slice(2));
});
