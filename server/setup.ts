import { ensurePartitions } from "@/db/queries/partitions";
import { findFirstAdministrator, lockSetup } from "@/db/queries/setup";
import { type Context, makeContext } from "./context";
import { AppError } from "./errors";
import { ensureDemo } from "./setup/demo";
import { ensureDemoCarrier } from "./setup/demo-freight";
import { ensureAdministrator } from "./setup/first-administrator";
import { ensureConnection, readOdooSettings } from "./setup/first-connection";

export type SetupAnswer = {
  created: boolean;
  url: string;
  email: string;
  /** Only when it was made up just now: it is shown once. */
  password?: string;
  /** Lines for the person who started Waypost. */
  show: string[];
};

/** Makes a migrated database ready for people: partitions, first administrator, first Odoo connection, demo. Does nothing twice. */
export async function setUp(
  ctx: Context,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<SetupAnswer> {
  const lock = await ctx.sql.reserve();
  try {
    await lockSetup(lock);
    await ensurePartitions(ctx.sql, ctx.now(), 2, 1);
    const made = await ensureAdministrator(ctx, env);
    const odoo = readOdooSettings(env);
    const connection = odoo ? await ensureConnection(ctx, odoo) : null;
    const demo = ctx.config.demo ? await ensureDemo(ctx, odoo) : null;
    if (demo !== null && odoo?.sandbox && connection !== null) await ensureDemoCarrier(ctx, odoo, connection);
    const email = made?.email ?? (await findFirstAdministrator(ctx.sql)) ?? "";
    const password = made && !made.given ? made.password : undefined;
    const show = [
      password ? `sign in as ${email} with the password ${password} (shown this once)` : `sign in as ${email}`,
      ...(demo ? [`people, API key and feeds of the demo: ${demo}`] : []),
    ];
    return { created: made !== null, url: ctx.config.publicUrl, email, ...(password ? { password } : {}), show };
  } finally {
    await lock`select pg_advisory_unlock_all()`;
    lock.release();
  }
}

if (import.meta.filename === process.argv[1]) {
  const ctx = makeContext("setup", { max: 4 });
  try {
    console.log(JSON.stringify(await setUp(ctx)));
  } catch (error) {
    console.error(error instanceof AppError ? `waypost: ${error.message}` : error);
    process.exitCode = 1;
  } finally {
    await ctx.database.close();
  }
}
