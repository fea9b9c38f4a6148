import type { ReactNode } from "react";
import { cn } from "@/components/ui/class-names";
import { formatCount } from "@/components/ui/number";
import { PageHeader } from "./page-header";

/** A screen that is a list: its head, views of it side by side, the list itself, and what is open beside it. */
export function ListFrame({
  title,
  note,
  actions,
  views,
  viewsLabel,
  panel,
  children,
}: {
  title: string;
  note: ReactNode;
  actions?: ReactNode;
  views: ReactNode;
  viewsLabel: string;
  panel: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col bg-surface">
        <PageHeader title={title} note={note} actions={actions} />
        <nav aria-label={viewsLabel} className="flex shrink-0 gap-1 overflow-x-auto px-3 pb-1">
          {views}
        </nav>
        {children}
      </div>
      {panel}
    </div>
  );
}

/** One view of a list, with how many rows it has. */
export function ViewTab({
  word,
  here,
  count,
  capped = false,
  countTone = "text-ink-3",
  onClick,
}: {
  word: string;
  here: boolean;
  count?: number;
  /** True where counting stopped at that number. */
  capped?: boolean;
  countTone?: string;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      aria-current={here ? "true" : undefined}
      onClick={onClick}
      className={cn(
        "h-7 whitespace-nowrap rounded-md px-2 text-ink-2 hover:bg-sunken hover:text-ink",
        here && "bg-sunken font-medium text-ink",
      )}
    >
      {word}
      {count === undefined ? null : (
        <span className={cn("ml-1.5 text-xs", countTone)}>
          {formatCount(count)}
          {capped ? "+" : ""}
        </span>
      )}
    </button>
  );
}
