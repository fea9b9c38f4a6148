import Link from "next/link";
import { Badge, type Tone } from "@/components/ui/badge";
import { Mark, type MarkShape } from "@/components/ui/mark";
import { CHECKS, type Check, type CheckVerdict } from "@/core/postings/checks";
import type { Enrichment, PostingExplained } from "@/core/postings/enriched";

const LOOK: Readonly<Record<CheckVerdict, { word: string; shape: MarkShape; colour: string }>> = {
  ok: { word: "ok", shape: "check", colour: "text-ok" },
  failed: { word: "failed", shape: "cross", colour: "text-broken" },
  waits: { word: "waits", shape: "pause", colour: "text-late" },
  unknown: { word: "not known", shape: "dash", colour: "text-ink-3" },
};

/** Every check made before a posting leaves, each with its reason. */
export function CheckList({ checks }: { checks: readonly Check[] }) {
  return (
    <ul className="flex flex-col gap-1" aria-label="Checks before it is posted">
      {checks.map(({ check, verdict, why }) => {
        const { word, shape, colour } = LOOK[verdict];
        return (
          <li
            key={check}
            className="grid grid-cols-[16px_minmax(0,1fr)] gap-x-2 sm:grid-cols-[16px_148px_minmax(0,1fr)]"
          >
            <span className={`mt-1 ${colour}`}>
              <Mark shape={shape} />
              <span className="sr-only">{word}: </span>
            </span>
            <span className="font-medium">{CHECKS[check]}</span>
            <span
              className={`col-start-2 break-words sm:col-start-3 ${verdict === "failed" ? "text-broken" : "text-ink-2"}`}
            >
              {why}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const HOW: Readonly<Record<Enrichment, { word: string; tone: Tone; shape: MarkShape }>> = {
  as_said: { word: "as said", tone: "neutral", shape: "square" },
  normalised: { word: "normalised", tone: "accent", shape: "diamond" },
  mapped: { word: "mapped", tone: "accent", shape: "arrow" },
  added: { word: "added", tone: "low", shape: "hollow_square" },
};

/** Where each value comes from: what the source wrote, what was made of it, and by which rule. */
export function EnrichedList({ fields }: { fields: PostingExplained["fields"] }) {
  if (fields.length === 0) return <p className="text-ink-3">It sets no value.</p>;
  return (
    <ul className="flex flex-col" aria-label="Where its values come from">
      {fields.map((field) => {
        const { word, tone, shape } = HOW[field.how];
        return (
          <li
            key={`${field.field} ${field.value}`}
            className="flex flex-col gap-0.5 border-line border-b py-1.5 last:border-b-0"
          >
            <span className="flex flex-wrap items-baseline gap-x-2">
              <span className="text-ink-3">{field.field}</span>
              <span className="min-w-0 max-w-full break-words font-medium">{field.value}</span>
              <Badge tone={tone} shape={shape} className="ml-auto">
                {word}
              </Badge>
            </span>
            {field.said !== null && field.said !== field.value ? (
              <span className="break-words text-ink-2 text-xs">
                {field.feed ?? "The source"} wrote <span className="font-mono">{field.said}</span>
              </span>
            ) : null}
            <span className="break-words text-ink-3 text-xs">
              By: {field.rule}
              {field.feed === null ? null : " · "}
              {field.slug === null ? (
                field.feed
              ) : (
                <Link
                  href={`/feeds/${field.slug}${field.how === "mapped" ? "?tab=mapping" : ""}`}
                  className="text-accent underline-offset-2 hover:underline"
                >
                  {field.feed}
                </Link>
              )}
            </span>
            {field.others.map((other) => (
              <span key={`${other.feed} ${other.value}`} className="break-words text-ink-3 text-xs">
                {other.feed} says <span className="font-mono">{other.value}</span>: advisory, it counts less.
              </span>
            ))}
          </li>
        );
      })}
    </ul>
  );
}

/** Both, folded away, for lists of previews. */
export function ExplainedDetails({ explained }: { explained: PostingExplained }) {
  const failed = explained.checks.filter(({ verdict }) => verdict === "failed");
  const good = explained.checks.filter(({ verdict }) => verdict === "ok").length;
  return (
    <details className="text-xs" open={failed.length > 0}>
      <summary className="cursor-pointer text-ink-3">
        {failed.length > 0 ? (
          <span className="text-broken">Not posted: {failed.map(({ check }) => CHECKS[check]).join(", ")}</span>
        ) : (
          `${good} of ${explained.checks.length} checks ok, and where its values come from`
        )}
      </summary>
      <div className="mt-2 flex flex-col gap-3 border-line border-l pl-3">
        <CheckList checks={explained.checks} />
        <EnrichedList fields={explained.fields} />
      </div>
    </details>
  );
}
