"use client";
import { useTheme } from "next-themes";
import { Toaster as Base, toast } from "sonner";

export { toast };

export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Base
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      position="bottom-right"
      visibleToasts={4}
      toastOptions={{
        style: {
          background: "var(--raised)",
          color: "var(--ink)",
          border: "1px solid var(--line)",
          boxShadow: "var(--lift)",
          borderRadius: 8,
          fontSize: 13,
          fontFamily: "var(--font-sans)",
        },
      }}
    />
  );
}
