"use client";
import { useId } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toaster";

export type SampleFile = { name: string; base64: string };

const LARGEST = 1_000_000;

/** Takes a small example file; of a larger one the first whole lines. */
export function SampleInput({
  sample,
  onSample,
}: {
  sample: SampleFile | null;
  onSample: (sample: SampleFile) => void;
}) {
  const id = useId();
  const take = async (file: File) => {
    let bytes = new Uint8Array(await file.slice(0, LARGEST).arrayBuffer());
    if (file.size > LARGEST) {
      const end = bytes.lastIndexOf(0x0a);
      bytes = bytes.subarray(0, end > 0 ? end + 1 : bytes.length);
      toast.message(`Only the first ${Math.round(bytes.length / 1000)} kB of ${file.name} are used as a sample.`);
    }
    let binary = "";
    for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
    onSample({ name: file.name.slice(0, 200), base64: btoa(binary) });
  };
  return (
    <div className="flex flex-wrap items-center gap-3">
      <input
        id={id}
        type="file"
        className="peer sr-only"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) void take(file);
          event.target.value = "";
        }}
      />
      <Button asChild className="peer-focus-visible:outline-2 peer-focus-visible:outline-focus">
        <label htmlFor={id}>{sample ? "Another sample" : "Choose a sample file"}</label>
      </Button>
      <span className="text-ink-2">{sample ? sample.name : "It is only looked at, never stored."}</span>
    </div>
  );
}
