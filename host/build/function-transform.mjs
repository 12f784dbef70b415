/**
 * The transform with which user-defined functions are compiled: `asc ... --transform memflux/function-transform`. It has as-bind
 * 0.8.2 write what the exported functions take and give into the module's section `as-bind_bindings`, which host/extension
 * reads.
 *
 * as-bind's own transform is for AssemblyScript 0.19. It runs on 0.28 with two things from here:
 *
 * 1. It imports the compiler's enumerations through visitor-as, which cannot find them; three tables under their old names stand
 *    in for that module.
 * 2. It looks at every exported function of every file, and fails on one that is not compiled. It is shown those that the entry
 *    files export, under the names that the module exports.
 *
 * as-bind and assemblyscript are found beside the program that compiles, so this file works from dist/ too.
 */
import { createRequire } from "node:module";
import { CommonFlags, ElementKind, NodeKind, SourceKind } from "assemblyscript";

const require = createRequire(import.meta.url);
const AsBindTransform = loadTransform();
let program;

/** asc's hook: the program is known. */
export function afterInitialize(initialized) {
  program = initialized;
}

/** asc's hook: the module is compiled, and takes its section. */
export function afterCompile(module) {
  const transform = new AsBindTransform();
  transform.program = { elementsByDeclaration: new Map([...exportedFunctions(), ...importedFunctions()].entries()) };
  transform.afterCompile(module);
}

function loadTransform() {
  const path = require.resolve("as-bind/dist/transform.cjs.js");
  const id = createRequire(path).resolve("visitor-as/as");
  const exports = {
    CommonFlags: { MODULE_EXPORT: CommonFlags.ModuleExport, DECLARE: CommonFlags.Declare },
    NodeKind: { FUNCTIONDECLARATION: NodeKind.FunctionDeclaration },
    ElementKind: { NAMESPACE: ElementKind.Namespace },
  };
  require.cache[id] = { id, filename: id, loaded: true, children: [], paths: [], exports };
  return require(path);
}

/** The functions that the entry files export. */
function exportedFunctions() {
  const found = new Map();
  for (const file of program.filesByName.values()) {
    if (file.source.sourceKind === SourceKind.UserEntry) collectExports(file, found);
  }
  return [...found].map(([name, element]) => underName(name, element));
}

function collectExports(file, found) {
  for (const [name, element] of file.exports ?? []) {
    if (element.declaration?.kind === NodeKind.FunctionDeclaration && element.instances?.has("")) found.set(name, element);
  }
  for (const star of file.exportsStar ?? []) collectExports(star, found);
}

/** The function as as-bind sees it, with the name that the module exports. */
function underName(name, element) {
  const instance = Object.create(element.instances.get(""), { name: { value: name } });
  return Object.create(element, {
    flags: { value: element.flags | CommonFlags.ModuleExport },
    instances: { value: new Map([["", instance]]) },
  });
}

function importedFunctions() {
  return [...program.elementsByDeclaration.values()].filter(
    (element) => (element.flags & CommonFlags.Declare) !== 0 && (element.flags & CommonFlags.ModuleExport) === 0,
  );
}
