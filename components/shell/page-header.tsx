import type { ReactNode } from "react";
import { cn } from "@/components/ui/class-names";

/** Title of a screen, a note beside it, and what can be done with the whole of it. */
export function PageHeader({
  title,
  note,
  actions,
  children,
  className,
}: {
  title: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
  className?: string;
}) {
  return (
    <header className={cn("flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 px-4 pt-4 pb-3", className)}>
      <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
      {note ? <span className="text-ink-3">{note}</span> : null}
      {children}
      {actions ? <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div> : null}
    </header>
  );
}
