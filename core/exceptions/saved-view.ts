import { z } from "zod";
import { exceptionFilter } from "./filter";

/** What a saved view shows: a filter, by cause, one by one or as a board. Group and shipment are places, not views, and stay out. */
export const viewShows = z.object({
  view: z.enum(["groups", "list", "board"]).default("list"),
  filter: exceptionFilter.transform((filter) => ({ ...filter, group: null, shipment: null })),
});
export type ViewShows = z.infer<typeof viewShows>;

export const viewName = z.string().trim().min(1).max(60);

/** A person keeps so many views, and so many are shared by all people together. */
export const VIEWS_A_PERSON = 30;
export const VIEWS_SHARED = 60;

export type SavedView = {
  id: string;
  name: string;
  shared: boolean;
  mine: boolean;
  byName: string;
  shows: ViewShows;
  isDefault: boolean;
};

/** Reads what was stored, which may be older than the filter is now; null where it makes no sense any more. */
export function readViewShows(stored: unknown): ViewShows | null {
  const parsed = viewShows.safeParse(stored);
  return parsed.success ? parsed.data : null;
}

/** Says whether two filters show the same, whatever the order of their values. */
export function sameShows(a: ViewShows, b: ViewShows): boolean {
  return a.view === b.view && canonical(a.filter) === canonical(b.filter);
}

function canonical(filter: object): string {
  const sorted = Object.entries(filter).map(([key, value]) => [key, Array.isArray(value) ? [...value].sort() : value]);
  return JSON.stringify(sorted.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}
