/** Keeps whether the rail is narrow, so that the server draws it right. */
export const RAIL_COOKIE = "waypost_rail";
