"use client";
import { useQuery } from "@tanstack/react-query";
import { ExcerptLines } from "@/components/messages/excerpt-lines";
import { useTRPC } from "@/components/providers";
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
      <ExcerptLines lines={excerpt.lines} />
      {excerpt.at ? (
        <p className="mt-1 text-ink-3 text-xs">
          line {excerpt.at.line}, column {excerpt.at.column}
        </p>
      ) : null}
    </>
  );
}
