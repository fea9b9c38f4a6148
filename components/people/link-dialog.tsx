"use client";
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Time } from "@/components/ui/time";

export type HandedLink = { name: string; purpose: "invitation" | "reset"; url: string; expiresAt: Date };

/** Shows a one-time link, once, to be handed over. */
export function LinkDialog({ link, onClose }: { link: HandedLink; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={link.purpose === "invitation" ? `Hand this link to ${link.name}` : `Password link for ${link.name}`}
      description={
        <>
          It works once and ends <Time at={link.expiresAt} />. It is shown here only; who has it can set the password.
        </>
      }
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <CopyLine value={link.url} label="One-time link" />
    </Dialog>
  );
}

/** A value to be copied whole. */
export function CopyLine({ value, label }: { value: string; label: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="flex gap-2">
      <Input
        aria-label={label}
        readOnly
        value={value}
        onFocus={(event) => event.currentTarget.select()}
        className="flex-1 font-mono text-[12px]"
      />
      <Button
        onClick={async () => {
          await navigator.clipboard.writeText(value);
          setCopied(true);
        }}
      >
        {copied ? <Check /> : <Copy />}
        {copied ? "Copied" : "Copy"}
      </Button>
    </div>
  );
}
