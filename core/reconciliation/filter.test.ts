import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_WAREHOUSE, readinessFilter, readinessFilterOf, reconciliationFilterOf } from "./filter";
import { READINESS_LISTS } from "./readiness";

describe("filters from an address", () => {
  it("keeps what makes sense, shipments without a warehouse among it", () => {
    expect(readinessFilterOf("shipped_not_validated", { warehouse: [NO_WAREHOUSE], product: ["DESK"] })).toMatchObject({
      list: "shipped_not_validated",
      warehouse: [NO_WAREHOUSE],
      product: ["DESK"],
    });
  });

  it("filters nothing where it makes no sense, and never fails", () => {
    expect(readinessFilterOf("return_on_the_way", { warehouse: [""] })).toEqual(
      readinessFilter.parse({ list: "return_on_the_way" }),
    );
    for (const day of ["2026-13-45", "2026-02-30", "0000-00-00", "yesterday", ""])
      expect(reconciliationFilterOf({ day }, "2026-11-20")?.day).toBe("2026-11-20");
    expect(reconciliationFilterOf({ day: "yesterday" }, null)).toBeNull();
    const anything = fc.dictionary(
      fc.constantFrom("day", "warehouse", "carrier", "product", "search", "aspect", "verdict", "connection"),
      fc.anything(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...READINESS_LISTS), anything, (list, chosen) => {
        expect(readinessFilterOf(list, chosen).list).toBe(list);
        expect(reconciliationFilterOf(chosen, "2026-11-20")?.day).toMatch(/^\d{4}-\d\d-\d\d$/);
      }),
    );
  });
});
