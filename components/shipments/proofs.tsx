"use client";
import { ExternalLink } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Dialog } from "@/components/ui/dialog";
import { Identifier } from "@/components/ui/identifier";
import { formatBytes } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import { type DeliveryPlace, deliveryPlace, mapAddress } from "@/core/shipments/delivery-place";
import type { StoredEvent } from "@/core/shipments/event";
import { type Proof, proofsOf } from "@/core/shipments/proofs";

const addressOf = (shipmentId: string, proof: Proof) => `/api/documents/${shipmentId}/${proof.documentId}`;

/** The documents that prove a delivery, who signed, where it was, and where those that miss one are listed. */
export function Proofs({
  shipmentId,
  state,
  events,
}: {
  shipmentId: string;
  state: Parameters<typeof proofsOf>[0];
  events: readonly StoredEvent[];
}) {
  const may = useMay("customers:read");
  const proofs = proofsOf(state);
  if (!may)
    return <p className="text-ink-3">Signatures and documents are shown to who may read customers (customers:read).</p>;
  const place = deliveryPlace(events);
  const signedBy = state.attributes?.signed_by?.value;
  return (
    <div className="flex flex-col gap-2">
      {typeof signedBy === "string" && signedBy !== "" ? <p>Signed by {signedBy}</p> : null}
      {place ? <Place place={place} /> : null}
      {proofs.length === 0 ? (
        <p className="text-ink-3">
          No document has come. It appears here when a carrier sends one, or a file with the shipment's number is
          dropped into the folder of proofs.{" "}
          <Link
            href="/exceptions?view=list&kind=pod_missing"
            className="text-accent underline-offset-2 hover:underline"
          >
            All that miss one
          </Link>
        </p>
      ) : (
        <ProofList shipmentId={shipmentId} proofs={proofs} place={place} />
      )}
    </div>
  );
}

/** Where it was handed over. */
function Place({ place }: { place: DeliveryPlace }) {
  const { name, coordinates, atMs } = place;
  return (
    <p className="flex flex-wrap items-baseline gap-x-2">
      <span className="break-words">
        Handed over{name ? ` at ${name}` : ""}
        {atMs === null ? null : (
          <>
            , <Time at={atMs} />
          </>
        )}
      </span>
      <MapLink name={name} coordinates={coordinates} />
    </p>
  );
}

/** Coordinates to copy, and the map: a page of somebody else, of which nothing is asked before a person follows the link. */
function MapLink({ name, coordinates }: Pick<DeliveryPlace, "name" | "coordinates">) {
  const map = mapAddress({ name, coordinates });
  return (
    <>
      {coordinates ? <Identifier value={`${coordinates.latitude}, ${coordinates.longitude}`} max={40} /> : null}
      {map ? (
        <a
          href={map}
          target="_blank"
          rel="noreferrer noopener"
          className="inline-flex items-center gap-1 text-accent underline-offset-2 hover:underline"
        >
          {coordinates ? "Show on OpenStreetMap" : "Look for it on OpenStreetMap"}
          <ExternalLink className="size-3" aria-hidden />
          <span className="sr-only">(opens another site)</span>
        </a>
      ) : null}
    </>
  );
}

/** Documents as pictures (a PDF by its name); each opens large and can be saved. */
export function ProofList({
  shipmentId,
  proofs,
  place = null,
}: {
  shipmentId: string;
  proofs: readonly Proof[];
  place?: DeliveryPlace | null;
}) {
  const [open, setOpen] = useState<Proof | null>(null);
  return (
    <>
      <ul className="flex flex-wrap gap-2">
        {proofs.map((proof) => (
          <li key={proof.documentId}>
            <button
              type="button"
              onClick={() => setOpen(proof)}
              className="flex w-36 flex-col overflow-hidden rounded-md border border-line text-left hover:border-accent"
            >
              <Preview shipmentId={shipmentId} proof={proof} className="h-24" />
              <span className="truncate border-line border-t px-2 py-1 text-xs">{proof.fileName}</span>
            </button>
          </li>
        ))}
      </ul>
      {open ? <Large shipmentId={shipmentId} proof={open} place={place} onClose={() => setOpen(null)} /> : null}
    </>
  );
}

function Preview({ shipmentId, proof, className }: { shipmentId: string; proof: Proof; className?: string }) {
  if (proof.mimeType === "application/pdf")
    return (
      <span className={cn("flex items-center justify-center bg-sunken font-mono text-ink-3 text-xs", className)}>
        PDF
      </span>
    );
  return (
    // biome-ignore lint/performance/noImgElement: the bytes are behind a right and never cached by a shared optimiser
    <img
      src={addressOf(shipmentId, proof)}
      alt={`Proof of delivery ${proof.fileName}`}
      className={cn("w-full bg-sunken object-contain", className)}
    />
  );
}

function Large({
  shipmentId,
  proof,
  place,
  onClose,
}: {
  shipmentId: string;
  proof: Proof;
  place: DeliveryPlace | null;
  onClose: () => void;
}) {
  const address = addressOf(shipmentId, proof);
  const isPdf = proof.mimeType === "application/pdf";
  return (
    <Dialog
      open
      className="top-[6vh] max-h-[88vh] max-w-[820px]"
      onOpenChange={(open) => !open && onClose()}
      title={proof.fileName}
      description={
        <>
          {formatBytes(proof.byteLength)}, received <Time at={proof.receivedAt} show="both" />
        </>
      }
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button asChild>
            <a href={address} target="_blank" rel="noreferrer">
              Open in a new tab
            </a>
          </Button>
          <Button asChild variant="primary">
            <a href={`${address}?download`} download={proof.fileName}>
              Download
            </a>
          </Button>
        </>
      }
    >
      {isPdf ? (
        <iframe
          title={proof.fileName}
          src={address}
          className="h-[60vh] w-full rounded-md border border-line bg-sunken"
        />
      ) : (
        <Preview shipmentId={shipmentId} proof={proof} className="max-h-[60vh]" />
      )}
      {place || proof.taken ? (
        <div className="flex flex-col gap-1 pt-2">
          {place ? <Place place={place} /> : null}
          {proof.taken ? (
            <p className="flex flex-wrap items-baseline gap-x-2">
              Picture taken at
              <MapLink name={null} coordinates={proof.taken} />
            </p>
          ) : null}
        </div>
      ) : null}
    </Dialog>
  );
}
