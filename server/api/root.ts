import { accessRouter } from "./routers/access";
import { createCallerFactory, router } from "./trpc";

/** One router per noun. Adding one is an import and a key. */
export const appRouter = router({
  access: accessRouter,
});

export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
