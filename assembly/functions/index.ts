/**
 * What comes with MemFlux as user-defined functions: an exported function of a listed type is callable from SQL. The types are
 * those of host/extension/README.md.
 */
export { levenshtein } from "./levenshtein";
export { similarity } from "./similarity";
export { slugify } from "./slugify";
export { soundex } from "./soundex";
