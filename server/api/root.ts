import { accessRouter } from "./routers/access";
import { apiKeysRouter } from "./routers/api-keys";
import { auditRouter } from "./routers/audit";
import { exceptionsRouter } from "./routers/exceptions";
import { peopleRouter } from "./routers/people";
import { serviceLevelsRouter } from "./routers/service-levels";
import { settingsRouter } from "./routers/settings";
import { shipmentsRouter } from "./routers/shipments";
import { towerRouter } from "./routers/tower";
import { createCallerFactory, router } from "./trpc";

/** One router per noun. Adding one is an import and a key. */
export const appRouter = router({
  access: accessRouter,
  apiKeys: apiKeysRouter,
  audit: auditRouter,
  exceptions: exceptionsRouter,
  people: peopleRouter,
  serviceLevels: serviceLevelsRouter,
  settings: settingsRouter,
  shipments: shipmentsRouter,
  tower: towerRouter,
});

export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
