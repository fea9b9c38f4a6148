import type postgres from "postgres";
import type { Context } from "../context";

/** What only one worker of all does at a time; `senders` and `polls` are led per connection. */
export const LEADER_OF = { sweep: 1, folders: 2, watch: 3, upkeep: 4, senders: 5, polls: 6, runs: 7 } as const;
export type Duty = keyof typeof LEADER_OF;

const SPACE = 742_100;

/**
 * Leadership by session advisory locks on one connection kept for it: a process that dies loses the connection and with it all it led, and
 * another takes over at once.
 */
export class Leadership {
  private session: Promise<postgres.ReservedSql> | null = null;
  private readonly held = new Set<string>();

  private readonly ctx: Pick<Context, "sql" | "log">;

  constructor(ctx: Pick<Context, "sql" | "log">) {
    this.ctx = ctx;
  }

  /** Takes the duty, or says that it is still held; false while another process leads. */
  async lead(duty: Duty, part = 0): Promise<boolean> {
    const name = `${duty}/${part}`;
    try {
      this.session ??= this.ctx.sql.reserve();
      const session = await this.session;
      if (this.held.has(name)) {
        await session`select 1`;
        return true;
      }
      const [row] = await session<{ got: boolean }[]>`
        select pg_try_advisory_lock(${SPACE + LEADER_OF[duty]}::int, ${part}::int) as got`;
      if (row?.got) this.held.add(name);
      return row?.got === true;
    } catch (error) {
      this.ctx.log.warn({ duty, err: error instanceof Error ? error.message : String(error) }, "leadership lost");
      this.drop();
      return false;
    }
  }

  /** Whether the process held this duty when it last looked. */
  holds(duty: Duty, part = 0): boolean {
    return this.held.has(`${duty}/${part}`);
  }

  /** Gives everything up in order. */
  async release(): Promise<void> {
    try {
      if (this.session && this.held.size > 0) await (await this.session)`select pg_advisory_unlock_all()`;
    } catch {
      this.ctx.log.debug("the session of the leadership was gone already");
    }
    this.drop();
  }

  private drop(): void {
    this.held.clear();
    const session = this.session;
    this.session = null;
    session
      ?.then((reserved) => reserved.release())
      .catch(() => this.ctx.log.debug("the session of the leadership was gone already"));
  }
}
