import { fromMinor, toMinor } from "@/core/money";

export type TestBill = {
  number: string;
  /** Special charge code ("" for the freight itself) and amount as a decimal. */
  charges: readonly (readonly [code: string, amount: string])[];
  pro?: string;
  load?: string;
  currency?: string | null;
  scac?: string;
  /** As the header says it; the sum of the charges where nothing is given. */
  total?: string;
  date?: string;
};

/** One X12 interchange with a freight bill (210) each. */
export function freightBills(control: number, bills: readonly TestBill[]): Buffer {
  const scac = bills[0]?.scac ?? "CARR";
  const number = String(control).padStart(9, "0");
  const sets = bills.flatMap((bill, at) => setOf(bill, at + 1));
  const segments = [
    `ISA*00*${" ".repeat(10)}*00*${" ".repeat(10)}*02*${scac.padEnd(15)}*ZZ*${"WAYPOST".padEnd(15)}*261120*0830*U*00401*${number}*0*T*>`,
    `GS*IM*${scac}*WAYPOST*20261120*0830*${control}*X*004010`,
    ...sets,
    `GE*${bills.length}*${control}`,
    `IEA*1*${number}`,
  ];
  return Buffer.from(`${segments.join("~\n")}~\n`);
}

function setOf(bill: TestBill, at: number): string[] {
  const { number, charges, pro, load = "", currency = "USD", scac = "CARR", date = "20261120" } = bill;
  const cents = (amount: string) => toMinor(amount, "USD") ?? 0;
  const total =
    bill.total ??
    fromMinor(
      charges.reduce((sum, [, amount]) => sum + cents(amount), 0),
      "USD",
    );
  const control = String(at).padStart(4, "0");
  const body = [
    `ST*210*${control}`,
    `B3**${number}*${load}*TP**${date}*${cents(total)}**${date}*035*${scac}*${date}`,
    ...(currency === null ? [] : [`C3*${currency}`]),
    ...(pro === undefined ? [] : [`N9*CN*${pro}`]),
    ...charges.flatMap(([code, amount], line) => [
      `LX*${line + 1}`,
      code === "" ? `L1*${line + 1}*1*FR*${cents(amount)}` : `L1*${line + 1}***${cents(amount)}****${code}`,
    ]),
    `L3*1*G***${cents(total)}`,
  ];
  return [...body, `SE*${body.length + 1}*${control}`];
}
