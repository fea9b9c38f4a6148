/** How many lanes messages are spread over; a worker claims lane by lane (scale.md). */
const LANES = 64;

/** Lane of documents so large that they are read in parts, beside the others. */
export const LARGE_LANE = LANES;
/** Bytes from which a document of an adapter that can cut is read in parts. */
export const LARGE_BYTES = 524_288;

/** Lane of what a key names: the same key is always in the same lane. FNV-1a over its UTF-16 units. */
export function laneOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  return (hash ^ (hash >>> 16)) & (LANES - 1);
}
