"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/providers";
import { cn } from "@/components/ui/class-names";
import { SkeletonLines } from "@/components/ui/skeleton";
import { excerptAround } from "@/core/messages/excerpt";

/** The lines of a raw message around words that it is about, with the hit marked. */
export function RawExcerpt({
  messageId,
  words,
  around = 3,
}: {
  messageId: string;
  words: readonly (string | null)[];
  around?: number;
}) {
  const trpc = useTRPC();
  const body = useQuery(trpc.messages.body.queryOptions({ id: messageId, offset: 0, length: 262_144 }));
  if (body.isPending) return <SkeletonLines lines={4} />;
  if (body.error) return <p className="text-ink-3">{body.error.message}</p>;
  if (body.data.text === null)
    return <p className="text-ink-3">The bytes are no text; the inspector shows them in hex.</p>;
  const excerpt = excerptAround(
    body.data.text,
    words.filter((word): word is string => word !== null && word !== ""),
    around,
  );
  return (
    <>
      <pre className="overflow-x-auto rounded-md border border-line bg-sunken py-1.5 font-mono text-[12px] leading-[17px]">
        {excerpt.lines.map((line) => (
          <span key={line.number} className={cn("block w-max min-w-full px-2", line.found && "bg-medium-soft")}>
            <span className="mr-2 inline-block w-7 select-none text-right text-ink-3">{line.number}</span>
            {line.found ? (
              <>
                {line.text.slice(0, line.found[0])}
                <mark className="bg-transparent font-semibold text-ink underline decoration-2 decoration-medium underline-offset-2">
                  {line.text.slice(line.found[0], line.found[1])}
                </mark>
                {line.text.slice(line.found[1])}
              </>
            ) : (
              line.text
            )}
          </span>
        ))}
      </pre>
      {excerpt.at ? (
        <p className="mt-1 text-ink-3 text-xs">
          line {excerpt.at.line}, column {excerpt.at.column}
        </p>
      ) : null}
    </>
  );
}
