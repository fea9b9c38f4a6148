import { inWords } from "@/components/diff/diff";
import { postingRows } from "./fields";

/** What a posting changes, in one line of a table: the new values of the fields that differ. */
export function changeInWords(before: unknown, after: unknown): string {
  return postingRows(before, after)
    .filter((row) => inWords(row.old?.value) !== inWords(row.new?.value))
    .map((row) => inWords(row.new?.value))
    .filter((words) => words !== "")
    .join(", ");
}
