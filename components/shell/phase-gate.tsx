"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PHASE_SPECS, type Phase, phaseAt } from "@/core/phases/phases";
import { useHidden } from "./pulse";
import { useMay } from "./viewer";

/** In place of a screen whose phase is off says so, with the way to the phases; who wants to see it all the same may. */
export function PhaseGate({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  const hidden = useHidden();
  const mayManage = useMay("settings:manage");
  const [seen, setSeen] = useState<Phase | null>(null);
  const phase = phaseAt(pathname);
  if (phase === null || phase === seen) return children;
  const module = PHASE_SPECS[phase].modules.find(({ href }) => pathname === href || pathname.startsWith(`${href}/`));
  if (!module || !hidden.includes(module.href)) return children;
  return (
    <EmptyState
      title={`${module.word} belongs to a phase that is off`}
      action={
        <>
          {mayManage ? (
            <Button asChild variant="primary">
              <Link href="/settings/phases">Go to the phases</Link>
            </Button>
          ) : null}
          <Button onClick={() => setSeen(phase)}>Show it all the same</Button>
        </>
      }
      heading="h1"
    >
      Phase {phase}, {PHASE_SPECS[phase].name.toLowerCase()}, is not in use in this workspace.{" "}
      {mayManage
        ? "What is stored stays; it is turned on under Phases."
        : "What is stored stays; an administrator turns it on."}
    </EmptyState>
  );
}
