import type { ApiRoute } from "./route";
import { crosswalkRoutes } from "./routes/crosswalks";
import { exceptionRoutes } from "./routes/exceptions";
import { feedRoutes } from "./routes/feeds";
import { messageRoutes } from "./routes/messages";
import { postingRoutes } from "./routes/postings";
import { runRoutes } from "./routes/runs";
import { serviceLevelRoutes } from "./routes/service-levels";
import { shipmentRoutes } from "./routes/shipments";

/** All calls of version 1; dispatch and OpenAPI read this one table. */
export const routes: readonly ApiRoute[] = [
  ...shipmentRoutes,
  ...exceptionRoutes,
  ...postingRoutes,
  ...messageRoutes,
  ...runRoutes,
  ...feedRoutes,
  ...crosswalkRoutes,
  ...serviceLevelRoutes,
];
