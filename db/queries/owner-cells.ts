import type { ExceptionKind, Severity } from "@/core/exceptions/kinds";
import type { OwnerRule } from "@/core/exceptions/owner-rules";
import type { Tx } from "@/db/client";
import type { Member } from "./exception-snoozes";

/** Unresolved exceptions that are alike for a list of rules: names that no rule asks for are null. */
export type OwnerCell = {
  kind: ExceptionKind;
  severity: Severity;
  feedId: number | null;
  connectionId: number | null;
  carrier: string | null;
  warehouse: string | null;
  company: string | null;
  customer: string | null;
  /** A person chose who has them. */
  chosen: boolean;
  count: number;
};

/** The values of an exception that rules ask for, lower case; shipments are joined only where a rule asks for what is theirs. */
function askedFor(tx: Tx, rules: readonly OwnerRule[]) {
  const named = (of: "carrier" | "warehouse" | "company" | "customer") => [
    ...new Set(rules.flatMap((rule) => rule.when[of].map((name) => name.trim().toLowerCase()))),
  ];
  const asks = {
    carrier: named("carrier"),
    warehouse: named("warehouse"),
    company: named("company"),
    customer: named("customer"),
  };
  const connections = [...new Set(rules.flatMap((rule) => rule.when.connection))];
  const joined = connections.length > 0 || Object.values(asks).some((list) => list.length > 0);
  const connection = tx`coalesce(e.connection_id, s.connection_id, (s.route ->> 'connectionId')::int, f.connection_id)`;
  const value = (names: readonly string[], column: ReturnType<Tx>) =>
    names.length === 0
      ? tx`null::text`
      : tx`case when lower(trim(${column})) = any(${[...names]}::text[]) then lower(trim(${column})) end`;
  return {
    join: tx`${joined ? tx`left join shipment s on s.shipment_id = e.shipment_id` : tx``}
      ${connections.length > 0 ? tx`left join feed f on f.id = e.feed_id` : tx``}`,
    columns: tx`e.kind, e.severity, ${rules.some((rule) => rule.when.feed.length > 0) ? tx`e.feed_id` : tx`null::int`} as "feedId",
      ${connections.length > 0 ? tx`case when ${connection} = any(${connections}::int[]) then ${connection} end` : tx`null::int`} as "connectionId",
      ${value(asks.carrier, tx`s.carrier`)} as carrier, ${value(asks.warehouse, tx`s.warehouse`)} as warehouse,
      ${value(asks.company, tx`s.state #>> '{attributes,company,value}'`)} as company, ${value(asks.customer, tx`s.customer`)} as customer`,
  };
}

/** Counts what is not resolved, by the values that rules ask for: as many rows as the rules name combinations. */
export async function countOwnerCells(tx: Tx, rules: readonly OwnerRule[]): Promise<OwnerCell[]> {
  const { join, columns } = askedFor(tx, rules);
  return tx<OwnerCell[]>`select ${columns}, e.owner_chosen as chosen, count(*)::int as count from exception e ${join}
    where e.state <> 'resolved' group by 1, 2, 3, 4, 5, 6, 7, 8, 9`;
}

/** Gives unresolved exceptions about which no person decided to the owners of their cells, at most `limit`; returns those that changed hands. */
export async function giveByCells(
  tx: Tx,
  rules: readonly OwnerRule[],
  cells: readonly (OwnerCell & { person: string | null; team: string | null })[],
  now: Date,
  limit: number,
): Promise<(Member & { shipmentId: string | null })[]> {
  if (cells.length === 0) return [];
  const { join, columns } = askedFor(tx, rules);
  return tx<(Member & { shipmentId: string | null })[]>`
    update exception e set assignee_id = t.pe, team_id = t.te, updated_at = ${now}
    from (select m.home_id, m.id, c.pe, c.te from (select e.home_id, e.id, e.assignee_id, e.team_id, ${columns} from exception e ${join}
          where e.state <> 'resolved' and not e.owner_chosen) m
        join unnest(${cells.map((c) => c.kind)}::text[], ${cells.map((c) => c.severity)}::text[], ${cells.map((c) => c.feedId)}::int[],
          ${cells.map((c) => c.connectionId)}::int[],
          ${cells.map((c) => c.carrier)}::text[], ${cells.map((c) => c.warehouse)}::text[], ${cells.map((c) => c.company)}::text[],
          ${cells.map((c) => c.customer)}::text[], ${cells.map((c) => c.person)}::uuid[], ${cells.map((c) => c.team)}::uuid[])
          c(k, sv, fd, cn, ca, wa, co, cu, pe, te) on m.kind = c.k and m.severity = c.sv and m."feedId" is not distinct from c.fd
            and m."connectionId" is not distinct from c.cn
            and m.carrier is not distinct from c.ca and m.warehouse is not distinct from c.wa and m.company is not distinct from c.co
            and m.customer is not distinct from c.cu
        where (m.assignee_id, m.team_id) is distinct from (c.pe, c.te) limit ${limit}) t
    where e.home_id = t.home_id and e.id = t.id and e.state <> 'resolved' and not e.owner_chosen
    returning e.home_id as "homeId", e.id, e.group_id as "groupId", e.shipment_id as "shipmentId"`;
}
