/** One change that a person at the Odoo would notice. `mark` tells one effect of a kind on a record from another. */
export type Effect = {
  at: string;
  kind:
    | "order_confirmed"
    | "tracking_number"
    | "transfer_validated"
    | "note"
    | "attachment"
    | "activity_opened"
    | "activity_closed"
    | "status_field"
    | "return_made"
    | "invoice_made"
    | "vendor_bill"
    | "freight_cost";
  model: string;
  id: number;
  mark: string;
  correlationId: string | null;
};

const KEEP = 200_000;

/** Counts what calls did to the data: the proof that each effect happened once. */
export class Effects {
  private list: Effect[] = [];
  private readonly counts = new Map<string, number>();
  private readonly calls = new Map<string, number>();

  add(effect: Effect): void {
    this.list.push(effect);
    if (this.list.length > KEEP) this.list = this.list.slice(-KEEP / 2);
    const key = `${effect.kind} ${effect.model} ${effect.id} ${effect.mark}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  called(name: string): void {
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
  }

  /** Totals by kind, and every effect that happened more than once: `doubles` is empty when all is well. */
  summary() {
    const byKind: Record<string, number> = {};
    for (const [key, count] of this.counts) {
      const kind = key.slice(0, key.indexOf(" "));
      byKind[kind] = (byKind[kind] ?? 0) + count;
    }
    const doubles = [...this.counts].filter(([, count]) => count > 1).map(([effect, count]) => ({ effect, count }));
    return { byKind, doubles, calls: Object.fromEntries(this.calls) };
  }

  of(filter: Partial<Pick<Effect, "kind" | "id" | "model">>): Effect[] {
    return this.list.filter((effect) =>
      (["kind", "id", "model"] as const).every((name) => filter[name] === undefined || filter[name] === effect[name]),
    );
  }

  reset(): void {
    this.list = [];
    this.counts.clear();
    this.calls.clear();
  }
}
