"use client";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { FEED_CLASSES, type FeedClass } from "@/core/feeds/feed";
import type { WorkspaceSettings } from "@/core/settings/workspace";
import { ATTRIBUTES, type Attribute } from "@/core/shipments/attributes";
import { DEFAULT_OWNERSHIP, MISMATCH_ATTRIBUTES } from "@/core/shipments/ownership";
import { SaveBar } from "./save-bar";
import { useSetting } from "./use-setting";

const inWords = (word: string) => word.replaceAll("_", " ");
const sentence = (word: string) => inWords(word).replace(/^./, (first) => first.toUpperCase());

const WORDS: Partial<Record<Attribute, string>> = {
  weight_grams: "Weight",
  eta: "Expected arrival",
  promised_delivery_at: "Promised delivery",
  promised_dispatch_at: "Promised dispatch",
  odoo_picking: "Odoo transfer",
};
const wordOf = (attribute: Attribute) => WORDS[attribute] ?? sentence(attribute);

/** For each field the kinds of feed that may decide it, the first that has spoken wins. */
export function OwnershipForm({ seen, editable }: { seen: WorkspaceSettings["ownership"]; editable: boolean }) {
  const { draft, setDraft, ...bar } = useSetting("ownership", seen);
  const [editing, setEditing] = useState<Attribute | null>(null);
  return (
    <div className="max-w-4xl">
      <p className="mb-3 text-ink-2">
        The first kind of feed that has spoken decides; a later one in the row is kept as advice. Fields marked{" "}
        <span className="text-late">watched</span> raise an exception when the advice differs.
      </p>
      {ATTRIBUTES.map((attribute) => (
        <div key={attribute} className="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-1 border-line border-b py-1">
          <span className="w-48">
            {wordOf(attribute)}
            {MISMATCH_ATTRIBUTES.has(attribute) ? <span className="ml-2 text-late text-xs">watched</span> : null}
          </span>
          <span className="min-w-0 flex-1 text-ink-2">{draft[attribute].map(inWords).join(" › ")}</span>
          {String(draft[attribute]) === String(DEFAULT_OWNERSHIP[attribute]) ? null : (
            <span className="text-ink-3 text-xs">changed</span>
          )}
          {editable ? (
            <Button variant="quiet" size="sm" onClick={() => setEditing(attribute)}>
              Change
            </Button>
          ) : null}
        </div>
      ))}
      {editable ? <SaveBar {...bar} /> : null}
      {editing ? (
        <OrderDialog
          attribute={editing}
          order={draft[editing]}
          onClose={() => setEditing(null)}
          onChange={(order) => setDraft({ ...draft, [editing]: order })}
        />
      ) : null}
    </div>
  );
}

function OrderDialog({
  attribute,
  order,
  onChange,
  onClose,
}: {
  attribute: Attribute;
  order: readonly FeedClass[];
  onChange: (order: FeedClass[]) => void;
  onClose: () => void;
}) {
  const swap = (from: number, to: number) => {
    const next = [...order];
    const [moved] = next.splice(from, 1);
    if (moved) next.splice(to, 0, moved);
    onChange(next);
  };
  const rest = FEED_CLASSES.filter((feedClass) => !order.includes(feedClass));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Who decides: ${wordOf(attribute)}`}
      description="From the top: the first that has spoken wins. Kinds that are not ticked decide only when none of these spoke."
      footer={
        <>
          <Button variant="quiet" onClick={() => onChange([...DEFAULT_OWNERSHIP[attribute]])}>
            As shipped
          </Button>
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <ul>
        {[...order, ...rest].map((feedClass, at) => {
          const on = at < order.length;
          const label = sentence(feedClass);
          return (
            <li key={feedClass} className="flex h-8 items-center gap-2 border-line border-b">
              <Checkbox
                aria-label={label}
                checked={on}
                disabled={on && order.length === 1}
                onCheckedChange={() => onChange(on ? order.filter((c) => c !== feedClass) : [...order, feedClass])}
              />
              <span className="w-5 text-right text-ink-3 text-xs">{on ? at + 1 : ""}</span>
              <span className={on ? "flex-1" : "flex-1 text-ink-3"}>{label}</span>
              {on ? (
                <>
                  <Button
                    variant="quiet"
                    size="sm"
                    icon
                    aria-label={`${label} up`}
                    disabled={at === 0}
                    onClick={() => swap(at, at - 1)}
                  >
                    <ArrowUp />
                  </Button>
                  <Button
                    variant="quiet"
                    size="sm"
                    icon
                    aria-label={`${label} down`}
                    disabled={at === order.length - 1}
                    onClick={() => swap(at, at + 1)}
                  >
                    <ArrowDown />
                  </Button>
                </>
              ) : null}
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
