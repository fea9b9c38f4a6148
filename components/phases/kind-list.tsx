import Link from "next/link";
import { POSTING_KIND_WORD } from "@/components/postings/words";
import { Badge } from "@/components/ui/badge";
import type { KindStep } from "./rows";

const LOOK = {
  on: { word: "On", tone: "ok", shape: "check" },
  ready: { word: "Dry run seen", tone: "accent", shape: "square" },
  dry_run: { word: "Dry run first", tone: "late", shape: "ring" },
  own: { word: "Own decision", tone: "idle", shape: "ring" },
  missing: { word: "Module missing", tone: "idle", shape: "dash" },
} as const;

/** The posting kinds of a phase on each connection, and how far each is. */
export function KindList({ kinds }: { kinds: readonly KindStep[] }) {
  return (
    <ul className="flex flex-col gap-1.5" aria-label="Its posting kinds">
      {kinds.map(({ connectionId, connection, kind, state }) => (
        <li key={`${connectionId} ${kind}`} className="grid grid-cols-[116px_minmax(0,1fr)] gap-x-2">
          <Badge tone={LOOK[state].tone} shape={LOOK[state].shape}>
            {LOOK[state].word}
          </Badge>
          <span className="min-w-0 break-words">
            <Link
              href={`/settings/odoo?connection=${connectionId}`}
              className="font-medium underline-offset-2 hover:underline"
            >
              {POSTING_KIND_WORD[kind]}
            </Link>
            <span className="text-ink-3"> · {connection}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
