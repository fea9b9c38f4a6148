import { finding, NOTHING, open, type Rule } from "../rule";

/** Raises `lost` for what a source declared lost or destroyed and nobody found or delivered since. */
export const lost: Rule = ({ shipment, feedName }) => {
  const fact = shipment.reached.lost ?? shipment.reached.destroyed;
  if (fact === undefined) return NOTHING;
  const word = shipment.reached.lost ? "lost" : "destroyed";
  const gone = shipment.packages.filter(({ terminal }) => terminal === "lost" || terminal === "destroyed");
  const subjects =
    gone.length > 0 && gone.length < shipment.packages.length
      ? gone.map((one) => `package:${one.number}`)
      : ["shipment"];
  return open(
    ...subjects.map((subject) =>
      finding("lost", {
        subject,
        occurrence: fact.key ?? word,
        cause: { source: `feed:${fact.feedId ?? ""}`, what: word },
        text: `${fact.feedId === null ? "A source" : feedName(fact.feedId)} reports the goods ${word}`,
        evidence: { numbers: gone.slice(0, 10).map(({ number }) => number) },
        feedId: fact.feedId,
      }),
    ),
  );
};
