/**
 * From parse tree to AST: CREATE and ALTER SEQUENCE, the options of sequences, and OVERRIDING.
 *
 * Words of these that no other statement needs are no tokens: which word stands where is looked at here.
 */
import type {
  AlterStatementContext,
  CreateSequenceContext,
  OverridingContext,
  SequenceNumberContext,
  SequenceOptionContext,
} from "../../../../../grammar/generated/SqlParser.ts";
import type { ParsedAlterSequence, ParsedCreateSequence, ParsedSequenceOption } from "../../../ast/definition.ts";
import { firstToken, positionOf, tokenOf } from "../../tree.ts";
import { namesOf, syntaxError, typeOf } from "./names.ts";

type Word = NonNullable<ReturnType<SequenceOptionContext["IDENT"]>>;

/** Refuses a word that is not the one that must stand here. */
function requireWord(word: Word, wanted: string): void {
  if (word.getText().toLowerCase() !== wanted) throw syntaxError(tokenOf(word));
}

export function buildCreateSequence(context: CreateSequenceContext, position: number): ParsedCreateSequence {
  return {
    kind: "ParsedCreateSequence",
    position,
    sequence: namesOf(context.relation()),
    ifNotExists: context.ifNotExists() !== null,
    temporary: context.TEMP() !== null || context.TEMPORARY() !== null,
    options: context.sequenceOption().map(buildSequenceOption),
  };
}

export function buildAlterSequence(context: AlterStatementContext): ParsedAlterSequence {
  return {
    kind: "ParsedAlterSequence",
    position: positionOf(context),
    sequence: namesOf(context.relation()),
    ifExists: context.ifExists() !== null,
    options: context.sequenceOption().map(buildSequenceOption),
  };
}

const NUMBERS = ["INCREMENT", "MINVALUE", "MAXVALUE", "CACHE"] as const;

export function buildSequenceOption(context: SequenceOptionContext): ParsedSequenceOption {
  const head = { kind: "ParsedSequenceOption", position: positionOf(context) } as const;
  const type = context.typeName();
  if (type) return { ...head, option: "AS", type: typeOf(type) };
  const number = context.sequenceNumber();
  if (context.START()) return { ...head, option: "START", value: integerOf(number!) };
  if (context.RESTART()) return { ...head, option: "RESTART", value: number ? integerOf(number) : undefined };
  const word = context.IDENT()!;
  const text = word.getText().toUpperCase();
  if (context.NO()) {
    if (text === "MINVALUE" || text === "MAXVALUE" || text === "CYCLE") return { ...head, option: `NO ${text}` };
    throw syntaxError(tokenOf(word));
  }
  const names = context.relation();
  if (names && text === "OWNED") return { ...head, option: "OWNED BY", names: namesOf(names) };
  const option = number ? NUMBERS.find((each) => each === text && (!context.BY() || text === "INCREMENT")) : undefined;
  if (option !== undefined) return { ...head, option, value: integerOf(number!) };
  if (text === "CYCLE" && !number && !names) return { ...head, option: "CYCLE" };
  throw syntaxError(tokenOf(word));
}

function integerOf(context: SequenceNumberContext): bigint {
  const text = context.NUMBER().getText();
  if (!/^\d+$/.test(text)) throw syntaxError(firstToken(context));
  return context.MINUS() ? -BigInt(text) : BigInt(text);
}

export function buildOverriding(context: OverridingContext): "SYSTEM" | "USER" {
  const words = context.IDENT();
  requireWord(words.at(-1)!, "value");
  if (context.USER()) return "USER";
  requireWord(words[0]!, "system");
  return "SYSTEM";
}
