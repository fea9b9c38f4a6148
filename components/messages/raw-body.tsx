"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { formatBytes } from "@/components/ui/number";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Segments } from "@/components/ui/tabs";
import type { Problem } from "@/core/outcome";
import { bytesOf, hexLines } from "./hex";
import { type Place, placeOf } from "./locate";
import { PROBLEM_WORD } from "./words";

const PART = 131_072;
const LONGEST_LINE = 2_000;

/** The raw bytes as text with each problem at its place, laid out, or in hex; a stretch at a time. */
export function RawBody({ id, size, problems }: { id: string; size: number; problems: readonly Problem[] }) {
  const trpc = useTRPC();
  const [view, setView] = useState<"text" | "pretty" | "hex">("text");
  const [offset, setOffset] = useState(0);
  const body = useQuery(trpc.messages.body.queryOptions({ id, offset, length: PART }));
  if (body.isPending) return <SkeletonLines lines={8} />;
  if (body.error) return <p className="text-ink-2">{body.error.message}</p>;
  const { text, base64, encoding } = body.data;
  const whole = offset === 0 && size <= PART;
  const pretty = whole && text !== null ? prettyJson(text) : null;
  const shown = text === null ? "hex" : view === "pretty" && pretty === null ? "text" : view;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Segments
          label="Show as"
          value={shown}
          onChange={setView}
          choices={[
            ...(text === null ? [] : [{ value: "text" as const, label: "As received" }]),
            ...(pretty === null ? [] : [{ value: "pretty" as const, label: "Laid out" }]),
            { value: "hex" as const, label: "Hex" },
          ]}
        />
        <span className="text-ink-3 text-xs">
          {formatBytes(size)}
          {encoding ? `, ${encoding}` : ", no text"}
        </span>
        {whole ? null : (
          <span className="ml-auto flex items-center gap-2 text-ink-3 text-xs">
            {formatBytes(offset)} to {formatBytes(Math.min(size, offset + PART))}
            <Button size="sm" disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PART))}>
              Before
            </Button>
            <Button size="sm" disabled={offset + PART >= size} onClick={() => setOffset(offset + PART)}>
              Next
            </Button>
          </span>
        )}
      </div>
      {shown === "hex" ? (
        <Hex base64={base64} offset={offset} />
      ) : (
        <Text
          text={shown === "pretty" ? (pretty ?? "") : (text ?? "")}
          problems={whole || offset === 0 ? problems : []}
        />
      )}
    </div>
  );
}

function prettyJson(text: string): string | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

const BOX =
  "max-h-[60vh] overflow-auto rounded-md border border-line bg-sunken py-1.5 font-mono text-[12px] leading-[17px]";

function Hex({ base64, offset }: { base64: string; offset: number }) {
  const lines = useMemo(() => hexLines(bytesOf(base64), offset), [base64, offset]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard
    <section aria-label="Bytes in hex" tabIndex={0} className={BOX}>
      {lines.map((line) => (
        <div key={line.offset} className="flex w-max gap-4 px-2">
          <span className="select-none text-ink-3">{line.offset}</span>
          <span className="w-[392px]">{line.hex}</span>
          <span className="text-ink-2">{line.text}</span>
        </div>
      ))}
    </section>
  );
}

function Text({ text, problems }: { text: string; problems: readonly Problem[] }) {
  const places = useMemo(() => {
    const byLine = new Map<number, Place[]>();
    for (const problem of problems.slice(0, 100)) {
      const place = placeOf(text, problem);
      if (place) byLine.set(place.line, [...(byLine.get(place.line) ?? []), place]);
    }
    return byLine;
  }, [text, problems]);
  const lines = useMemo(() => text.split("\n"), [text]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard
    <section aria-label="Raw text" tabIndex={0} className={BOX}>
      {lines.slice(0, 5_000).map((line, i) => {
        const here = places.get(i + 1) ?? [];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the text
          <div key={i} className={cn("flex w-max min-w-full px-2", here.length > 0 && "bg-medium-soft")}>
            <span className="mr-3 w-8 shrink-0 select-none text-right text-ink-3">{i + 1}</span>
            <span className="whitespace-pre">
              <Marked line={line.replace(/\r$/, "")} places={here} />
              {here.map((place) => (
                <span key={`${place.problem.at} ${place.problem.kind}`} className="ml-3 font-sans text-late text-xs">
                  {PROBLEM_WORD[place.problem.kind]}: expected {place.problem.expected}
                </span>
              ))}
            </span>
          </div>
        );
      })}
      {lines.length > 5_000 ? (
        <p className="px-2 py-1 font-sans text-ink-3">The first 5,000 lines are shown; the hex view has all bytes.</p>
      ) : null}
    </section>
  );
}

function Marked({ line, places }: { line: string; places: readonly Place[] }) {
  const [place] = places;
  if (!place)
    return (
      <>{line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}… ${line.length - LONGEST_LINE} more` : line}</>
    );
  // of a very long line only what stands around the place is shown
  const start = line.length > LONGEST_LINE ? Math.max(0, place.from - 300) : 0;
  const end = line.length > LONGEST_LINE ? Math.min(line.length, place.to + 300) : line.length;
  return (
    <>
      {start > 0 ? "…" : ""}
      {line.slice(start, place.from)}
      <mark className="bg-transparent font-semibold text-ink underline decoration-2 decoration-medium underline-offset-2">
        {line.slice(place.from, Math.min(place.to, end))}
      </mark>
      {line.slice(Math.min(place.to, end), end)}
      {end < line.length ? "…" : ""}
    </>
  );
}
