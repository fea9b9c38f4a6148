import type { Sql } from "@/db/client";
import { openRaw } from "@/db/raw";
import type { Context } from "../context";

/** What only one worker of all does at a time; `senders` and `polls` are led per connection. */
export const LEADER_OF = {
  sweep: 1,
  folders: 2,
  watch: 3,
  upkeep: 4,
  senders: 5,
  polls: 6,
  runs: 7,
  alerts: 8,
  mail: 9,
  rules: 10,
  reconciliation: 14,
  freight: 15,
  carriers: 16,
  "catch-up": 17,
  notices: 18,
} as const;
export type Duty = keyof typeof LEADER_OF;

const SPACE = 742_100;

/**
 * Leadership by session advisory locks on one connection kept for it: a process that dies loses the connection and with it all it led, and
 * another takes over at once. A client that the database cut off connects again by itself, as another session that holds nothing; so each
 * look asks the session itself whether it holds the lock.
 */
export class Leadership {
  private session: Sql | null = null;
  private readonly held = new Set<string>();

  private readonly ctx: Pick<Context, "config" | "log">;

  constructor(ctx: Pick<Context, "config" | "log">) {
    this.ctx = ctx;
  }

  /** Takes the duty, or says that it is still held; false while another process leads, and once after the session was lost. */
  async lead(duty: Duty, part = 0): Promise<boolean> {
    const name = `${duty}/${part}`;
    const space = SPACE + LEADER_OF[duty];
    this.session ??= openRaw(this.ctx.config.databaseUrl, { max: 1, application: "waypost leader" });
    const had = this.held.has(name);
    try {
      const [row] = had
        ? await this.session<
            { got: boolean }[]
          >`select exists (select 1 from pg_locks where locktype = 'advisory' and granted
            and pid = pg_backend_pid() and classid = ${space}::int and objid = ${part}::int) as got`
        : await this.session<{ got: boolean }[]>`select pg_try_advisory_lock(${space}::int, ${part}::int) as got`;
      if (row?.got) this.held.add(name);
      else if (had) this.lost(name, "it is held by another session of the database");
      return row?.got === true;
    } catch (error) {
      this.lost(name, error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  /** Whether the process held this duty when it last looked. */
  holds(duty: Duty, part = 0): boolean {
    return this.held.has(`${duty}/${part}`);
  }

  /** Gives everything up: the locks go with their session. */
  async release(): Promise<void> {
    this.held.clear();
    const session = this.session;
    this.session = null;
    await session?.end({ timeout: 2 });
  }

  private lost(name: string, why: string): void {
    if (this.held.delete(name)) this.ctx.log.warn({ duty: name, err: why }, "leadership lost");
  }
}
