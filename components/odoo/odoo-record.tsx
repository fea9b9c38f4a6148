import { ExternalLink } from "lucide-react";

/** A record of Odoo by its name, opened there in a new tab where the address is known. */
export function OdooRecord({ link, name }: { link: string | null; name: string }) {
  if (link === null) return <>{name}</>;
  return (
    <a
      href={link}
      target="_blank"
      rel="noreferrer"
      className="inline-flex items-center gap-1 text-accent underline-offset-2 hover:underline"
    >
      {name}
      <ExternalLink className="size-3" aria-hidden />
      <span className="sr-only">(opens Odoo)</span>
    </a>
  );
}
