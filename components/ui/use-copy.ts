"use client";
import { useEffect, useState } from "react";
import { toast } from "./toaster";

/** Copies a text to the clipboard; `copied` stands for a moment after it, and a browser that forbids it says so. */
export function useCopy(text: string): { copied: boolean; copy: () => Promise<void> } {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      toast.error("The browser did not allow copying. Mark the text and copy it by hand.");
    }
  };
  return { copied, copy };
}
