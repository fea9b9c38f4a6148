import postgres from "postgres";
import type { PostingKind, PostingState } from "@/core/postings/kinds";
import type { Gate, GateMoment } from "./odoo-gate";
import { type Story, until } from "./story";

/** Every moment of a posting at which a process can die, in order. */
export type Step = { name: string } & (
  | { noting: PostingState }
  | { sending: GateMoment }
  | { reading: "posted" | "unconfirmed"; at: GateMoment }
);
export const STEPS: readonly Step[] = [
  { name: "while it notes that the call leaves", noting: "sending" },
  { name: "before Odoo hears of the call", sending: "before" },
  { name: "while Odoo is at it", sending: "during" },
  { name: "after Odoo's commit, before our note of it", sending: "after" },
  { name: "while it notes the answer", noting: "posted" },
  { name: "before it reads back", reading: "posted", at: "before" },
  { name: "after it has read back, before our note of it", reading: "posted", at: "after" },
  { name: "while it notes what reading back said", noting: "verified" },
  { name: "while it looks up a call that was not answered", reading: "unconfirmed", at: "before" },
];
/** The call by which a kind changes Odoo, "model.method", and the model by which it is read back. */
export type PostingCalls = { write: string; read: string };

const HOLD = 7_701;

/** Lets the test stop a transaction of the worker at the moment it moves a posting of one kind to one state. */
export async function installHold(story: Story): Promise<void> {
  await story.ctx.sql.unsafe(`
    create table hold_at (kind text, state text);
    create function hold_posting() returns trigger language plpgsql as $$ begin
      if exists (select 1 from hold_at h where h.kind = new.kind and h.state = new.state) then perform pg_advisory_xact_lock_shared(${HOLD}); end if;
      return new;
    end $$;
    create trigger hold_posting before update of state on posting for each row execute function hold_posting();`);
}

/** Resolves when the worker stands at the step; the function it gives lets go of what was held. */
export async function reach(
  story: Story,
  gate: Gate,
  kind: PostingKind,
  step: Step,
  calls: PostingCalls,
): Promise<() => Promise<void>> {
  const { sql } = story.ctx;
  if ("noting" in step) {
    const own = postgres(story.database.url, { max: 1, onnotice: () => {} });
    await own`select pg_advisory_lock(${HOLD})`;
    await own`insert into hold_at values (${kind}, ${step.noting})`;
    await until(`a transaction to ${step.noting} of ${kind}`, 30_000, async () => {
      const [row] =
        await own`select count(*)::int as n from pg_locks where locktype = 'advisory' and objid = ${HOLD} and not granted
          and database = (select oid from pg_database where datname = current_database())`;
      return row?.n > 0;
    });
    return async () => {
      await own`delete from hold_at`;
      await own.end();
    };
  }
  const caught =
    "sending" in step
      ? gate.trap(step.sending, ({ model, method }) => `${model}.${method}` === calls.write)
      : gate.trap(step.at, async ({ model, method }) => {
          if (method !== "search_read" || model !== calls.read) return false;
          const [row] = await sql`select 1 from posting where kind = ${kind} and state = ${step.reading} limit 1`;
          return row !== undefined;
        });
  const held = await Promise.race([caught, new Promise<null>((resolve) => setTimeout(resolve, 60_000, null))]);
  if (!held) throw new Error(`never came to: ${step.name}, of ${kind}`);
  return () => held.done.catch(() => {});
}
