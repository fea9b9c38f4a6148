/**
 * Puts messages together that share a shipment, directly or through others: what is read again as one, because each may change what the others
 * touch. Groups in the order of their first message, members in the order given.
 */
export function connected(rows: readonly { message: string; shipments: readonly string[] }[]): string[][] {
  const parent = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root)) root = up;
    for (let at = name; at !== root; ) {
      const next = parent.get(at) ?? root;
      parent.set(at, root);
      at = next;
    }
    return root;
  };
  for (const { message, shipments } of rows) {
    const own = rootOf(`m ${message}`);
    for (const shipment of shipments) parent.set(rootOf(`s ${shipment}`), own);
    parent.set(own, own);
  }
  const groups = new Map<string, string[]>();
  for (const { message } of rows) {
    const root = rootOf(`m ${message}`);
    const group = groups.get(root);
    if (group) group.push(message);
    else groups.set(root, [message]);
  }
  return [...groups.values()];
}
