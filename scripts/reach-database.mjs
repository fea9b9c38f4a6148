// For backup and restore: the database of this installation, started for the while when it does not run.
import fs from "node:fs";
import path from "node:path";
import { embeddedUrl, startPostgres } from "../db/embedded.ts";
import { root } from "./bootstrap.mjs";
import { openDataFolder, postgresPasswordOf, runningDatabaseUrl, secretKeyOf } from "./data-folder.mjs";
import { readSettings } from "./settings.mjs";

/** Hands `use` the address and the secret key, migrating first when asked; stops what it started. */
export async function withDatabase(use, { migrated = false } = {}) {
  if (fs.existsSync(path.join(root, ".env"))) process.loadEnvFile(path.join(root, ".env"));
  const settings = readSettings(process.env, [], root);
  const { migrateDatabase } = await import("../db/migrate.ts");
  const running = settings.databaseUrl ?? runningDatabaseUrl(settings.dataDir);
  if (running) return use(running, secretKeyOf(settings.dataDir, settings.secretKey));
  const folder = openDataFolder(settings.dataDir, "backup or restore");
  try {
    const secretKey = secretKeyOf(settings.dataDir, settings.secretKey);
    const password = postgresPasswordOf(settings.dataDir);
    const postgres = await startPostgres({
      dataDir: folder.postgres,
      password,
      logFile: folder.log,
      say: console.error,
    });
    try {
      const url = embeddedUrl(postgres.port, password, "waypost");
      if (migrated) await migrateDatabase(url, { create: true });
      return await use(url, secretKey);
    } finally {
      await postgres.stop();
    }
  } finally {
    folder.release();
  }
}
