import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/api/root";

type Output = inferRouterOutputs<AppRouter>;
export type FeedRow = Output["feeds"]["list"][number];
export type FeedDetail = Output["feeds"]["get"];
export type CatchUp = NonNullable<Output["feeds"]["catchUp"]>;
export type Preview = Output["feeds"]["preview"];
export type Layout = NonNullable<Preview["layout"]>;
export type Mapping = NonNullable<Layout["suggestedMapping"]["mapping"]>;
export type Target = Mapping["columns"][number];
export type SampleSent = Output["feeds"]["sendSample"];
