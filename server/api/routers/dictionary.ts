import { readDictionary } from "../../dictionary/read";
import { entities } from "../../v1/entities";
import { allowed, router } from "../trpc";

export const dictionaryRouter = router({
  read: allowed("shipments:read").query(async ({ ctx: { ctx, actor } }) => ({
    ...(await readDictionary(ctx, actor)),
    entities: entities(),
  })),
});
