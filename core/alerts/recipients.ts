import type { Role } from "@/core/access/roles";
import { EXCEPTION_SPECS, type ExceptionKind, type Severity } from "@/core/exceptions/kinds";
import { type AlertWishes, mails } from "./rules";

export type Colleague = { id: string; role: Role; wishes: AlertWishes };
export type Told = { personId: string; mail: boolean };

/** Who hears next when a role has not acknowledged in time. */
const NEXT: Readonly<Partial<Record<Role, Role>>> = {
  support: "logistics",
  logistics: "administrator",
  finance: "administrator",
};

/** Lists who is told of a cause: the role that owns its kind, for critical ones the administrators too; nobody of the role means the administrators. */
export function recipientsOf(
  kind: ExceptionKind,
  colleagues: readonly Colleague[],
  severity: Severity = EXCEPTION_SPECS[kind].severity,
): Told[] {
  const { owner } = EXCEPTION_SPECS[kind];
  const owners = colleagues.filter((c) => c.role === owner || (severity === "critical" && c.role === "administrator"));
  const heard = owners.length > 0 ? owners : colleagues.filter((c) => c.role === "administrator");
  return heard.map((c) => ({ personId: c.id, mail: mails(c.wishes, severity) }));
}

/** Lists who is told of what a role let lapse: the next role, with nobody in it the administrators. */
export function escalatedTo(kind: ExceptionKind, colleagues: readonly Colleague[]): Told[] {
  const { owner, severity } = EXCEPTION_SPECS[kind];
  const next = NEXT[owner] ?? "administrator";
  const some = colleagues.filter((c) => c.role === next);
  const heard = some.length > 0 ? some : colleagues.filter((c) => c.role === "administrator");
  return heard.map((c) => ({ personId: c.id, mail: mails(c.wishes, severity) }));
}
