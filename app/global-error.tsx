"use client";
import { BrokenScreen } from "@/components/shell/broken-screen";
import "./globals.css";

/** Where the frame itself fails, the theme with it: the look then follows what the browser prefers. */
export default function FrameError({ error, retry }: { error: unknown; retry: () => void }) {
  const dark = typeof window !== "undefined" && window.matchMedia("(prefers-color-scheme: dark)").matches;
  return (
    <html lang="en" className={dark ? "dark" : undefined} suppressHydrationWarning>
      <title>Waypost</title>
      <body>
        <BrokenScreen error={error} retry={retry} />
      </body>
    </html>
  );
}
