import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ADAPTERS } from "@/core/feeds/feed";
import type { Outcome } from "@/core/outcome";
import type { Facts, InvoiceFacts } from "@/core/shipments/facts";
import type { RawMessage } from "./feed";
import { adapterNamed, lookupInPacks } from "./registry";

const receivedAtMs = Date.UTC(2026, 10, 20, 12);

/** The outcome as a person reads it: instants as text, references and packages on one line each. */
function legible(outcome: Outcome<Facts>): unknown {
  if (!outcome.ok) return { unread: outcome.problems };
  const { shipments, invoices, problems, ignored, records } = outcome.value;
  return {
    shipments: shipments.map(({ at, references, packages, events, claims }) => ({
      at,
      references: references.map(({ kind, issuer, value, said }) => `${kind} ${issuer ?? "-"} ${value} | ${said}`),
      packages: packages.map(({ number, issuer, master }) => `${number} ${issuer ?? "-"}${master ? " master" : ""}`),
      events: events.map(({ time, ...event }) => ({
        ...event,
        time:
          time &&
          `${new Date(time.occurredAtMs).toISOString()} ${time.offsetMinutes ?? "-"} ${time.precision} ${time.basis}`,
      })),
      claims: claims.map(({ attribute, subject, value, occurredAtMs }) => ({
        [`${attribute}${subject === "" ? "" : ` of ${subject}`}`]: value,
        at: new Date(occurredAtMs).toISOString(),
      })),
    })),
    ...(invoices.length > 0 ? { invoices: invoices.map(legibleInvoice) } : {}),
    problems,
    ...(ignored === null ? {} : { ignored }),
    records,
  };
}

function legibleInvoice({ references, lines, ...invoice }: InvoiceFacts): unknown {
  const numbers = (list: InvoiceFacts["references"]) =>
    list.map(({ kind, issuer, value, said }) => `${kind} ${issuer ?? "-"} ${value} | ${said}`);
  return {
    ...invoice,
    references: numbers(references),
    lines: lines.map(({ references: own, ...line }) => ({ ...line, references: numbers(own) })),
  };
}

describe.each(ADAPTERS)("examples of %s", (system) => {
  const folder = path.join(import.meta.dirname, system, "examples");
  const files = fs.readdirSync(folder).filter((file) => !/\.(expected|settings)\.json$/.test(file));

  it("has some", () => expect(files.length).toBeGreaterThanOrEqual(5));

  it.each(files)("reads %s as expected", (file) => {
    const adapter = adapterNamed(system);
    if (!adapter) throw new Error(`no adapter ${system}`);
    const stem = path.join(folder, file.replace(/\.[^.]+$/, ""));
    const saved = `${stem}.settings.json`;
    const settings = fs.existsSync(saved) ? JSON.parse(fs.readFileSync(saved, "utf8")) : undefined;
    const bytes = fs.readFileSync(path.join(folder, file));
    const name = file.replace(/^\d{4}-/, "");
    const message: RawMessage = { bytes, contentType: null, headers: {}, receivedAtMs, name };
    const { zone = null, ...own } = (settings ?? {}) as { zone?: string };
    const said = legible(
      adapter.interpret(message, {
        feedId: 1,
        zone,
        receivedAtMs,
        lookup: lookupInPacks(adapter),
        settings: adapter.parseSettings(own),
      }),
    );
    const expected = `${stem}.expected.json`;
    // A new example gets its expectation written once, for a person to read and correct; an old one is never written over.
    if (!fs.existsSync(expected) && process.env.WAYPOST_WRITE_GOLDEN === "1") {
      fs.writeFileSync(expected, `${JSON.stringify(said, null, 1)}\n`);
    }
    expect(said).toEqual(JSON.parse(fs.readFileSync(expected, "utf8")));
  });
});
