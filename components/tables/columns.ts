import type { ReactNode } from "react";

export type Column<Row> = {
  id: string;
  /** Word in the head and in the column menu. */
  label: string;
  /** A column of marks: too narrow for its word, which is only read out. */
  mark?: boolean;
  /** Unit of right-aligned numbers, shown in the head. */
  unit?: string;
  /** Pixels; the column marked `grow` takes what is left. */
  width: number;
  grow?: boolean;
  align?: "right";
  /** Never hidden, never in the column menu. */
  fixed?: boolean;
  hidden?: boolean;
  /** Left out on narrow screens. */
  wide?: boolean;
  /** Left out while the table has less room than this, in pixels. */
  from?: number;
  /** Width on narrow screens. */
  narrowWidth?: number;
  /** Name of its order where the list can be sorted by it. */
  sort?: string;
  cell: (row: Row) => ReactNode;
};

export type Sort = { by: string; descending: boolean };
