import type { EventKind } from "@/core/shipments/milestones";
import type { ReferenceKind } from "@/core/shipments/references";

/** What columns of warehouse exports are called, after `wordsOf`; the first pattern that fits decides. English, with common German and French. */
export const REFERENCE_WORDS: readonly (readonly [RegExp, ReferenceKind])[] = [
  [
    /\b(tracking|airway ?bill|waybill|awb|parcel|sendungs|paket) ?(number|numbers|no|nos|nr|id|ids|code|codes|ref|reference|nummer)\b/,
    "tracking_number",
  ],
  [
    /^(tracking|trackings|trackingnummer|trackingnumber|sendungsnummer|paketnummer|numero de suivi|suivi|con note|consignment)$/,
    "tracking_number",
  ],
  [/\b(sscc|nve|license plate)\b/, "sscc"],
  [/\b(picking|transfer|lieferauftrag|odoo picking)( (number|no|nr|id|ref|reference|name))?$/, "odoo_picking"],
  [
    /\b(customer|client) (po|order|ref|reference)\b|^(po|purchase order|customer po)( (number|no|nr|id|ref))?$|^bestellnummer$/,
    "customer_po",
  ],
  [/\b(amazon|shopify|ebay|etsy|marketplace|channel|web ?shop) order\b/, "marketplace_order"],
  [/\b(fulfilment|fulfillment) (number|no|id|ref)\b/, "marketplace_fulfilment"],
  [
    /^(sales )?order( (number|no|nr|id|ref|reference|name))?$|^(so|po so)( (number|no|nr))?$|^po so number$|^(auftrag|auftragsnummer|kundenauftrag|commande|numero de commande)$/,
    "sales_order",
  ],
  [
    /^(wms )?(shipment|shpt|delivery|dispatch|despatch|consignment|outbound|asn|dn|asn dn|delivery note|despatch note|packing slip|lieferschein|lieferung|bon de livraison)( (order|note))?( (number|no|nr|id|ref|reference|key|nummer))?$/,
    "wms_shipment",
  ],
  [/\b(bill of lading|bol|b l)( (number|no|nr))?$/, "bill_of_lading"],
  [/^pro( (number|no|nr))?$/, "pro_number"],
  [/^(tms )?load( (number|no|nr|id|ref))?$/, "tms_load"],
  [/^container( (number|no|nr|id))?$/, "container"],
  [/^booking( (number|no|nr|id|ref))?$/, "booking"],
];

export const ADDRESS_WORDS: readonly (readonly [RegExp, "name" | "street" | "city" | "zip" | "state" | "country"])[] = [
  [
    /^(ship to|deliver to|delivery|destination|recipient|consignee|to)? ?(zip|zip code|postal code|postcode|post code|plz|code postal)$/,
    "zip",
  ],
  [/^(ship to|deliver to|delivery|destination|recipient|consignee|to)? ?(city|town|ort|stadt|ville)$/, "city"],
  [/^(ship to|deliver to|delivery|destination|recipient|consignee|to) ?(state|province|region)$/, "state"],
  [/^(ship to|deliver to|delivery|destination|recipient|consignee|to)? ?(country|country code|land|pays)$/, "country"],
  [
    /^(ship to|deliver to|delivery|destination|recipient|consignee|to) ?(street|address|address 1|address line 1|strasse|straße|adresse)$/,
    "street",
  ],
  [/^(ship to|deliver to|recipient|consignee)( name)?$/, "name"],
];

type Simple =
  | "status"
  | "event_id"
  | "code"
  | "description"
  | "place"
  | "reason"
  | "product"
  | "line"
  | "ordered"
  | "returned"
  | "done"
  | "uom"
  | "weight"
  | "expected_freight"
  | "order_value"
  | "carrier"
  | "service"
  | "customer"
  | "warehouse"
  | "company"
  | "channel"
  | "signed_by"
  | "tracking_url";

export const SIMPLE_WORDS: readonly (readonly [RegExp, Simple])[] = [
  [/\b(event|scan|message) ?(id|uuid|key)$/, "event_id"],
  [
    /^(shipment|delivery|order|event|scan|tracking|line)? ?(status|state|event|event type|milestone|activity|zustand|statut)( name| text)?$/,
    "status",
  ],
  [/^(status|event|reason|exception) code$/, "code"],
  [/^(reason|exception|exception reason|delay reason)$/, "reason"],
  [/^(status|event|scan)? ?(description|message|remark|remarks|comment|note|notes|bemerkung)$/, "description"],
  [/^(event|scan|status|current)? ?(location|place)$/, "place"],
  [/\b(tracking|track) (url|link)\b/, "tracking_url"],
  [/^(signed by|received by|pod name|signature name|pod signatory)$/, "signed_by"],
  [
    /^(carrier|carrier name|carrier code|scac|courier|shipper carrier|ship via|shipping company|spediteur|frachtführer|transporteur)$/,
    "carrier",
  ],
  [
    /^(service|service level|service name|carrier service|ship(ping|ment)? (method|mode|service)|delivery method|versandart)$/,
    "service",
  ],
  [/\b(freight|shipping|carriage|transport) (cost|costs|charge|charges|amount)\b/, "expected_freight"],
  [/^order (value|total|amount)\b/, "order_value"],
  [/\b(weight|gewicht|poids)\b/, "weight"],
  [
    /\b(qty|quantity|quantities|units) (ordered|requested|expected|demanded)$|^(ordered|requested|expected|order) (qty|quantity|units)$/,
    "ordered",
  ],
  [/\b(qty|quantity|units) returned$|^(returned|return) (qty|quantity|units)$/, "returned"],
  [
    /\b(qty|quantity|units) (shipped|picked|delivered|done|packed)$|^(shipped|picked|delivered|done|packed|dispatched) (qty|quantity|units)$|^(line item )?(qty|quantity|menge|quantite|quantité)$/,
    "done",
  ],
  [
    /^(sku|item|item (number|no|code|id|sku)|product|product (code|id|number|sku)|article|article (number|no|code)|part (number|no)|material|artikel|artikelnummer|item description)$/,
    "product",
  ],
  [/^(line|line (number|no|id|item)|order line|position|pos|id)$/, "line"],
  [/^(uom|unit|unit of measure|einheit)$/, "uom"],
  [/^(warehouse|warehouse (code|id|name)|dc|depot|fulfil(l)?ment cent(er|re)|lager|entrepot|site)$/, "warehouse"],
  [/^(customer|client|customer name|client name|kunde)$/, "customer"],
  [/^(channel|sales channel|marketplace)$/, "channel"],
  [/^(company|owner|tenant|mandant)$/, "company"],
];

type When = EventKind | "time" | "promised_delivery_at" | "promised_dispatch_at" | "eta";

/** Names of date columns. What was planned is a promise and no event; when a delivery was written down is neither. */
export const EVENT_WORDS: readonly (readonly [RegExp, When])[] = [
  [/\b(recorded|entered|invoice|invoiced|paid|payment|print|printed|export|exported|birth)\b/, "info"],
  [
    /\b(scheduled|promised|promise|requested|required|committed|planned|due|agreed|soll)\b.*\b(deliver|delivery|delivered|arrival|lieferung|liefertermin)\b|\b(deliver|delivery) (by|due)\b|\bneed by\b|^(due|promised|promise|required|requested) (date|at|on)$|^liefertermin$/,
    "promised_delivery_at",
  ],
  [
    /\b(scheduled|promised|requested|required|committed|planned|due|agreed)\b.*\b(ship|shipping|dispatch|despatch|pick ?up|collection|departure)\b|\b(ship|dispatch) by\b/,
    "promised_dispatch_at",
  ],
  [/\b(eta|estimated (delivery|arrival)|expected (delivery|arrival))\b/, "eta"],
  [/^(scheduled|planned)( (date|at|on|time))?$/, "promised_dispatch_at"],
  [/\bout for delivery\b|\bon vehicle\b/, "out_for_delivery"],
  [/\b(pod|proof of delivery)\b/, "pod_received"],
  [
    /\b(delivered|delivery (date|time|datetime|at|timestamp)|zugestellt|geliefert|livr[eé])\b|\bactual delivery\b/,
    "delivered",
  ],
  [/\b(cancelled|canceled|cancellation|storniert)\b/, "cancelled"],
  [/\breturn(ed|s)?\b.*\b(date|at|on|received)\b|^returned$/, "returned"],
  [
    /\b(shipped|ship (date|time|at)|dispatched|despatched|dispatch (date|time)|goods issue|collected|picked up|pickup (date|time)|left warehouse|versandt|versanddatum|exp[eé]di[eé])\b/,
    "picked_up",
  ],
  [/\b(label (created|printed)|booked|manifested|booking (date|time))\b/, "booked"],
  [/\b(packed|packing|gepackt)\b/, "packed"],
  [/\b(picked|picking|kommissioniert)\b/, "picked"],
  [/\b(allocated|reserved|allocation)\b/, "allocated"],
  [
    /\b(order(ed)? (date|at|on|time|created|received)|released|release date|bestelldatum|auftragsdatum)\b/,
    "order_released",
  ],
  [
    /^(status|event|scan|activity|last)? ?(date|time|datetime|date time|timestamp|time stamp|updated|updated at|updated on|update|zeit|zeitpunkt|datum)( utc| local)?$/,
    "time",
  ],
];
