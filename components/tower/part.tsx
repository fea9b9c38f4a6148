import Link from "next/link";
import type { ReactNode } from "react";
import { cn } from "@/components/ui/class-names";

/** One question of the tower: a title, a link to its screen, and the answer. */
export function Part({
  title,
  href,
  aside,
  className,
  children,
}: {
  title: string;
  href?: string;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <section className={cn("flex min-w-0 flex-col rounded-lg border border-line bg-surface", className)}>
      <header className="flex items-baseline justify-between gap-3 px-4 pt-3 pb-2">
        <h2 className="font-semibold text-sm">
          {href ? (
            <Link href={href} className="underline-offset-2 hover:underline">
              {title}
            </Link>
          ) : (
            title
          )}
        </h2>
        {aside ? <div className="truncate text-ink-3 text-xs">{aside}</div> : null}
      </header>
      {children}
    </section>
  );
}
