import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./class-names";

const button = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-50 [&_svg]:size-3.5 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-accent text-on-accent hover:bg-accent-strong",
        secondary: "border border-control/60 bg-surface text-ink hover:bg-sunken",
        quiet: "text-ink-2 hover:bg-sunken hover:text-ink",
        danger: "bg-critical text-on-critical hover:opacity-90",
        link: "px-0! text-accent underline-offset-2 hover:underline",
      },
      size: { sm: "h-6 px-2 text-xs", md: "h-7 px-2.5 text-sm", lg: "h-9 px-4 text-sm" },
      icon: { true: "px-0", false: "" },
    },
    compoundVariants: [
      { icon: true, size: "sm", class: "w-6" },
      { icon: true, size: "md", class: "w-7" },
      { icon: true, size: "lg", class: "w-9" },
    ],
    defaultVariants: { variant: "secondary", size: "md", icon: false },
  },
);

type Props = ComponentProps<"button"> & VariantProps<typeof button> & { asChild?: boolean; busy?: boolean };

export function Button({
  className,
  variant,
  size,
  icon,
  asChild = false,
  busy = false,
  disabled,
  children,
  ...rest
}: Props) {
  const classes = cn(button({ variant, size, icon }), className);
  if (asChild) {
    return (
      <Slot.Root className={classes} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button type="button" className={classes} disabled={disabled || busy} aria-busy={busy || undefined} {...rest}>
      {busy ? <LoaderCircle className="animate-spin" aria-hidden /> : null}
      {children}
    </button>
  );
}
