import { mentionedIn } from "@/core/alerts/mentions";
import { wishesOf } from "@/core/alerts/rules";
import { EXCEPTION_SPECS, type ExceptionKind } from "@/core/exceptions/kinds";
import type { Tx } from "@/db/client";
import { listAlerted } from "@/db/queries/alerts";
import { listWatchers, type NotificationKind } from "@/db/queries/notifications";
import type { Actor } from "../access/actor";
import type { Context } from "../context";
import { type Telling, tell } from "./tell";

type Deps = Pick<Context, "config" | "now" | "uuid">;

/** Tells a person what was given to them; nobody is told of what they took themselves. */
export async function tellAssigned(
  ctx: Deps,
  tx: Tx,
  actor: Actor,
  to: string,
  exceptions: readonly { id: string; kind: ExceptionKind }[],
): Promise<void> {
  const [first] = exceptions;
  if (!first || actor.id === to) return;
  if (exceptions.length > 1) return tellGivenMany(ctx, tx, actor, to, exceptions.length);
  await tellGiven(ctx, tx, to, {
    title: `${actor.name} gave you an exception`,
    text: EXCEPTION_SPECS[first.kind].label,
    href: `/exceptions?view=list&id=${first.id}`,
  });
}

/** Tells a person once that many were given to them. */
export async function tellGivenMany(ctx: Deps, tx: Tx, actor: Actor, to: string, count: number): Promise<void> {
  if (actor.id === to) return;
  await tellGiven(ctx, tx, to, {
    title: `${actor.name} gave you ${count === 1 ? "an exception" : `${count.toLocaleString("en")} exceptions`}`,
    text: count === 1 ? "It stands in your queue." : "They stand in your queue.",
    href: `/exceptions?view=list&owner=${to}`,
  });
}

/** Tells a person that somebody named them for a task; nobody is told of what they took themselves. */
export async function tellNamed(ctx: Deps, tx: Tx, actor: Actor, to: string, notice: Telling["notice"]): Promise<void> {
  if (actor.id !== to) await tellGiven(ctx, tx, to, notice);
}

async function tellGiven(ctx: Deps, tx: Tx, to: string, notice: Telling["notice"]): Promise<void> {
  const person = (await listAlerted(tx)).find((one) => one.id === to);
  if (!person) return;
  await tell(ctx, tx, [{ personId: to, mail: wishesOf(person.settings).mailPersonal, kind: "assigned", notice }]);
}

/** Tells those named in a comment, then who has the exception and who watches it; each once, and never the writer. */
export async function tellCommented(
  ctx: Deps,
  tx: Tx,
  actor: Actor,
  exception: { id: string; kind: ExceptionKind; assigneeId: string | null },
  text: string,
): Promise<void> {
  const people = await listAlerted(tx);
  const named = mentionedIn(text, people);
  const watching = (await listWatchers(tx, [exception.id])).map((watch) => watch.personId);
  const { label } = EXCEPTION_SPECS[exception.kind];
  const kinds = new Map<string, NotificationKind>();
  for (const id of [...watching, exception.assigneeId]) if (id) kinds.set(id, "watched");
  for (const id of named) kinds.set(id, "mentioned");
  kinds.delete(actor.id ?? "");
  const tellings = people.flatMap((person): Telling[] => {
    const kind = kinds.get(person.id);
    if (!kind) return [];
    const title = kind === "mentioned" ? `${actor.name} named you on ${label}` : `${actor.name} commented on ${label}`;
    const notice = { title, text: text.slice(0, 300), href: `/exceptions?view=list&id=${exception.id}` };
    return [
      { personId: person.id, mail: kind === "mentioned" && wishesOf(person.settings).mailPersonal, kind, notice },
    ];
  });
  await tell(ctx, tx, tellings);
}
