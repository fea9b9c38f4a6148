/** The address of a record's form in Odoo's own screens: by path since 18, behind a hash before. Null for an unusable base. */
export function recordLink(base: string, series: number, model: string, id: number): string | null {
  if (!/^https?:\/\//.test(base)) return null;
  const root = base.replace(/\/+$/, "");
  return series >= 18
    ? `${root}/odoo/${encodeURIComponent(model)}/${id}`
    : `${root}/web#id=${id}&model=${encodeURIComponent(model)}&view_type=form`;
}
