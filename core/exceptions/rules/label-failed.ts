import { reported } from "../conditions";

/** Raises `label_failed` while the carrier's refusal of a label or booking stands. */
export const labelFailed = reported("label_failed", ["label_failed"], "that the label or booking was refused");
