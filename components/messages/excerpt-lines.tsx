import { cn } from "@/components/ui/class-names";

type Line = { number: number; text: string; found: readonly [number, number] | null };

/** Lines of a raw message with their numbers; what a value came from is underlined. */
export function ExcerptLines({ lines }: { lines: readonly Line[] }) {
  return (
    <pre className="overflow-x-auto rounded-md border border-line bg-sunken py-1.5 font-mono text-[12px] leading-[17px]">
      {lines.map((line) => (
        <span key={line.number} className={cn("block w-max min-w-full px-2", line.found && "bg-medium-soft")}>
          <span className="mr-2 inline-block w-7 select-none text-right text-ink-3">{line.number}</span>
          {line.found ? (
            <>
              {line.text.slice(0, line.found[0])}
              <mark className="rounded-sm bg-transparent font-semibold text-ink underline decoration-2 decoration-medium underline-offset-2">
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
  );
}
