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
export type AuditFilterInput = z.input<typeof auditFilterSchema>;
export type AuditFilterValue = z.output<typeof auditFilterSchema>;

/** What happened, in words; an action without an entry is shown by its name. */
export const ACTION_LABELS: Readonly<Record<string, string>> = {
  "access.sign_in": "Signed in",
  "access.sign_in_refused": "Sign-in refused",
  "access.lock_out": "Sign-in locked",
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
};
