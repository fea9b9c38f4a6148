// The "@/" alias of tsconfig.json, in the one form dependency-cruiser reads without TypeScript's own API.
export default { resolve: { alias: { "@": import.meta.dirname } } };
