/** Reads a path against a pattern such as `/runs/{id}/{act}`; null where it does not fit. Values come decoded; `{name+}` takes the rest. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/").filter(Boolean);
  const given = path.split("/").filter(Boolean);
  const params: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const name = /^\{([A-Za-z]+)(\+?)\}$/.exec(part);
    const rest = name?.[2] === "+";
    const value = rest ? given.slice(at).join("/") : given[at];
    if (!value) return null;
    if (name?.[1]) {
      const decoded = decode(value);
      if (decoded === null) return null;
      params[name[1]] = decoded;
    } else if (value !== part) return null;
    if (rest) return params;
  }
  return given.length === wanted.length ? params : null;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
