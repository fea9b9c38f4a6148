import { z } from "zod";

/** What the audit log can be narrowed to; the same names stand in the address bar. */
export const auditFilterSchema = z.object({
  action: z
    .array(z.string().regex(/^[a-z_]+(\.[a-z_]+)?$/))
    .max(50)
    .default([]),
  actor: z.uuid().nullable().default(null),
  actorKind: z.enum(["person", "api_key", "system"]).nullable().default(null),
  subject: z.string().trim().max(200).nullable().default(null),
  since: z.coerce.date().nullable().default(null),
  until: z.coerce.date().nullable().default(null),
});
export type AuditFilterValue = z.output<typeof auditFilterSchema>;

/** What happened, in words; an action without an entry is shown by its name. */
export const ACTION_LABELS: Readonly<Record<string, string>> = {
  "access.sign_in": "Signed in",
  "access.sign_in_refused": "Sign-in refused",
  "access.lock_out": "Sign-in locked",
  "people.first_administrator": "Made the first administrator",
  "people.invite": "Invited a person",
  "people.accept_invitation": "Accepted the invitation",
  "people.change_role": "Changed a role",
  "people.disable": "Disabled a person",
  "people.enable": "Enabled a person",
  "people.reset_password": "Made a password link",
  "people.set_password": "Set a new password by link",
  "people.change_password": "Changed own password",
  "api_keys.create": "Made an API key",
  "api_keys.revoke": "Revoked an API key",
  "settings.change": "Changed settings",
  "audit.export": "Exported the audit log",
  "shipments.export": "Exported shipments",
  "shipments.link": "Linked shipments",
  "shipments.unlink": "Unlinked shipments",
  "shipments.keep_apart": "Kept shipments apart",
  "messages.replay": "Started a replay",
  "postings.repost": "Started a repost",
  "postings.cancel": "Cancelled postings",
  "runs.pause": "Paused a run",
  "runs.resume": "Resumed a run",
  "runs.cancel": "Cancelled a run",
  "exceptions.acknowledge": "Acknowledged exceptions",
  "exceptions.assign": "Assigned exceptions",
  "exceptions.snooze": "Snoozed exceptions",
  "exceptions.wake": "Woke exceptions",
  "exceptions.comment": "Commented on an exception",
  "exceptions.resolve": "Resolved exceptions",
  "exceptions.reopen": "Opened exceptions again",
  "crosswalks.mend": "Mended a mapping",
  "feeds.create": "Made a feed",
  "feeds.update": "Changed a feed",
  "feeds.pause": "Paused a feed",
  "feeds.resume": "Resumed a feed",
  "feeds.rotate_secret": "Rotated a feed's secret",
  "feeds.end_secret": "Ended a feed's secret",
  "feeds.send_sample": "Sent a sample to a feed",
  "odoo.connect": "Connected an Odoo",
  "odoo.update": "Changed an Odoo connection",
  "odoo.pause": "Paused an Odoo connection",
  "odoo.resume": "Resumed an Odoo connection",
  "odoo.dry_run_kind": "Dry run of a posting kind",
  "odoo.switch_kind": "Switched a posting kind",
};
