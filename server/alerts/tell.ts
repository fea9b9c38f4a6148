import { mailOf, type Notice } from "@/core/alerts/write";
import type { Tx } from "@/db/client";
import { notifyLive } from "@/db/queries/live";
import { insertMails } from "@/db/queries/mail";
import { insertNotifications, type NotificationKind } from "@/db/queries/notifications";
import type { Context } from "../context";

export type Telling = { personId: string; mail: boolean; kind: NotificationKind; notice: Notice };

/** Lists notices for people in the app, and puts those of one person to be mailed into one mail. Without a mail server nothing is mailed. */
export async function tell(
  ctx: Pick<Context, "config" | "now" | "uuid">,
  tx: Tx,
  tellings: readonly Telling[],
): Promise<void> {
  if (tellings.length === 0) return;
  const now = ctx.now();
  await insertNotifications(
    tx,
    tellings.map(({ personId, kind, notice }) => ({ personId, id: ctx.uuid(), kind, ...notice })),
    now,
  );
  if (ctx.config.smtp) {
    const byPerson = new Map<string, Notice[]>();
    for (const { personId, mail, notice } of tellings) {
      if (mail) byPerson.set(personId, [...(byPerson.get(personId) ?? []), notice]);
    }
    const publicUrl = ctx.config.publicUrl.replace(/\/+$/, "");
    const mails = [...byPerson].map(([personId, notices]) => ({
      id: ctx.uuid(),
      personId,
      ...mailOf(notices, publicUrl),
    }));
    await insertMails(tx, mails, now);
  }
  await notifyLive(tx, "alerts");
}
