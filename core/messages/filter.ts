import { z } from "zod";

/** What became of a message (api.md); `waiting` is received and not yet read, `set_aside` made our own code throw. */
export const MESSAGE_STATUSES = ["waiting", "interpreted", "failed", "ignored", "set_aside"] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** What a person filtered the log of one feed by. `failed` and `problems` are kept apart by an index; the rest is read by time. */
export const messageFilter = z.object({
  feedId: z.int().positive(),
  show: z.enum(["all", "waiting", "failed", "problems", "ignored", "set_aside", "altered", "recovered"]).default("all"),
  since: z.iso.datetime().nullable().default(null),
  until: z.iso.datetime().nullable().default(null),
  /** Receipt, delivery id, SHA-256 or correlation id, as a whole. */
  search: z.string().trim().max(200).default(""),
});
export type MessageFilter = z.infer<typeof messageFilter>;
