import { Buffer } from "node:buffer";
import { textOf } from "../call";
import { companiesContext, companyContext, externalId, type PostingKindOf, recordIds } from "./kind";

/** Attaches a document to the picking by `load` with an external id; found again by the SHA-1 of its bytes, which Odoo keeps. */
export const proofOfDelivery: PostingKindOf<"proof_of_delivery"> = {
  kind: "proof_of_delivery",
  looksFirst: false,
  together: { most: 20, like: () => "" },
  read: (requests) => [
    {
      model: "ir.attachment",
      method: "search_read",
      args: {
        domain: [
          ["res_model", "=", "stock.picking"],
          ["res_id", "in", recordIds(requests)],
          ["checksum", "in", [...new Set(requests.map((request) => request.desired.sha1))]],
        ],
        fields: ["name", "res_id", "checksum", "mimetype", "description"],
      },
      context: companiesContext(requests),
    },
  ],
  call: (request, _seen, _dialect, { content }) => {
    const { fileName, mimeType, byteLength } = request.desired;
    if (content === null || content.byteLength !== byteLength)
      return {
        do: "refuse",
        reason: `The document ${fileName} is not there, or is not what was received.`,
        field: null,
      };
    return {
      do: "send",
      calls: [
        {
          model: "ir.attachment",
          method: "load",
          args: {
            fields: ["id", "name", "datas", "res_model", "res_id", "mimetype", "description"],
            data: [
              [
                externalId(request.key),
                fileName,
                Buffer.from(content).toString("base64"),
                request.record.model,
                String(request.record.id),
                mimeType,
                `Waypost ${request.correlationId}`,
              ],
            ],
          },
          context: companyContext(request),
        },
      ],
    };
  },
  verify: (request, [attachments = []]) => {
    const { sha1 } = request.desired;
    const here = attachments.filter((row) => row.res_id === request.record.id && row.checksum === sha1);
    const first = here[0];
    if (!first) return { verdict: "absent", reason: "The document is not attached to the transfer.", found: {} };
    const found = { attachments: here.map((row) => row.id), fileName: textOf(first.name) };
    return { verdict: "holds", reason: "The document is attached to the transfer.", found };
  },
};
