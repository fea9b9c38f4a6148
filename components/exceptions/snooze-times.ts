/** Instants a person snoozes until, in the zone of the given dates' own wall clock. */
export function snoozeChoices(now: Date): { word: string; until: Date }[] {
  const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
  const morning = (days: number) => {
    const at = new Date(now);
    at.setDate(at.getDate() + days);
    at.setHours(8, 0, 0, 0);
    return at;
  };
  const toMonday = (8 - now.getDay()) % 7 || 7;
  return [
    { word: "1 hour", until: inHours(1) },
    { word: "4 hours", until: inHours(4) },
    { word: "Tomorrow, 8:00", until: morning(1) },
    { word: "Monday, 8:00", until: morning(toMonday) },
    { word: "1 week", until: inHours(24 * 7) },
  ];
}
