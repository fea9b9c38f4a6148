/** The sign and the word. */
export function Wordmark({ narrow = false }: { narrow?: boolean }) {
  return (
    <>
      <svg viewBox="0 0 24 24" className="size-5 shrink-0" aria-hidden>
        <path
          d="M3 5.5 7.5 19 12 8.5 16.5 19 21 5.5"
          fill="none"
          stroke="var(--ink)"
          strokeWidth="2.2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
        <circle cx="12" cy="8.5" r="2.1" fill="var(--accent)" />
      </svg>
      {narrow ? <span className="sr-only">Waypost</span> : <span className="font-semibold text-base">Waypost</span>}
    </>
  );
}
