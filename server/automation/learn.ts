import { LEARN_DAYS, LEARN_TIMES, suggestionOf } from "@/core/exceptions/learn";
import type { Json } from "@/core/shipments/attributes";
import { listSameAnswers, saveSuggestions } from "@/db/queries/automation";
import { recordAudit, requireRight, SYSTEM } from "../access/actor";
import type { Context } from "../context";

/** So many of what was resolved last are looked at. */
const LOOKED_AT = 200_000;

/** Learns from what people closed the same way again and again; makes suggestions that somebody must approve. Returns how many are new. */
export async function learnRules(ctx: Context): Promise<number> {
  requireRight(SYSTEM, "automation:manage");
  const now = ctx.now();
  const since = new Date(now.getTime() - LEARN_DAYS * 86_400_000);
  const answers = await listSameAnswers(ctx.sql, since, LEARN_TIMES, LOOKED_AT);
  const learnt = answers.flatMap((answer) => {
    const suggestion = suggestionOf(answer);
    if (!suggestion) return [];
    const { firstAt, lastAt, examples } = answer;
    const says = JSON.parse(JSON.stringify(suggestion.says)) as Json;
    return [{ ...suggestion, id: ctx.uuid(), says, firstAt, lastAt, examples }];
  });
  if (learnt.length === 0) return 0;
  return ctx.sql.begin(async (tx) => {
    const made = await saveSuggestions(tx, learnt, now);
    if (made > 0)
      await recordAudit(ctx, tx, SYSTEM, {
        action: "automation.learn",
        subject: "automation",
        after: { suggestions: made },
      });
    return made;
  });
}
