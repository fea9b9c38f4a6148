import { accessRouter } from "./routers/access";
import { apiKeysRouter } from "./routers/api-keys";
import { auditRouter } from "./routers/audit";
import { peopleRouter } from "./routers/people";
import { settingsRouter } from "./routers/settings";
import { shipmentsRouter } from "./routers/shipments";
import { createCallerFactory, router } from "./trpc";

/** One router per noun. Adding one is an import and a key. */
export const appRouter = router({
  access: accessRouter,
  apiKeys: apiKeysRouter,
  audit: auditRouter,
  people: peopleRouter,
  settings: settingsRouter,
  shipments: shipmentsRouter,
});

export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
