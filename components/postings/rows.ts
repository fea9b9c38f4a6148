import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/root";

type Output = inferRouterOutputs<AppRouter>["postings"];
export type PostingRow = Output["list"]["items"][number];
export type PostingDetail = Output["get"];
export type RepostPreview = Output["previewRepost"];
