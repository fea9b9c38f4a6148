"use client";
import Link from "next/link";
import { Section } from "@/components/ui/side-panel";
import type { ExceptionDetail } from "./rows";

/** The way to a day that is not reconciled, and to the run that waits or broke. */
export function DayRemedy({ exception }: { exception: ExceptionDetail }) {
  const { evidence } = exception;
  if (typeof evidence !== "object" || evidence === null || Array.isArray(evidence)) return null;
  const { day, run } = evidence;
  if (typeof day !== "string") return null;
  return (
    <Section title="The day">
      <p className="flex flex-wrap gap-x-4">
        <Link href={`/reconciliation?day=${day}`} className="text-accent underline-offset-2 hover:underline">
          Open {day} under Reconciliation
        </Link>
        {typeof run === "string" ? (
          <Link href={`/runs/${run}`} className="text-accent underline-offset-2 hover:underline">
            See its run
          </Link>
        ) : null}
      </p>
    </Section>
  );
}
