/** How many lanes messages are spread over; a worker claims lane by lane (scale.md). */
export const LANES = 64;

/** Lane of what a key names: the same key is always in the same lane. FNV-1a over its UTF-16 units. */
export function laneOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  return (hash ^ (hash >>> 16)) & (LANES - 1);
}
