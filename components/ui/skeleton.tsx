import { cn } from "./class-names";

export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn("skeleton block h-3 w-24", className)} />;
}

/** Lines in the shape of the text that comes. */
export function SkeletonLines({ lines = 3, className }: { lines?: number; className?: string }) {
  const widths = ["w-11/12", "w-2/3", "w-4/5", "w-1/2"];
  return (
    <output className={cn("flex flex-col gap-2.5", className)}>
      <span className="sr-only">Loading</span>
      {Array.from({ length: lines }, (_, i) => `line ${i}`).map((key, i) => (
        <Skeleton key={key} className={widths[i % widths.length]} />
      ))}
    </output>
  );
}
