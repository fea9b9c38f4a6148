import { accessRouter } from "./routers/access";
import { alertsRouter } from "./routers/alerts";
import { apiKeysRouter } from "./routers/api-keys";
import { auditRouter } from "./routers/audit";
import { automationRouter } from "./routers/automation";
import { batchesRouter } from "./routers/batches";
import { carriersRouter } from "./routers/carriers";
import { crosswalksRouter } from "./routers/crosswalks";
import { degradedRouter } from "./routers/degraded";
import { dictionaryRouter } from "./routers/dictionary";
import { exceptionsRouter } from "./routers/exceptions";
import { feedsRouter } from "./routers/feeds";
import { freightRouter } from "./routers/freight";
import { lookupRouter } from "./routers/lookup";
import { messagesRouter } from "./routers/messages";
import { noticesRouter } from "./routers/notices";
import { odooRouter } from "./routers/odoo";
import { peopleRouter } from "./routers/people";
import { phasesRouter } from "./routers/phases";
import { postingsRouter } from "./routers/postings";
import { proofRouter } from "./routers/proof";
import { reconciliationRouter } from "./routers/reconciliation";
import { runsRouter } from "./routers/runs";
import { serviceLevelsRouter } from "./routers/service-levels";
import { settingsRouter } from "./routers/settings";
import { shipmentsRouter } from "./routers/shipments";
import { towerRouter } from "./routers/tower";
import { viewsRouter } from "./routers/views";
import { workersRouter } from "./routers/workers";
import { createCallerFactory, router } from "./trpc";

/** One router per noun. Adding one is an import and a key. */
export const appRouter = router({
  access: accessRouter,
  alerts: alertsRouter,
  apiKeys: apiKeysRouter,
  audit: auditRouter,
  automation: automationRouter,
  exceptions: exceptionsRouter,
  people: peopleRouter,
  serviceLevels: serviceLevelsRouter,
  settings: settingsRouter,
  shipments: shipmentsRouter,
  batches: batchesRouter,
  carriers: carriersRouter,
  crosswalks: crosswalksRouter,
  degraded: degradedRouter,
  dictionary: dictionaryRouter,
  feeds: feedsRouter,
  freight: freightRouter,
  lookup: lookupRouter,
  messages: messagesRouter,
  notices: noticesRouter,
  odoo: odooRouter,
  phases: phasesRouter,
  postings: postingsRouter,
  proof: proofRouter,
  reconciliation: reconciliationRouter,
  runs: runsRouter,
  tower: towerRouter,
  views: viewsRouter,
  workers: workersRouter,
});

export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
