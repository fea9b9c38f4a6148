"use client";
import type { ExceptionDetail } from "./rows";

/** What can be mended from the spot, by kind. */
export function Remedy(_: { exception: ExceptionDetail }) {
  return null;
}
