/**
 * The classes of a grammar's contexts, made of the list of their accessors that the build has packed.
 *
 * 1. They have antlr4ng's prototype and a plain constructor: class fields are defined one by one through a slow path when a hundred
 *    classes share them. The fields are those of antlr4ng 3.0.16.
 * 2. Rules and tokens have one accessor for one and one for many, shared by all contexts that have it.
 */
import { ParserRuleContext, type ParseTree, type TerminalNode } from "antlr4ng";
import { PackedNumbers } from "./packed-numbers.ts";

export type ContextClass = new (parent: ParserRuleContext | null, invokingState: number) => ParserRuleContext;

type Accessor = (this: ParserRuleContext, index?: number) => unknown;

/** By number of the rule. `tokenNames` begins with that of token 0. */
export function contextClasses(packed: string, ruleNames: readonly string[], tokenNames: readonly string[]): readonly ContextClass[] {
  const numbers = new PackedNumbers(packed);
  const names = [...ruleNames, "EOF", ...tokenNames];
  const made = new Map<number, Accessor>();
  return ruleNames.map((_, rule) => {
    const prototype: Record<string, unknown> = Object.create(ParserRuleContext.prototype, { ruleIndex: { value: rule } });
    for (const number of numbers.list(numbers.next())) {
      let accessor = made.get(number);
      if (accessor === undefined) {
        accessor = accessorOf(number >>> 1, (number & 1) === 1, ruleNames.length);
        made.set(number, accessor);
      }
      prototype[names[number >>> 1]!] = accessor;
    }
    return contextClass(prototype);
  });
}

function contextClass(prototype: object): ContextClass {
  function Context(this: Record<string, unknown>, parent: ParserRuleContext | null, invokingState: number): void {
    this.start = null;
    this.stop = null;
    this.children = [];
    this.parent = parent;
    this.invokingState = invokingState;
  }
  Context.prototype = prototype;
  return Context as unknown as ContextClass;
}

/** Tokens are numbered behind the rules, from EOF (-1) on. An accessor of many gives all, or that at an index. */
function accessorOf(number: number, isList: boolean, ruleCount: number): Accessor {
  const token = number - ruleCount - 1;
  const isIt =
    number < ruleCount
      ? (child: ParseTree): boolean => (child as ParserRuleContext).ruleIndex === number
      : (child: ParseTree): boolean => (child as TerminalNode).symbol?.type === token;
  if (!isList) {
    return function () {
      return this.children.find(isIt) ?? null;
    };
  }
  return function (index) {
    const all = this.children.filter(isIt);
    return index === undefined ? all : (all[index] ?? null);
  };
}
