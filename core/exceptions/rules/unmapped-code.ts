import { finding, NOTHING, open, type Rule } from "../rule";

/** Raises `unmapped_code` for each word of a feed that no mapping knows; the code itself names the group, so it is never stripped. */
export const unmappedCode: Rule = ({ shipment, feedName }) => {
  if (shipment.unmapped.length === 0) return NOTHING;
  return open(
    ...shipment.unmapped.map(({ feedId, word, description, count, firstKey }) =>
      finding("unmapped_code", {
        subject: `code:${feedId}:${word}`,
        occurrence: firstKey,
        cause: { source: `feed:${feedId}`, what: `code:${word}` },
        text: `${feedName(feedId)} says "${word}", which no mapping knows`,
        evidence: { word, description, events: count },
        feedId,
      }),
    ),
  );
};
