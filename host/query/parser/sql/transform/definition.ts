/**
 * From parse tree to AST: CREATE TABLE, INDEX, VIEW, SCHEMA, FUNCTION.
 */
import type {
  ColumnElementContext,
  CreateFunctionContext,
  CreateIndexContext,
  CreateStatementContext,
  CreateTableContext,
  CreateViewContext,
  FunctionOptionContext,
  FunctionParameterContext,
  IndexElementContext,
  TypeNameContext,
} from "../../../../../grammar/generated/SqlParser.ts";
import type {
  ParsedColumnDefinition,
  ParsedCreateFunction,
  ParsedCreateIndex,
  ParsedCreateTable,
  ParsedCreateView,
  ParsedIndexElement,
  ParsedParameterDefinition,
} from "../../../ast/definition.ts";
import type { ParsedExpression } from "../../../ast/expression.ts";
import type { ParsedName } from "../../../ast/name.ts";
import type { ParsedCreate } from "../../../ast/statement.ts";
import { firstToken, positionOf, tokenBehind, tokenOf } from "../../tree.ts";
import { errorAt } from "../syntax-error.ts";
import { buildPlainCall } from "./call.ts";
import { buildColumnDefinition, buildTableConstraint } from "./constraint.ts";
import { buildExpression, buildOptional } from "./expression.ts";
import { columnNames, nameOf, nameOfToken, namesOf, optionalName, syntaxError, typeOf } from "./names.ts";
import { buildSubquery } from "./select.ts";
import { buildCreateSequence } from "./sequence.ts";

export function buildCreate(context: CreateStatementContext): ParsedCreate {
  const position = positionOf(context);
  const table = context.createTable();
  if (table) return buildCreateTable(table, position);
  const index = context.createIndex();
  if (index) return buildCreateIndex(index, position);
  const view = context.createView();
  if (view) return buildCreateView(view, position);
  const made = context.createFunction();
  if (made) return buildCreateFunction(made, position);
  const sequence = context.createSequence();
  if (sequence) return buildCreateSequence(sequence, position);
  const schema = context.createSchema()!;
  return { kind: "ParsedCreateSchema", position, name: nameOf(schema.ident()), ifNotExists: schema.ifNotExists() !== null };
}

function buildCreateTable(context: CreateTableContext, position: number): ParsedCreateTable {
  const elements = context.tableElement();
  const source = context.subquery();
  return {
    kind: "ParsedCreateTable",
    position,
    table: namesOf(context.relation()),
    ifNotExists: context.ifNotExists() !== null,
    persistence: context.UNLOGGED() ? "unlogged" : context.TEMP() || context.TEMPORARY() ? "temporary" : "permanent",
    columns: elements.flatMap((element) => element.columnElement() ?? []).map((column) => buildColumn(column, source !== null)),
    constraints: elements.flatMap((element) => {
      const constraint = element.tableConstraint();
      if (constraint && source) throw syntaxError(firstToken(constraint));
      return constraint ? [buildTableConstraint(constraint)] : [];
    }),
    source: source ? buildSubquery(source) : undefined,
    withData: context.withData()?.NO() == null,
  };
}

/** With AS SELECT a column has a name alone, otherwise a type too. */
function buildColumn(context: ColumnElementContext, nameOnly: boolean): ParsedColumnDefinition {
  const type = context.typeName();
  if (nameOnly && type) throw syntaxError(firstToken(type));
  if (!nameOnly && !type) throw syntaxError(tokenBehind(context));
  return buildColumnDefinition(context.ident(), type, context.columnConstraint());
}

function buildCreateIndex(context: CreateIndexContext, position: number): ParsedCreateIndex {
  const nulls = context.nullsDistinct();
  return {
    kind: "ParsedCreateIndex",
    position,
    name: optionalName(context._name),
    table: namesOf(context.relation()),
    ifNotExists: context.ifNotExists() !== null,
    unique: context.UNIQUE() !== null,
    nullsDistinct: nulls?.NOT() == null,
    method: optionalName(context._method),
    elements: context.indexElement().map(buildIndexElement),
    include: columnNames(context.columnNames()),
    where: buildOptional(context.expr()),
  };
}

export function buildIndexElement(context: IndexElementContext): ParsedIndexElement {
  const collation = context._collation;
  return {
    kind: "ParsedIndexElement",
    position: positionOf(context),
    value: indexedValue(context),
    collation: collation ? namesOf(collation) : [],
    operatorClass: optionalName(context._operatorClass),
    descending: context.DESC() !== null,
    nulls: context.FIRST() ? "FIRST" : context.LAST() ? "LAST" : undefined,
  };
}

/** A column (or a path in one), a call, or any expression in brackets. */
function indexedValue(context: IndexElementContext): ParsedExpression {
  const expr = context.expr();
  if (expr) return buildExpression(expr);
  const names = namesOf(context.relation(0)!);
  if (context.LPAREN()) return buildPlainCall(names, context.callArguments());
  return { kind: "ParsedColumn", position: positionOf(context), names };
}

function buildCreateView(context: CreateViewContext, position: number): ParsedCreateView {
  return {
    kind: "ParsedCreateView",
    position,
    view: namesOf(context.relation()),
    orReplace: context.REPLACE() !== null,
    ifNotExists: context.ifNotExists() !== null,
    temporary: (context.TEMP() ?? context.TEMPORARY()) !== null,
    columns: columnNames(context.columnNames()),
    query: buildSubquery(context.subquery()),
  };
}

function buildCreateFunction(context: CreateFunctionContext, position: number): ParsedCreateFunction {
  const { statement } = firstToken(context);
  const options = context.functionOption();
  const returned = options.find((option) => option.RETURNS() && option.typeName())?.typeName();
  const language = options.find((option) => option.LANGUAGE());
  const body = options.find((option) => option.AS());
  if (!language) throw errorAt("no language specified", statement, position);
  if (!body) throw errorAt("no function body specified", statement, position);
  const symbol = body.STRING(1);
  const volatility = options.find((option) => option.IMMUTABLE() || option.STABLE() || option.VOLATILE());
  return {
    kind: "ParsedCreateFunction",
    position,
    names: namesOf(context.relation()),
    orReplace: context.REPLACE() !== null,
    parameters: context.functionParameter().map(buildParameter),
    returns: returned ? typeOf(returned) : undefined,
    language: languageName(language),
    source: tokenOf(body.STRING(0)!).value,
    symbol: symbol ? tokenOf(symbol).value : undefined,
    volatility: volatility?.IMMUTABLE() ? "IMMUTABLE" : volatility?.STABLE() ? "STABLE" : "VOLATILE",
    strict: options.some((option) => option.STRICT() || (option.RETURNS() && option.NULL(0))),
  };
}

function languageName(context: FunctionOptionContext): ParsedName {
  const word = context.ident();
  if (word) return nameOf(word);
  const token = tokenOf(context.STRING(0)!);
  return { ...nameOfToken(token), text: token.value, folded: token.value, quoted: true };
}

/** `type` or `name type`. */
function buildParameter(context: FunctionParameterContext): ParsedParameterDefinition {
  const named = context._second !== undefined;
  return {
    kind: "ParsedParameterDefinition",
    position: positionOf(context),
    name: named ? parameterName(context._first!) : undefined,
    type: typeOf(named ? context._second! : context._first!),
    value: buildOptional(context.expr()),
  };
}

/** A parameter's name has been read as a type: it must be one word. */
function parameterName(context: TypeNameContext): ParsedName {
  const token = firstToken(context);
  if (context.start !== context.stop) throw syntaxError(token.next);
  return nameOfToken(token);
}
