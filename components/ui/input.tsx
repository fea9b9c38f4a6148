import { Search } from "lucide-react";
import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "./class-names";

const box =
  "w-full rounded-md border border-control bg-surface px-2 text-sm text-ink placeholder:text-ink-3 disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-broken focus-visible:outline-offset-0";

export function Input({ className, type = "text", ...rest }: ComponentProps<"input">) {
  return <input type={type} className={cn(box, "h-7", className)} {...rest} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={cn(box, "min-h-16 py-1.5", className)} {...rest} />;
}

export function SearchInput({ className, ...rest }: ComponentProps<"input">) {
  return (
    <span className={cn("relative inline-flex", className)}>
      <Search
        className="pointer-events-none absolute top-1/2 left-2 size-3.5 -translate-y-1/2 text-ink-3"
        aria-hidden
      />
      <input type="search" className={cn(box, "h-7 pl-7")} {...rest} />
    </span>
  );
}

/** A control with its label, a hint and what is wrong with it. */
export function Field({
  label,
  hint,
  error,
  className,
  children,
}: {
  label: string;
  hint?: ReactNode;
  error?: string | null;
  className?: string;
  children: (control: { id: string; "aria-describedby"?: string; "aria-invalid"?: boolean }) => ReactNode;
}) {
  const id = useId();
  const note = error || hint ? `${id}-note` : undefined;
  return (
    <div className={cn("flex flex-col gap-1", className)}>
      <label htmlFor={id} className="font-medium text-ink-2 text-xs">
        {label}
      </label>
      {children({ id, "aria-describedby": note, "aria-invalid": error ? true : undefined })}
      {note ? (
        <p id={note} className={cn("text-xs", error ? "text-broken" : "text-ink-3")}>
          {error ?? hint}
        </p>
      ) : null}
    </div>
  );
}
