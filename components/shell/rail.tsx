"use client";
import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "@/components/ui/class-names";
import { formatCount } from "@/components/ui/number";
import { Tooltip } from "@/components/ui/tooltip";
import { ENTRIES, type Entry } from "./entries";
import { useHidden, usePulse } from "./pulse";
import { useViewer } from "./viewer";
import { Wordmark } from "./wordmark";

/** Says whether a path lies under an entry. */
function isAt(pathname: string, href: string): boolean {
  return href === "/" ? pathname === "/" : pathname === href || pathname.startsWith(`${href}/`);
}

export function Rail({ narrow, onNarrow }: { narrow: boolean; onNarrow?: (narrow: boolean) => void }) {
  const { rights } = useViewer();
  const hidden = useHidden();
  const shown = ENTRIES.filter((entry) => rights.includes(entry.right) && !hidden.includes(entry.href));
  const groups = [shown.filter((e) => e.group === "work"), shown.filter((e) => e.group === "workspace")];
  return (
    <nav
      aria-label="Screens"
      className={cn("flex h-full shrink-0 flex-col border-line border-r bg-rail", narrow ? "w-[52px]" : "w-[204px]")}
    >
      <Link href="/" className={cn("flex h-11 items-center gap-2", narrow ? "justify-center" : "px-4")}>
        <Wordmark narrow={narrow} />
      </Link>
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-2 pt-1">
        {groups.map((entries, i) =>
          entries.length === 0 ? null : (
            <ul key={entries[0]?.group} className={cn("flex flex-col gap-px", i > 0 && "border-line border-t pt-3")}>
              {entries.map((entry) => (
                <li key={entry.href}>
                  <RailLink entry={entry} narrow={narrow} />
                </li>
              ))}
            </ul>
          ),
        )}
      </div>
      {onNarrow ? (
        <button
          type="button"
          onClick={() => onNarrow(!narrow)}
          aria-label={narrow ? "Widen the rail" : "Narrow the rail"}
          className={cn(
            "m-2 flex h-8 items-center gap-2.5 rounded-md text-ink-3 hover:bg-line/60 hover:text-ink",
            narrow ? "justify-center" : "px-2",
          )}
        >
          {narrow ? <PanelLeftOpen className="size-4" /> : <PanelLeftClose className="size-4" />}
          {narrow ? null : <span>Narrow</span>}
        </button>
      ) : null}
    </nav>
  );
}

function RailLink({ entry, narrow }: { entry: Entry; narrow: boolean }) {
  const here = isAt(usePathname(), entry.href);
  const pulse = usePulse();
  const count = entry.counts ? pulse?.waiting[entry.counts] : undefined;
  const Icon = entry.icon;
  const link = (
    <Link
      href={entry.href}
      aria-current={here ? "page" : undefined}
      aria-label={narrow ? entry.word : undefined}
      className={cn(
        "relative flex h-8 items-center gap-2.5 rounded-md text-ink-2 hover:bg-line/60 hover:text-ink aria-[current=page]:bg-surface aria-[current=page]:font-medium aria-[current=page]:text-ink aria-[current=page]:shadow-[0_0_0_1px_var(--line)]",
        narrow ? "justify-center" : "px-2",
      )}
    >
      <Icon className="size-4 shrink-0" strokeWidth={1.75} aria-hidden />
      {narrow ? null : <span className="flex-1 truncate">{entry.word}</span>}
      {count ? (
        narrow ? (
          <span className="absolute top-1 right-1 size-1.5 rounded-full bg-critical" aria-hidden />
        ) : (
          <span className="text-ink-2 text-xs">
            {formatCount(count)}
            <span className="sr-only"> need a person</span>
          </span>
        )
      ) : null}
    </Link>
  );
  return narrow ? (
    <Tooltip content={count ? `${entry.word}: ${formatCount(count)} need a person` : entry.word} side="right">
      {link}
    </Tooltip>
  ) : (
    link
  );
}
