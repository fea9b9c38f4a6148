"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Select } from "@/components/ui/select";
import { FEED_CLASSES, type FeedClass } from "@/core/feeds/feed";
import type { WorkspaceSettings } from "@/core/settings/workspace";
import type { Attribute } from "@/core/shipments/attributes";
import { fieldsOfDomain, OWNERSHIP_DOMAINS, type OwnershipDomain, ownedBy } from "@/core/shipments/domains";
import { DEFAULT_OWNERSHIP, MISMATCH_ATTRIBUTES } from "@/core/shipments/ownership";
import { OrderDialog } from "./ownership-order";
import { CLASS_SHORT, fieldWord, sentence } from "./ownership-words";

type Ownership = WorkspaceSettings["ownership"];

const DOMAIN_WORD: Readonly<Record<OwnershipDomain, { word: string; note: string }>> = {
  order_data: { word: "Order data", note: "what was ordered, for whom, and by when it was promised" },
  execution: { word: "Shipment execution", note: "how it is sent, from where, and what was packed" },
  tracking_events: {
    word: "Tracking events",
    note: "numbers, expected arrival and proof; of milestones the earliest actual counts, whoever tells it",
  },
  freight_charges: {
    word: "Freight charges",
    note: "expected freight and what it is rated by; what is billed is the invoice",
  },
};

/** Fields by domain against kinds of feed: who owns each, and in which order the others are advice. */
export function OwnershipMatrix({
  value,
  stored,
  onChange,
}: {
  value: Ownership;
  stored: Ownership;
  /** null where the viewer may not change it. */
  onChange: ((next: Ownership) => void) | null;
}) {
  const [editing, setEditing] = useState<Attribute | null>(null);
  const own = (fields: readonly Attribute[], owner: FeedClass) => {
    if (!onChange) return;
    onChange({ ...value, ...Object.fromEntries(fields.map((field) => [field, ownedBy(value[field], owner)])) });
  };
  return (
    <div className="overflow-x-auto">
      <table className="w-full min-w-[760px] border-collapse text-sm">
        <thead>
          <tr className="text-left text-ink-3 text-xs">
            <th scope="col" className="sticky left-0 z-10 w-52 bg-surface py-1.5 pr-2 font-normal">
              Field
            </th>
            {FEED_CLASSES.map((feedClass) => (
              <th
                key={feedClass}
                scope="col"
                className="px-1 py-1.5 text-center font-normal"
                title={sentence(feedClass)}
              >
                {CLASS_SHORT[feedClass]}
              </th>
            ))}
            <th scope="col" className="w-32 py-1.5" aria-label="Change" />
          </tr>
        </thead>
        {OWNERSHIP_DOMAINS.map((domain) => {
          const fields = fieldsOfDomain(domain);
          const owners = [...new Set(fields.map((field) => value[field][0]))];
          return (
            <tbody key={domain}>
              <tr className="border-line border-t bg-sunken/60">
                <th scope="rowgroup" colSpan={FEED_CLASSES.length + 2} className="px-0 py-2 text-left font-normal">
                  <span className="flex flex-wrap items-center gap-x-3 gap-y-1 px-2">
                    <span className="font-semibold">{DOMAIN_WORD[domain].word}</span>
                    <span className="text-ink-3 text-xs">{DOMAIN_WORD[domain].note}</span>
                    <span className="ml-auto flex items-center gap-2 text-xs">
                      <span className="text-ink-2">Owner</span>
                      {onChange ? (
                        <Select
                          aria-label={`Owner of ${DOMAIN_WORD[domain].word}`}
                          value={owners.length === 1 ? (owners[0] as FeedClass) : null}
                          placeholder="several, by field"
                          onChange={(next) => own(fields, next)}
                          choices={FEED_CLASSES.map((one) => ({ value: one, label: sentence(one) }))}
                        />
                      ) : (
                        <span>{owners.length === 1 ? sentence(owners[0] as string) : "several, by field"}</span>
                      )}
                    </span>
                  </span>
                </th>
              </tr>
              {fields.map((field) => (
                <Row
                  key={field}
                  field={field}
                  order={value[field]}
                  changed={String(value[field]) !== String(stored[field])}
                  onOwn={onChange ? (owner) => own([field], owner) : null}
                  onEdit={onChange ? () => setEditing(field) : null}
                />
              ))}
            </tbody>
          );
        })}
      </table>
      {editing && onChange ? (
        <OrderDialog
          attribute={editing}
          order={value[editing]}
          onClose={() => setEditing(null)}
          onChange={(order) => onChange({ ...value, [editing]: order })}
        />
      ) : null}
    </div>
  );
}

function Row({
  field,
  order,
  changed,
  onOwn,
  onEdit,
}: {
  field: Attribute;
  order: readonly FeedClass[];
  changed: boolean;
  onOwn: ((owner: FeedClass) => void) | null;
  onEdit: (() => void) | null;
}) {
  const shipped = String(order) === String(DEFAULT_OWNERSHIP[field]);
  return (
    <tr className={cn("border-line border-t", changed && "bg-medium-soft")}>
      <th
        scope="row"
        className={cn("sticky left-0 z-10 py-1 pr-2 text-left font-normal", changed ? "bg-medium-soft" : "bg-surface")}
      >
        {fieldWord(field)}
        {MISMATCH_ATTRIBUTES.has(field) ? <span className="ml-2 text-late text-xs">watched</span> : null}
      </th>
      {FEED_CLASSES.map((feedClass) => (
        <td key={feedClass} className="px-1 py-0.5 text-center">
          <Cell field={field} feedClass={feedClass} rank={order.indexOf(feedClass)} onOwn={onOwn} />
        </td>
      ))}
      <td className="whitespace-nowrap py-0.5 text-right">
        <span className="mr-1 text-ink-3 text-xs">{changed ? "not saved" : shipped ? "" : "changed"}</span>
        {onEdit ? (
          <Button variant="quiet" size="sm" aria-label={`Order of ${fieldWord(field)}`} onClick={onEdit}>
            Order
          </Button>
        ) : null}
      </td>
    </tr>
  );
}

/** 1 owns; what follows is advice in that order; a dot decides only where none of these has spoken. */
function Cell({
  field,
  feedClass,
  rank,
  onOwn,
}: {
  field: Attribute;
  feedClass: FeedClass;
  rank: number;
  onOwn: ((owner: FeedClass) => void) | null;
}) {
  const owns = rank === 0;
  const words = owns ? "owns" : rank > 0 ? `advice, place ${rank + 1}` : "decides only where nobody listed has spoken";
  const look = cn(
    "inline-flex h-6 w-9 items-center justify-center rounded-md text-xs tabular-nums",
    owns ? "bg-accent font-semibold text-on-accent" : rank > 0 ? "text-ink-2" : "text-ink-3",
  );
  const sign = rank < 0 ? "·" : String(rank + 1);
  if (!onOwn)
    return (
      <span className={look} title={`${sentence(feedClass)}: ${words}`}>
        {sign}
      </span>
    );
  return (
    <button
      type="button"
      aria-pressed={owns}
      aria-label={`${sign}: ${sentence(feedClass)} ${words} ${fieldWord(field)}${owns ? "" : "; make it the owner"}`}
      title={owns ? `${sentence(feedClass)} owns it` : `Make ${sentence(feedClass).toLowerCase()} the owner`}
      onClick={() => onOwn(feedClass)}
      className={cn(look, !owns && "hover:bg-sunken hover:text-ink")}
    >
      {sign}
    </button>
  );
}
