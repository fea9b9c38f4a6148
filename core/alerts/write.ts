/** One thing to tell, in words; `href` is a path of Waypost. */
export type Notice = { title: string; text: string; href: string };

export type Mail = { subject: string; text: string; html: string };

const MOST = 30;
const LONGEST_SUBJECT = 150;

/** Writes what is told of a cause: how many are new, its words, and how many were not told one by one. */
export function noticeOfCause(of: {
  label: string;
  cause: string;
  severity: string;
  fresh: number;
  open: number;
  groupId: string;
}): Notice {
  const held =
    of.fresh > 1 ? ` ${count(of.fresh - 1)} more of the same ${of.fresh === 2 ? "was" : "were"} suppressed.` : "";
  return {
    title: `${of.label}: ${count(of.fresh)} new`,
    text: `${clip(of.cause)} Severity ${of.severity}, ${count(of.open)} open.${held}`,
    href: groupHref(of.groupId),
  };
}

/** Writes that more of a failure budget is used than was told. */
export function noticeOfBudget(of: {
  label: string;
  cause: string;
  severity: string;
  level: number;
  groupId: string;
}): Notice {
  return {
    title: `${of.label}: ${of.level} % used`,
    text: `${clip(of.cause)} Severity ${of.severity}.`,
    href: groupHref(of.groupId),
  };
}

/** Writes that nothing of a cause is open any more. `afterMs` is the time since its last alert. */
export function noticeOfRecovery(of: { label: string; cause: string; afterMs: number; groupId: string }): Notice {
  return {
    title: `Recovered: ${of.label}`,
    text: `${clip(of.cause)} Nothing of it is open any more, ${span(of.afterMs)} after the last alert.`,
    href: `${groupHref(of.groupId)}&state=resolved`,
  };
}

/** Writes that exceptions of a cause passed their due time and nobody had acknowledged them. */
export function noticeOfEscalation(of: { label: string; cause: string; late: number; groupId: string }): Notice {
  return {
    title: `Not acknowledged in time: ${of.label}`,
    text: `${clip(of.cause)} ${count(of.late)} passed the due time and nobody has taken ${of.late === 1 ? "it" : "them"}.`,
    href: `${groupHref(of.groupId)}&overdue=true`,
  };
}

function groupHref(groupId: string): string {
  return `/exceptions?view=list&group=${groupId}`;
}

/** Puts notices into one mail: the first names the subject, the rest are counted. `publicUrl` has no slash at its end. */
export function mailOf(notices: readonly Notice[], publicUrl: string): Mail {
  const [first] = notices;
  const rest = notices.length - 1;
  const subject = `[Waypost] ${first?.title ?? "Nothing new"}${rest > 0 ? ` and ${count(rest)} more` : ""}`;
  const shown = notices.slice(0, MOST);
  const left = notices.length > MOST ? `${count(notices.length - MOST)} further notices stand in Waypost.` : "";
  const foot = `You get this because of your role. Choose what is mailed: ${publicUrl}/settings/account`;
  const text = [...shown.map((n) => `${n.title}\n${n.text}\n${publicUrl}${n.href}`), left, foot]
    .filter((part) => part !== "")
    .join("\n\n");
  const html = `<div style="font:14px/1.45 system-ui,sans-serif;color:#1a1d21;max-width:36em">${shown
    .map(
      (n) =>
        `<p style="margin:0 0 14px"><a href="${escaped(publicUrl + n.href)}" style="color:#1d4ed8;font-weight:600">${escaped(n.title)}</a><br>${escaped(n.text)}</p>`,
    )
    .join(
      "",
    )}${left ? `<p>${escaped(left)}</p>` : ""}<p style="color:#5c6470;font-size:12px">${escaped(foot)}</p></div>`;
  return { subject: subject.slice(0, LONGEST_SUBJECT).replace(/[\r\n]+/g, " "), text, html };
}

function clip(words: string): string {
  const text = words.replace(/\s+/g, " ").trim();
  const short = text.length > 200 ? `${text.slice(0, 199)}…` : text;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

function count(n: number): string {
  return n.toLocaleString("en");
}

function span(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 90) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
