"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Select } from "@/components/ui/select";
import { FEED_CLASSES, type FeedClass } from "@/core/feeds/feed";
import type { WorkspaceSettings } from "@/core/settings/workspace";
import {
  fieldsOfDomain,
  OWNERSHIP_DOMAINS,
  type OwnershipDomain,
  ownedFields,
  ownerOf,
} from "@/core/shipments/domains";
import { DEFAULT_OWNERSHIP, MISMATCH_ATTRIBUTES, type OwnedField } from "@/core/shipments/ownership";
import { OrderDialog } from "./ownership-order";
import { CLASS_SHORT, fieldWord, sentence } from "./ownership-words";

type Ownership = WorkspaceSettings["ownership"];

const DOMAIN_WORD: Readonly<Record<OwnershipDomain, { word: string; note: string }>> = {
  order_data: { word: "Order data", note: "what was ordered, for whom, and by when it was promised" },
  execution: { word: "Shipment execution", note: "how it is sent, from where, and what was packed" },
  tracking_events: {
    word: "Tracking events",
    note: "milestones, numbers, expected arrival and proof; what a person of yours corrects stands above",
  },
  freight_charges: {
    word: "Freight charges",
    note: "what freight should cost and is rated by; what was charged is what the carrier bills, which no feed overrules: it is checked against this, and people decide on it under Freight",
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
  const [editing, setEditing] = useState<OwnedField | null>(null);
  const own = (fields: readonly OwnedField[], owner: FeedClass) => {
    if (onChange) onChange({ ...value, ...ownedFields(value, fields, owner) } as Ownership);
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
          const { owner, but } = ownerOf(domain, value);
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
                          value={owner}
                          placeholder="nobody in particular"
                          onChange={(next) => own(fields, next)}
                          choices={FEED_CLASSES.map((one) => ({ value: one, label: sentence(one) }))}
                        />
                      ) : (
                        <span>{owner === null ? "nobody in particular" : sentence(owner)}</span>
                      )}
                      {onChange && owner !== null && but.length > 0 ? (
                        <Button
                          variant="quiet"
                          size="sm"
                          aria-label={`Make ${sentence(owner)} the owner of all of ${DOMAIN_WORD[domain].word}`}
                          onClick={() => own(fields, owner)}
                        >
                          All
                        </Button>
                      ) : null}
                    </span>
                    {but.length > 0 ? (
                      <span className="w-full text-right text-ink-3 text-xs">
                        but for{" "}
                        {but
                          .map((one) => {
                            const whose = one.owner === null ? "whoever tells first" : sentence(one.owner);
                            return `${fieldWord(one.field).toLowerCase()} (${whose})`;
                          })
                          .join(", ")}
                      </span>
                    ) : null}
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
  field: OwnedField;
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
        {field !== "milestones" && MISMATCH_ATTRIBUTES.has(field) ? (
          <span className="ml-2 text-late text-xs">watched</span>
        ) : null}
      </th>
      {FEED_CLASSES.map((feedClass) => (
        <td key={feedClass} className="px-1 py-0.5 text-center">
          <Cell
            field={field}
            feedClass={feedClass}
            rank={order.indexOf(feedClass)}
            shared={order.length === 0}
            onOwn={onOwn}
          />
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

/** 1 owns; what follows is advice in that order; a dot decides only where none of these has spoken, and = where nobody owns it. */
function Cell({
  field,
  feedClass,
  rank,
  shared,
  onOwn,
}: {
  field: OwnedField;
  feedClass: FeedClass;
  rank: number;
  /** Nobody owns it: whoever tells it first counts. */
  shared: boolean;
  onOwn: ((owner: FeedClass) => void) | null;
}) {
  const owns = rank === 0;
  const words = shared
    ? "counts where it tells first"
    : owns
      ? "owns"
      : rank > 0
        ? `advice, place ${rank + 1}`
        : "decides only where nobody listed has spoken";
  const look = cn(
    "inline-flex h-6 w-9 items-center justify-center rounded-md text-xs tabular-nums",
    owns ? "bg-accent font-semibold text-on-accent" : rank > 0 ? "text-ink-2" : "text-ink-3",
  );
  const sign = shared ? "=" : rank < 0 ? "·" : String(rank + 1);
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
