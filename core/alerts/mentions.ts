/** Finds who is named with `@Name` in a comment, whatever the case; of two names where one begins the other, the longer counts. */
export function mentionedIn(text: string, people: readonly { id: string; name: string }[]): string[] {
  const longestFirst = people.filter((p) => p.name.trim() !== "").sort((a, b) => b.name.length - a.name.length);
  const found = new Set<string>();
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    const rest = text.slice(at + 1).toLowerCase();
    const person = longestFirst.find(({ name }) => {
      const after = rest.slice(name.length);
      return rest.startsWith(name.toLowerCase()) && !/^[\p{L}\p{N}]/u.test(after);
    });
    if (person) found.add(person.id);
  }
  return [...found];
}
