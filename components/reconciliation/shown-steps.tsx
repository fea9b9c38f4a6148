"use client";
import { Check, Copy } from "lucide-react";
import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useCopy } from "@/components/ui/use-copy";
import type { Aspect } from "@/core/reconciliation/aspects";
import type { RepairAct } from "@/core/reconciliation/repair";
import { ACT_WORD, ASPECT_WORD } from "./words";

export type ShownStep = {
  act: RepairAct;
  aspect: Aspect;
  text: string;
  href: string | null;
  does: boolean;
  copy: string | null;
  blocked: string | null;
};

/** The steps that an item of a repair's dry run keeps; empty where it keeps none. */
export function shownStepsIn(after: unknown): ShownStep[] {
  if (typeof after !== "object" || after === null || !("steps" in after) || !Array.isArray(after.steps)) return [];
  return after.steps as ShownStep[];
}

/** What before and after of an item tell of shipments that are read or moved anew. */
export function changesIn(side: unknown): unknown {
  return typeof side === "object" && side !== null && "changes" in side ? side.changes : null;
}

/** The steps of a plan in their order: who does each, where a person does what Waypost cannot, and the words to ask a source with. */
export function ShownSteps({ steps }: { steps: readonly ShownStep[] }) {
  return (
    <ol className="flex list-decimal flex-col gap-2.5 pl-5">
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps have an order and no other name
        <li key={index}>
          <span className="inline-flex flex-wrap items-baseline gap-x-2">
            <span className="font-medium">{ACT_WORD[step.act]}</span>
            <span className="text-ink-3">{ASPECT_WORD[step.aspect].toLowerCase()}</span>
            {step.does ? (
              <Badge tone="accent" shape="check">
                Waypost does it
              </Badge>
            ) : null}
          </span>
          <div className="break-words text-ink-2">{step.text}</div>
          {step.blocked ? <div className="text-late">{step.blocked}</div> : null}
          {step.copy ? <CopyBlock text={step.copy} /> : null}
          {step.href ? (
            <Link href={step.href} className="text-accent underline-offset-2 hover:underline">
              {LINK_WORD[step.act] ?? "Open"}
            </Link>
          ) : null}
        </li>
      ))}
    </ol>
  );
}

export const LINK_WORD: Partial<Record<RepairAct, string>> = {
  mend_mapping: "Open the mapping",
  link: "Open the shipment",
  move_number: "Open the other shipment",
  ask_feed: "Open the feed",
  ask_source: "Open the feed",
  wait_for_feed: "Open the feed",
  switch_on: "Open the Odoo connection",
  release: "Open the Odoo connection",
  correct_in_odoo: "Open the posting",
};

function CopyBlock({ text }: { text: string }) {
  const { copied, copy } = useCopy(text);
  return (
    <div className="my-1.5 rounded-md border border-line">
      <p className="whitespace-pre-wrap break-words px-2.5 py-2">{text}</p>
      <div className="border-line border-t px-2.5 py-1.5">
        <Button size="sm" onClick={() => void copy()}>
          {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
          {copied ? "Copied" : "Copy the words"}
        </Button>
        <span className="sr-only" aria-live="polite">
          {copied ? "Copied" : ""}
        </span>
      </div>
    </div>
  );
}
