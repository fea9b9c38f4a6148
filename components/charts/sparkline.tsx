import { cn } from "@/components/ui/class-names";

/** Small bars from zero, oldest first; the label says in words what they show. Nothing is drawn for null. */
export function Sparkline({
  values,
  label,
  max,
  className,
  tone = "text-chart-count",
}: {
  values: readonly (number | null)[];
  label: string;
  max?: number;
  className?: string;
  tone?: string;
}) {
  const top = max ?? Math.max(1, ...values.map((v) => v ?? 0));
  const step = 100 / values.length;
  return (
    <svg
      viewBox="0 0 100 20"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      className={cn("h-4 w-20 align-middle", tone, className)}
    >
      <title>{label}</title>
      <rect x="0" y="19.4" width="100" height="0.6" fill="var(--line)" />
      {values.map((value, i) =>
        value ? (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place in time
            key={i}
            x={i * step + step * 0.1}
            y={20 - Math.max(1.2, (value / top) * 19)}
            width={step * 0.8}
            height={Math.max(1.2, (value / top) * 19)}
            fill="currentColor"
          />
        ) : null,
      )}
    </svg>
  );
}
