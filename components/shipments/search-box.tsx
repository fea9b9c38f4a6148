"use client";
import { useEffect, useRef, useState } from "react";
import { cn } from "@/components/ui/class-names";
import { SearchInput } from "@/components/ui/input";

const SETTLE_MS = 250;

/** Search by any number; several pasted lines become several numbers. What is written goes to the address when the writing pauses. */
export function SearchBox({
  value,
  onChange,
  placeholder,
  label,
  className,
}: {
  value: string;
  onChange: (value: string) => void;
  placeholder: string;
  label: string;
  className?: string;
}) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    if (text.trim() === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text.trim();
      onChange(text.trim());
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text, onChange]);
  return (
    <SearchInput
      aria-label={label}
      placeholder={placeholder}
      value={text}
      maxLength={10_000}
      onChange={(event) => setText(event.target.value)}
      onPaste={(event) => {
        const pasted = event.clipboardData.getData("text");
        if (!/[\r\n\t]/.test(pasted)) return;
        event.preventDefault();
        setText(pasted.trim().replace(/[\r\n\t]+/g, ", "));
      }}
      // beside filters that scroll on a phone it keeps the room to read what was typed
      className={cn("max-sm:min-w-48", className)}
    />
  );
}
