import { findPerson, type Person } from "@/db/queries/people";
import type { Context } from "../context";

/** How long an answer is believed, in ms: an ended session goes on for at most this long. */
const BELIEVED_MS = 1000;
const MOST = 2000;

type Answer = { at: number; person: Promise<Person | null> };
const answers = new WeakMap<Context, Map<string, Answer>>();

/** The person as stored now, or up to a second ago. */
export function livePerson(ctx: Context, id: string): Promise<Person | null> {
  const known = answers.get(ctx) ?? new Map<string, Answer>();
  answers.set(ctx, known);
  const at = ctx.now().getTime();
  const answer = known.get(id);
  if (answer && at - answer.at < BELIEVED_MS) return answer.person;
  const person = findPerson(ctx.sql, id);
  person.catch(() => known.delete(id));
  if (known.size >= MOST) known.clear();
  known.set(id, { at, person });
  return person;
}

/** Forgets what is believed of a person: this process sees the change at once, others within a second. */
export function forgetLivePerson(ctx: Context, id: string): void {
  answers.get(ctx)?.delete(id);
}
