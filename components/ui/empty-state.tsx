import type { ReactNode } from "react";
import { cn } from "./class-names";

/** Says what would be here and how to get it. */
export function EmptyState({
  title,
  children,
  action,
  className,
  heading: Heading = "h2",
}: {
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
  /** `h1` where it stands for the whole page. */
  heading?: "h1" | "h2";
}) {
  return (
    <div className={cn("mx-auto flex max-w-md flex-col items-start gap-2 px-4 py-12", className)}>
      <Heading className="font-semibold text-base">{title}</Heading>
      {children ? <div className="text-ink-2">{children}</div> : null}
      {action ? <div className="mt-2 flex gap-2">{action}</div> : null}
    </div>
  );
}

/** Says which right is missing and who can give it. */
export function NoRight({ what, right }: { what: string; right: string }) {
  return (
    <EmptyState heading="h1" title={`You cannot see ${what}`}>
      <p>
        This needs the right <code className="font-mono text-xs">{right}</code>. An administrator can give you a role
        that has it.
      </p>
    </EmptyState>
  );
}
