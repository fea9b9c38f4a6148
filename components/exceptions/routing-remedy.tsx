"use client";
import Link from "next/link";
import { useMay } from "@/components/shell/viewer";
import { Section } from "@/components/ui/side-panel";

/** The way to the rules that say which Odoo a shipment belongs to, for those who may change them. */
export function RoutingRemedy() {
  const mayManage = useMay("settings:manage");
  return (
    <Section title="Say which Odoo it belongs to">
      {mayManage ? (
        <p>
          <Link href="/settings/routing" className="font-medium underline underline-offset-2">
            Add a routing rule
          </Link>{" "}
          <span className="text-ink-2">that fits it. The dry run shows what else it would take.</span>
        </p>
      ) : (
        <p className="text-ink-2">An administrator adds a routing rule that fits it.</p>
      )}
    </Section>
  );
}
