"use client";
import { BrokenScreen } from "@/components/shell/broken-screen";

export default function ScreenError({ error, retry }: { error: unknown; retry: () => void }) {
  return <BrokenScreen error={error} retry={retry} />;
}
