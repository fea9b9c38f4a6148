import { z } from "zod";
import { wishesOf } from "@/core/alerts/rules";
import { exceptionTarget } from "@/core/exceptions/filter";
import { listAlerted } from "@/db/queries/alerts";
import { type Actor, requireRight } from "../access/actor";
import { tell } from "../alerts/tell";
import type { Context } from "../context";
import { AppError } from "../errors";
import { changeExceptions, type ExceptionActResult } from "./change";
import { snoozing } from "./snooze";

export const askLabelInput = z.object({
  target: exceptionTarget,
  /** What was corrected, for who makes the label. */
  text: z.string().trim().min(3).max(1000),
  /** Who is asked, in the app and by e-mail; null: only the note is left. */
  personId: z.uuid().nullable(),
  waitHours: z.int().min(1).max(168).default(24),
});

const HOUR_MS = 3_600_000;

/**
 * Asks for a label again: no carrier is called from here, so a person is asked, and the exception waits. It closes by itself when a source tells
 * of the label, and stands in the queue again when none came in time.
 */
export async function askForLabel(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof askLabelInput>,
): Promise<ExceptionActResult> {
  requireRight(actor, "exceptions:snooze");
  const until = new Date(ctx.now().getTime() + input.waitHours * HOUR_MS);
  const waits = snoozing(ctx, { mode: "until", until });
  return changeExceptions(ctx, actor, input.target, {
    ...waits,
    action: "exceptions.ask_label",
    text: `asked for a new label: ${input.text}`,
    after: { state: "snoozed", until: until.toISOString(), asked: input.personId },
    only: {
      holds: ({ kind }) => kind === "label_failed",
      otherwise: () => "Only a refused label can be asked for again.",
    },
    also: async (tx, done) => {
      const [first] = done;
      if (!first || input.personId === null) return;
      const person = (await listAlerted(tx)).find((one) => one.id === input.personId);
      if (!person) throw new AppError("invalid", "This person cannot be asked: they are not active.");
      await tell(ctx, tx, [
        {
          personId: person.id,
          mail: wishesOf(person.settings).mailPersonal,
          kind: "assigned",
          notice: {
            title: `${actor.name} asks for a new label`,
            text: input.text.slice(0, 300),
            href: `/exceptions?view=list&id=${first.id}`,
          },
        },
      ]);
    },
  });
}
