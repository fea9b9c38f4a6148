"use client";
import Link from "next/link";
import { Diff } from "@/components/diff/diff";
import { diffRowsOf } from "@/components/diff/diff-rows";
import { ExplainedDetails } from "@/components/postings/explained";
import { Badge } from "@/components/ui/badge";
import type { Side, SidePosting, SideShipment } from "@/core/runs/shadow";

const words = (name: string) => name.replaceAll("_", " ");
const sentence = (name: string) => words(name).replace(/^./, (first) => first.toUpperCase());

/** Reads a stored side; null where the item has none (yet). */
export function sideOf(value: unknown): Side | null {
  return typeof value === "object" && value !== null && "shipments" in value && Array.isArray(value.shipments)
    ? (value as Side)
    : null;
}

/** "WH/OUT/00012, WH/OUT/00013 and 3 more", or how many messages where nothing changes. */
export function shadowTarget(target: string, after: unknown): string {
  const names = (sideOf(after)?.shipments ?? []).map((one) => one.name);
  const messages = target.split(" ").length;
  if (names.length === 0) return messages === 1 ? "1 message" : `${messages} messages`;
  return names.length > 2 ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more` : names.join(", ");
}

/** What one item of a shadow run changes: each shipment before and after, and each Odoo record beside its present value. */
export function ShadowItem({ before, after, dryRun }: { before: unknown; after: unknown; dryRun: boolean }) {
  const [was, is] = [sideOf(before), sideOf(after)];
  if (!is || is.shipments.length === 0) return <p className="text-ink-3">Nothing.</p>;
  return is.shipments.map((one) => (
    <ShipmentSides key={one.id} before={was?.shipments.find((old) => old.id === one.id)} after={one} dryRun={dryRun} />
  ));
}

function ShipmentSides({
  before,
  after,
  dryRun,
}: {
  before: SideShipment | undefined;
  after: SideShipment;
  dryRun: boolean;
}) {
  const fields = [...new Set([...Object.keys(before?.fields ?? {}), ...Object.keys(after.fields)])];
  const shown = (value: unknown) => (typeof value === "string" ? words(value) : value);
  return (
    <div className="mb-4 flex flex-col gap-2 last:mb-0">
      <Link href={`/shipments/${after.id}`} className="font-medium underline-offset-2 hover:underline">
        {after.name}
      </Link>
      {fields.length > 0 ? (
        <Diff
          label={`Before and after of ${after.name}`}
          rows={fields.map((field) => ({
            field: sentence(field),
            old: { value: shown(before?.fields[field] ?? null) },
            new: { value: shown(after.fields[field] ?? null) },
          }))}
        />
      ) : null}
      {(["opens", "closes"] as const).map((act) =>
        (after[act] ?? []).map((one) => (
          <p key={`${act} ${one.kind} ${one.text}`} className="break-words">
            {dryRun ? `Would ${act === "opens" ? "open" : "close"}` : act === "opens" ? "Opened" : "Closed"}:{" "}
            {sentence(one.kind)}
            <span className="text-ink-2">, {one.text}</span>
          </p>
        )),
      )}
      {(after.postings ?? []).map((posting) => (
        <OdooRecord key={posting.key} posting={posting} dryRun={dryRun} />
      ))}
    </div>
  );
}

const VERDICT: Readonly<Record<string, string>> = {
  holds: "holds it already",
  absent: "does not have it",
  differs: "has another value",
  impossible: "cannot take it",
};

/** One record of Odoo: what it holds at present, as read while the shadow ran, beside what it is to hold. */
function OdooRecord({ posting, dryRun }: { posting: SidePosting; dryRun: boolean }) {
  const { kind, recordName, held, replaced, present, verdict } = posting;
  if (replaced)
    return (
      <p className="text-ink-2">
        {dryRun ? "Would replace" : "Replaced"} a waiting {words(kind)} for {recordName ?? "the transfer"}
      </p>
    );
  const read = verdict !== undefined;
  return (
    <div className="flex flex-col gap-1">
      <p className="flex flex-wrap items-center gap-x-2">
        <span>
          {dryRun ? "Would post" : "Planned"}: {words(kind)}
          {recordName ? ` on ${recordName}` : ""}
        </span>
        {held ? (
          <Badge tone="idle" shape="pause">
            waits: {words(held)}
          </Badge>
        ) : null}
        {dryRun ? (
          <span className="text-ink-3 text-xs">
            {read ? `Odoo ${VERDICT[verdict] ?? verdict}` : "Odoo could not be read"}
          </span>
        ) : null}
      </p>
      <Diff
        rows={diffRowsOf(read ? present : posting.before, posting.after)}
        oldTitle={read ? "In Odoo now" : "In Odoo, as last read"}
        newTitle={dryRun ? "To be posted" : "Posted"}
        label={`${words(kind)} in Odoo`}
      />
      {posting.explained ? <ExplainedDetails explained={posting.explained} /> : null}
    </div>
  );
}
