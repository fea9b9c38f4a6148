// npm run backup -- FILE
import path from "node:path";
import { enter } from "./bootstrap.mjs";
import { Refusal, runProgram } from "./refusal.mjs";

await runProgram(async () => {
  const [name, ...more] = process.argv.slice(2);
  if (!name || more.length > 0) throw new Refusal("say where to write the backup: npm run backup -- FILE");
  await enter();
  (await import("tsx/esm/api")).register();
  const { withDatabase } = await import("./reach-database.mjs");
  const { backupDatabase } = await import("../db/backup/dump.ts");
  const file = path.resolve(process.env.INIT_CWD ?? process.cwd(), name);
  const { tables } = await withDatabase((url, secretKey) => backupDatabase(url, file, { now: new Date(), secretKey }));
  const rows = Object.values(tables).reduce((sum, table) => sum + table.rows, 0);
  console.log(`${rows} rows of ${Object.keys(tables).length} tables are in ${file}`);
  if (!process.env.WAYPOST_SECRET_KEY) {
    console.log("stored secrets in it need the key in the data folder's secret.key: keep a copy of that, elsewhere");
  }
});
