/**
 * Histories as a person reads them: one line per step, a column per session, and what each step was answered; below it what is
 * wrong with it.
 *
 *   at first: row:1 = [1] in group 1
 *   T0 | BEGIN serializable
 *      | T1 | BEGIN serializable
 *   T0 | read row:1               -> [1]
 */
import { describePredicate, type Finding, type Judgement, nameOf } from "./checker.ts";
import type { Action, History, HistoryEvent } from "./history.ts";
import { isKeyOperation, type KeyOperation } from "./key-operation.ts";
import type { Operation, Outcome, Sight, Value } from "./operation.ts";

export function printHistory(history: History, { participants }: Judgement): string {
  const sessions = [...new Set(history.events.map(({ session }) => session))].sort((one, other) => one - other);
  const lines = history.events.map((event, position) => {
    const who = participants.find(({ session, begin, end }) => session === event.session && begin <= position && position <= end);
    const column = "     ".repeat(sessions.indexOf(event.session));
    return `${column}${who === undefined ? "?" : nameOf(who)} ${printStep(event)}`;
  });
  const contents = history.contents.map(([item, value]) => `${item} = ${printValue(value)}`);
  return [`at first: ${contents.join(", ") || "nothing"}`, ...lines].join("\n");
}

export function printFinding({ name, message }: Finding): string {
  return `${name}: ${message}`;
}

function printStep(event: HistoryEvent): string {
  const { action, outcomes } = event;
  const answers = outcomes.map(printOutcome);
  switch (action.kind) {
    case "execute":
      return `${printOperation(action.operation)} -> ${answers.join("; ")}`;
    case "unit":
      return `unit: ${action.operations.map((operation, index) => `${printOperation(operation)} -> ${answers[index]}`).join("; ")}`;
    case "commit":
      return `COMMIT -> ${event.isCommitted ? "OK" : "ABORT"}`;
    default:
      return printAction(action);
  }
}

function printAction(action: Exclude<Action, { kind: "execute" | "unit" | "commit" }>): string {
  if (action.kind === "begin" && action.isView === true) return "VIEW";
  if (action.kind === "begin") return `BEGIN ${action.level}${action.readOnly ? " READ ONLY" : ""}`;
  if (action.kind === "pass") return `${action.durationMs} ms pass`;
  return action.kind === "rollback" ? "ROLLBACK" : `${action.kind} ${action.name}`;
}

export function printOperation(operation: Operation): string {
  if (isKeyOperation(operation)) return printKeyOperation(operation);
  switch (operation.kind) {
    case "read":
      return `read ${operation.items.join(" ")}${operation.route === undefined ? "" : ` by ${operation.route}`}`;
    case "scan":
    case "count":
      return `${operation.kind} ${describePredicate(operation.predicate)}${operation.kind === "count" || operation.route === undefined ? "" : ` by ${operation.route}`}`;
    case "put":
    case "insert":
    case "upsert":
    case "move":
      return `${operation.kind} ${operation.item} [${operation.tag}]${operation.group === 0 ? "" : ` in group ${operation.group}`}`;
    case "putAll":
    case "insertAll":
      return `${operation.kind} ${operation.items.join(" ")} [${operation.tag}]${operation.group === 0 ? "" : ` in group ${operation.group}`}`;
    case "append":
      return `append ${operation.item} [${operation.tag}]${operation.route === undefined ? "" : ` by ${operation.route}`}`;
    case "pop":
      return `pop ${operation.item}${operation.route === undefined ? "" : ` by ${operation.route}`}`;
    case "wipe":
      return operation.isAll ? "empty all databases" : "empty the database";
    case "remake":
      return `remake all of ${operation.space}`;
    case "remove":
      return `remove ${operation.item}`;
    case "sweep":
      return `sweep ${describePredicate(operation.predicate)} to group ${operation.group} [${operation.tag}]`;
    case "link":
      return `link ${operation.from} to ${operation.to} [${operation.tag}]`;
  }
}

function printKeyOperation(operation: KeyOperation): string {
  const until = (at: number | undefined): string => (at === undefined ? "for ever" : `until ${at}`);
  switch (operation.kind) {
    case "rename":
      return `rename ${operation.from} to ${operation.to}${operation.isNew ? ", if that is new" : ""}`;
    case "copy":
      return `copy ${operation.from} to ${operation.to}${operation.isReplacing ? "" : ", if that is new"}`;
    case "merge":
      return `merge ${operation.items.join(" ")} into ${operation.into}`;
    case "shift":
      return `shift ${operation.tag === undefined ? "the first" : `[${operation.tag}]`} of ${operation.from} to ${operation.to}${waiting(operation)}`;
    case "popAny":
      return `pop any of ${operation.items.join(" ")}${waiting(operation)}`;
    case "take":
      return `take ${operation.item}`;
    case "expire":
      return `keep ${operation.item} ${until(operation.at)}${operation.isReading === true ? ", and read it" : ""}`;
    case "expireTag":
      return `keep [${operation.tag}] of ${operation.item} ${until(operation.at)}`;
    case "deadline":
      return `deadline of ${operation.tag === undefined ? "" : `[${operation.tag}] of `}${operation.item}`;
  }
}

function waiting({ isBlocking }: { readonly isBlocking?: boolean }): string {
  return isBlocking === true ? " by blocking" : "";
}

function printOutcome(outcome: Outcome): string {
  if (outcome.kind === "conflict") return "ABORT";
  if (outcome.kind === "failed") return outcome.message;
  if (outcome.kind === "refused") return outcome.count === undefined ? "refused" : `refused (${outcome.count})`;
  if (outcome.count !== undefined) return String(outcome.count);
  return outcome.sights.length === 0 ? "ok" : outcome.sights.map(printSight).join(", ");
}

function printSight(sight: Sight): string {
  switch (sight.kind) {
    case "value":
      return `${sight.item} was ${printValue(sight.value)}`;
    case "log":
      return `${sight.item} was [${sight.log.join(" ")}]`;
    case "length":
      return `${sight.item} had ${sight.length === undefined ? "nothing" : `${sight.length} tags`}`;
    case "head":
      return `${sight.item} gave ${sight.head === undefined ? "nothing" : `[${sight.head}]`}`;
    case "presence":
      return `${sight.item} ${sight.present ? "there" : "absent"}`;
    case "tag":
      return `${sight.item} ${sight.isThere ? "with" : "without"} [${sight.tag}]`;
    case "deadline":
      return `${sight.item} ${sight.deadline === undefined ? "absent" : `until ${sight.deadline ?? "the end"}`}`;
    case "outside":
      return `${sight.item} elsewhere`;
  }
}

function printValue(value: Value): string {
  if (value === null) return "absent";
  return `[${value.log.join(" ")}]${value.group === 0 ? "" : ` in group ${value.group}`}`;
}
