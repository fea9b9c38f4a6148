/** What is chosen in a list: some rows by id, or all that match the filter but a few. */
export type Selection = { all: false; ids: ReadonlySet<string> } | { all: true; except: ReadonlySet<string> };

export const NOTHING: Selection = { all: false, ids: new Set() };

/** Says whether a row is chosen. */
export function isSelected(selection: Selection, id: string): boolean {
  return selection.all ? !selection.except.has(id) : selection.ids.has(id);
}

/** Chooses a row or lets go of it. */
export function toggle(selection: Selection, id: string): Selection {
  const next = new Set(selection.all ? selection.except : selection.ids);
  if (next.has(id)) next.delete(id);
  else next.add(id);
  return selection.all ? { all: true, except: next } : { all: false, ids: next };
}

/** Chooses all given rows besides what is chosen already. */
export function addAll(selection: Selection, ids: readonly string[]): Selection {
  if (selection.all) return { all: true, except: new Set([...selection.except].filter((id) => !ids.includes(id))) };
  return { all: false, ids: new Set([...selection.ids, ...ids]) };
}

/** How many rows are chosen; `total` counts the rows that match the filter. */
export function countSelected(selection: Selection, total: number): number {
  return selection.all ? Math.max(0, total - selection.except.size) : selection.ids.size;
}
