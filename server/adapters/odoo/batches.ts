/** Reads ids some at a time, one reading after the other. */
export async function inBatches<T>(
  ids: readonly number[],
  limit: number,
  read: (batch: number[]) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = [];
  for (let at = 0; at < ids.length; at += limit) found.push(...(await read(ids.slice(at, at + limit))));
  return found;
}
