import type { ApiRoute } from "./route";
import { carrierRoutes } from "./routes/carriers";
import { crosswalkRoutes } from "./routes/crosswalks";
import { dictionaryRoutes } from "./routes/dictionary";
import { exceptionActRoutes } from "./routes/exception-acts";
import { exceptionRoutes } from "./routes/exceptions";
import { feedRoutes } from "./routes/feeds";
import { freightRoutes } from "./routes/freight";
import { messageRoutes } from "./routes/messages";
import { postingRoutes } from "./routes/postings";
import { proofRoutes } from "./routes/proof";
import { reconciliationRoutes } from "./routes/reconciliation";
import { routingRoutes } from "./routes/routing";
import { runRoutes } from "./routes/runs";
import { serviceLevelRoutes } from "./routes/service-levels";
import { shipmentRoutes } from "./routes/shipments";
import { traceRoutes } from "./routes/traces";

/** All calls of version 1; dispatch and OpenAPI read this one table. */
export const routes: readonly ApiRoute[] = [
  ...shipmentRoutes,
  ...exceptionRoutes,
  ...exceptionActRoutes,
  ...postingRoutes,
  ...proofRoutes,
  ...reconciliationRoutes,
  ...freightRoutes,
  ...messageRoutes,
  ...traceRoutes,
  ...runRoutes,
  ...feedRoutes,
  ...crosswalkRoutes,
  ...serviceLevelRoutes,
  ...carrierRoutes,
  ...routingRoutes,
  ...dictionaryRoutes,
];
