import { z } from "zod";
import { BULK_ACTS, type BulkActName, bulkAct, bulkSnooze, RIGHT_OF_ACT } from "@/core/exceptions/bulk";
import { exceptionFilter } from "@/core/exceptions/filter";
import { EXCEPTION_STATES } from "@/core/exceptions/kinds";
import { findException } from "@/db/queries/exceptions";
import type { KeyActor } from "../../access/actor";
import type { Context } from "../../context";
import { AppError } from "../../errors";
import { exceptionActOf } from "../../exceptions/acts";
import { bulkExceptions } from "../../exceptions/bulk";
import { changeExceptions } from "../../exceptions/change";
import { commentException } from "../../exceptions/comment";
import { undoRun } from "../../runs/undo";
import { route } from "../route";
import { exceptionShape, runShape } from "../shapes";
import { exceptionAnswer } from "./exceptions";
import { readRunAnswer } from "./runs";

const params = z.object({ id: z.uuid() });
/** How the caller saw it; where it stands otherwise, the answer is 409 with how it stands now. */
const seen = z.object({ state: z.enum(EXCEPTION_STATES), assigneeId: z.uuid().nullable() }).optional();

/** What each act takes besides, and what it does. */
const BODY = {
  acknowledge: z.object({ seen }),
  assign: z.object({ seen, assigneeId: z.uuid().nullable() }),
  snooze: z.object({ seen, choice: bulkSnooze }),
  resolve: z.object({ seen, reason: z.string().trim().min(3).max(1000) }),
  reopen: z.object({ seen, reason: z.string().trim().max(1000).default("") }),
  comment: z.object({ text: z.string().trim().min(1).max(4000) }),
} as const satisfies Record<BulkActName, z.ZodObject>;

const SUMMARY: Readonly<Record<BulkActName, string>> = {
  acknowledge: "Say that somebody works on it",
  assign: "Give it to a person, or with null to nobody",
  snooze: "Put it away until an instant, until so many more of its cause come, or until it gets worse",
  resolve: "Close it with a reason; 412 where a required step of its playbook is not ticked",
  reopen: "Open it again",
  comment: "Add words for colleagues",
};

async function act(
  ctx: Context,
  actor: KeyActor,
  id: string,
  name: BulkActName,
  body: { seen?: z.output<typeof seen> },
): Promise<z.input<typeof exceptionShape>> {
  const said = bulkAct.parse({ ...body, act: name });
  if (said.act === "comment") await commentException(ctx, actor, { id, text: said.text });
  else {
    const target = { ids: [id], ...(body.seen ? { seen: { [id]: body.seen } } : {}) };
    await changeExceptions(ctx, actor, target, await exceptionActOf(ctx, actor, said));
  }
  const found = await findException(ctx.sql, id);
  if (!found) throw new AppError("not_found", "This exception does not exist.");
  return exceptionAnswer(actor, found, found.evidence, ctx.now());
}

export const exceptionActRoutes = [
  ...BULK_ACTS.map((name) =>
    route({
      method: "POST",
      path: `/exceptions/{id}/${name}`,
      right: RIGHT_OF_ACT[name],
      summary: `${SUMMARY[name]}. What stands otherwise than seen is 409 with the present state`,
      params,
      body: BODY[name] as z.ZodObject,
      output: exceptionShape,
      handle: ({ ctx, actor }, { params: { id }, body }) => act(ctx, actor, id, name, body),
    }),
  ),
  route({
    method: "POST",
    path: "/exception-runs",
    right: "exceptions:read",
    summary:
      "Do one act to all exceptions that match a filter, as a run with a result for each; needs the scope of the act as well",
    body: z.object({ filter: exceptionFilter, except: z.array(z.uuid()).max(500).default([]), act: bulkAct }),
    output: runShape,
    status: 202,
    handle: async ({ ctx, actor }, { body: { filter, except, act: said } }) =>
      readRunAnswer(ctx, (await bulkExceptions(ctx, actor, { target: { filter, except }, act: said })).id),
  }),
  route({
    method: "POST",
    path: "/runs/{id}/undo",
    right: "runs:control",
    summary:
      "Take a run over exceptions back, as a run; what somebody changed since stays. Needs the scope of the act as well",
    params,
    output: runShape,
    status: 202,
    handle: async ({ ctx, actor }, { params: { id } }) => readRunAnswer(ctx, (await undoRun(ctx, actor, { id })).id),
  }),
];
