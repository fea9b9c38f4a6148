import { accessRouter } from "./routers/access";
import { apiKeysRouter } from "./routers/api-keys";
import { auditRouter } from "./routers/audit";
import { crosswalksRouter } from "./routers/crosswalks";
import { exceptionsRouter } from "./routers/exceptions";
import { feedsRouter } from "./routers/feeds";
import { messagesRouter } from "./routers/messages";
import { odooRouter } from "./routers/odoo";
import { peopleRouter } from "./routers/people";
import { postingsRouter } from "./routers/postings";
import { runsRouter } from "./routers/runs";
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
  crosswalks: crosswalksRouter,
  feeds: feedsRouter,
  messages: messagesRouter,
  odoo: odooRouter,
  postings: postingsRouter,
  runs: runsRouter,
  tower: towerRouter,
});

export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
