"use client";
import { ArrowDown, ArrowUp } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { FEED_CLASSES, type FeedClass } from "@/core/feeds/feed";
import { DEFAULT_OWNERSHIP, type OwnedField } from "@/core/shipments/ownership";
import { fieldWord, sentence } from "./ownership-words";

/** The whole order of one field, and which kinds of feed stand in it. */
export function OrderDialog({
  attribute,
  order,
  onChange,
  onClose,
}: {
  attribute: OwnedField;
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
      title={`Who decides: ${fieldWord(attribute)}`}
      description={
        attribute === "milestones"
          ? "From the top: the first that has told any of them is the only one that counts. With none ticked the earliest counts, whoever tells it."
          : "From the top: the first that has spoken wins. Kinds that are not ticked decide only when none of these spoke."
      }
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
                disabled={on && order.length === 1 && attribute !== "milestones"}
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
