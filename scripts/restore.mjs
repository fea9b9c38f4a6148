// npm run restore -- FILE [--force]
import path from "node:path";
import { enter } from "./bootstrap.mjs";
import { Refusal, runProgram } from "./refusal.mjs";

await runProgram(async () => {
  const force = process.argv.includes("--force");
  const [name, ...more] = process.argv.slice(2).filter((argument) => argument !== "--force");
  if (!name || more.length > 0) throw new Refusal("say what to restore: npm run restore -- FILE [--force]");
  await enter();
  (await import("tsx/esm/api")).register();
  const { withDatabase } = await import("./reach-database.mjs");
  const { restoreDatabase } = await import("../db/backup/restore.ts");
  const file = path.resolve(process.env.INIT_CWD ?? process.cwd(), name);
  const restored = await withDatabase((url, secretKey) => restoreDatabase(url, file, { force, secretKey }), {
    migrated: true,
  });
  console.log(`${restored.rows} rows are back as they were at ${restored.header.madeAt}`);
  if (!restored.keyFits) {
    console.log(
      "its stored secrets were encrypted with another key: put that secret.key into the data folder, or enter them anew",
    );
  }
});
