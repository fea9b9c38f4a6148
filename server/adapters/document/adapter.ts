import { type Outcome, read } from "@/core/outcome";
import type { Facts } from "@/core/shipments/facts";
import type { FeedAdapter, RawMessage, TranslateContext } from "../feed";
import { type DocumentSettings, documentSettings, plainName, referenceInName } from "./file-name";
import { DOCUMENT_TYPES, documentType, parseDocument } from "./parse";
import { translateDocument } from "./translate";

export const document: FeedAdapter = {
  name: "document",
  version: 1,
  label: "Proof of delivery (PDF, PNG, JPEG)",
  contentTypes: DOCUMENT_TYPES,
  packs: {},
  parseSettings: (raw) => documentSettings.parse(raw ?? {}),
  // the same bytes under another name are about another shipment, so they are no duplicate
  peek: ({ name }) => ({ deliveryId: plainName(name)?.toLowerCase() ?? null, laneKey: null }),
  recognise: recogniseDocument,
  interpret: interpretDocument,
  sample: sampleDocument,
};

function interpretDocument(message: RawMessage, context: TranslateContext): Outcome<Facts> {
  const document = parseDocument(message.bytes);
  if (!document.ok) return document;
  const settings = context.settings as DocumentSettings;
  const fileName = plainName(message.name);
  const named = fileName === null ? null : referenceInName(fileName, settings);
  if (fileName === null || named === null) {
    const expected = `a file name like ${settings.pattern}`;
    const problem = { kind: "missing_reference" as const, at: "name", found: fileName, expected };
    return read({ shipments: [], invoices: [], problems: [problem], ignored: null, records: 1 }, [problem]);
  }
  const shipment = translateDocument(document.value, named, fileName, message);
  return read({ shipments: [shipment], invoices: [], problems: [], ignored: null, records: 1 });
}

/** Any PDF or picture may be something else: only one that is named like a proof is taken for one. */
function recogniseDocument({ bytes, name }: RawMessage): number {
  if (documentType(bytes) === null) return 0;
  const fileName = plainName(name);
  return fileName !== null && referenceInName(fileName, documentSettings.parse({})) !== null ? 0.95 : 0.3;
}

/** A made-up proof: a PDF of one page that says so. */
function sampleDocument({ atMs, number }: { atMs: number; number: string }) {
  const said = `BT /F1 18 Tf 60 760 Td (Sample proof of delivery ${number}, ${new Date(atMs).toISOString()}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${said.length} >>\nstream\n${said}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let text = "%PDF-1.4\n";
  const starts = objects.map((object, index) => {
    const start = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(start).padStart(10, "0")} 00000 n \n`;
  });
  const xref = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${starts.join("")}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
  return { bytes: new TextEncoder().encode(text), contentType: "application/pdf", name: `POD_${number}.pdf` };
}
